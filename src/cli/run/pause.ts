import { dirname } from 'node:path';
import { placesOfContainer } from '../../probes/cgroup/container-places.ts';
import { cgroupFiles } from '../../runtime/cgroups/cgroup-files.ts';
import { freezeWay, isFrozen, setFrozen } from '../../runtime/cgroups/freeze.ts';
import type { GroupPlaces } from '../../runtime/cgroups/live-change.ts';
import { freezeRefusal } from '../../runtime/cgroups/strangers.ts';
import { isUp, type OwnContainer } from '../../runtime/lifecycle/own-container.ts';
import { openStandardOutput } from '../../standard-streams.ts';
import { requestFailed } from '../failure.ts';
import { type Flags, misuse } from '../flags.ts';
import { ownCgroupLayout } from './own-groups.ts';
import { openOwnRefs } from './own-ref.ts';
import type { RuntimeContext, RuntimeVerb } from './runtime-verb.ts';

export const pause: RuntimeVerb = {
  usage: 'REF...',
  flags: [],
  untilOperand: false,
  changes: true,
  failure: 1,
  run: (context) => setAll('pause', context, true),
};

export const unpause: RuntimeVerb = { ...pause, run: (context) => setAll('unpause', context, false) };

async function setAll(verb: string, context: RuntimeContext, frozen: boolean): Promise<number> {
  const { operands, globals } = context;
  if (operands.length === 0) {
    throw misuse(verb, 'no container was named');
  }
  const output = openStandardOutput();
  const find = openOwnRefs(verb, context);
  for (const ref of operands) {
    await setOne(await placesOf(verb, ref, await find(ref), globals, frozen), ref, frozen);
    output.write(`${ref}\n`);
  }
  return 0;
}

/** Of our own containers, else of whichever the inspector finds: it is loaded only then. */
async function placesOf(
  verb: string,
  ref: string,
  own: OwnContainer | null,
  globals: Flags,
  frozen: boolean,
): Promise<GroupPlaces> {
  if (own !== null) {
    if (!isUp(own)) {
      throw requestFailed(`container '${ref}'`, 'it is not running');
    }
    return own.config.groups;
  }
  const { foreignTarget } = await import('./foreign-target.ts');
  const { container, name } = await foreignTarget(verb, ref, globals);
  if (container === null) {
    throw requestFailed(name, 'it is in no container, and its group is that of others too');
  }
  const places = placesOfContainer(ownCgroupLayout(), container);
  const file = freezeWay(places)?.file;
  const refusal = !frozen || file === undefined ? null : freezeRefusal(dirname(file), container);
  if (refusal !== null) {
    throw requestFailed(`container '${ref}'`, refusal);
  }
  return places;
}

async function setOne(places: GroupPlaces, ref: string, frozen: boolean): Promise<void> {
  const what = `container '${ref}'`;
  if (isFrozen(cgroupFiles, places) === frozen) {
    throw requestFailed(what, frozen ? 'it is paused already' : 'it is not paused');
  }
  const outcome = await setFrozen(cgroupFiles, places, frozen);
  if (outcome === 'unsupported') {
    throw requestFailed(what, 'it has no group of its own that could be frozen');
  }
  if (outcome === 'slow') {
    throw requestFailed(what, 'a process of it does not stop, so that it was let go on');
  }
  if (outcome !== 'done') {
    throw requestFailed(what, `its group cannot be frozen (${outcome.code})`, 'Run it as root.');
  }
}
