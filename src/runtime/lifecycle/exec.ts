import { type LaunchOptions, launch, type Outcome } from '../launch.ts';
import { planExec } from '../plan/plan-exec.ts';
import { capabilitySets } from '../security/capabilities.ts';
import { heldCapabilities } from '../security/host-facts.ts';
import type { ExecSpec, IdMap, ProcessSpec } from '../spec.ts';
import { readTextFile } from '../state/read-text-file.ts';
import { isUp, type OwnContainer } from './own-container.ts';
import { environment } from './process-of.ts';
import { called, RequestFailed } from './request-failed.ts';
import { findUser } from './user.ts';
import { checkMapped, parseIdMaps } from './user-maps.ts';

/** A command more, as it was asked for. Null: as the container's first. */
export type ExecRequest = {
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly workdir: string | null;
  readonly user: string | null;
  readonly privileged: boolean;
  readonly detached: boolean;
  readonly tty: boolean;
  readonly stdin: boolean;
};

/** The running container to enter: its first process, what to enter of it, and what its commands are confined to. */
export type ExecTarget = Pick<ExecSpec, 'target' | 'namespaces' | 'joins' | 'process'> & {
  readonly name: string;
  /** A file as the container sees it; no link leads out. */
  readonly read: (path: string) => string | null;
};

/** All that a process can hold, for `--privileged`. */
const ALL_CAPABILITIES = 2 ** 41 - 1;

/** Our own containers are entered as they were made, whatever their processes made of themselves since. */
export function ownTarget(container: OwnContainer, read: (pid: number, path: string) => string | null): ExecTarget {
  const { config, state, status } = container;
  if (!isUp(container) || state.init === null) {
    throw new RequestFailed(called(config.name), 'it is not running');
  }
  if (status === 'paused') {
    throw new RequestFailed(called(config.name), 'it is paused', `Let it go on first: nsview unpause ${config.name}.`);
  }
  const { pid } = state.init;
  const { seccomp, ...process } = config.process;
  return {
    name: config.name,
    target: state.init,
    namespaces: config.namespaces,
    joins: config.joins,
    process: { ...process, seccomp: seccomp === null ? null : Buffer.from(seccomp, 'base64') },
    read: (path) => read(pid, path),
  };
}

/** Runs a command in a running container and follows it to its end, or to its start where `detached`. */
export function execIn(
  target: ExecTarget,
  request: ExecRequest,
  hooks: Pick<LaunchOptions, 'onStep' | 'beforeStep'>,
): Promise<Outcome> {
  const spec: ExecSpec = {
    target: target.target,
    namespaces: target.namespaces,
    joins: target.joins,
    process: processOf(target, request),
    terminal: { tty: request.tty, stdin: request.stdin },
    detached: request.detached,
  };
  return launch(planExec(spec), { ...hooks, verb: 'exec', name: target.name, detached: request.detached });
}

function processOf({ target, process, read, namespaces }: ExecTarget, request: ExecRequest): ProcessSpec {
  const { command, env, workdir, user, privileged, tty } = request;
  const found = user === null ? null : findUser(user, [], read);
  const uid = found?.uid ?? process.uid;
  if (found !== null && namespaces.includes('user')) {
    checkMapped(found, { uid: idMapsOf(target.pid, 'uid_map'), gid: idMapsOf(target.pid, 'gid_map') });
  }
  const bounding = privileged ? ALL_CAPABILITIES : process.capabilities.bounding;
  // Of another user namespace root has them all, of the host's only what we have ourselves.
  const held = uid !== 0 ? 0 : namespaces.includes('user') ? bounding : common(bounding, heldMask());
  return {
    ...process,
    argv: command,
    env: environment(process.env, found === null ? [] : [`HOME=${found.home}`], tty ? ['TERM=xterm'] : [], env),
    cwd: workdir ?? process.cwd,
    uid,
    gid: found?.gid ?? process.gid,
    groups: found?.groups ?? process.groups,
    capabilities: { bounding, effective: held, permitted: held },
    seccomp: privileged ? null : process.seccomp,
  };
}

/** Sets of more than 32 bits, which operators on numbers do not have. */
function common(one: number, other: number): number {
  return Number(BigInt(one) & BigInt(other));
}

function heldMask(): number {
  return capabilitySets(heldCapabilities(), 0).permitted;
}

/** None where it cannot be read: a process that ended has nobody to become. */
function idMapsOf(pid: number, file: 'uid_map' | 'gid_map'): readonly IdMap[] {
  return parseIdMaps(readTextFile(`/proc/${pid}/${file}`) ?? '');
}
