import { randomUUID } from 'node:crypto';
import { rmdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type Lane, type LaneResult, runLane } from './test/lane.ts';
import { hostState, leftovers, runMark } from './test/leftovers.ts';
import { installRequirements } from './test/requirements.ts';

const vitest = (project: string): Lane => ({
  name: project,
  command: ['node_modules/.bin/vitest', 'run', '--project', project],
});

const lanes: readonly Lane[] = [
  { name: 'check', command: ['npm', 'run', '--silent', 'check'] },
  { name: 'native', command: ['make', '-C', 'native', '-s', 'test'] },
  vitest('unit'),
  vitest('frames'),
  vitest('system'),
  vitest('tui'),
  { name: 'v2', command: [process.execPath, 'test/vm/run.ts'] },
];

/** The lanes named on the command line, or all. */
function chosenLanes(): readonly Lane[] {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !lanes.some((lane) => lane.name === name));
  if (unknown.length > 0) {
    console.error(`no lane ${unknown.join(', ')}; there are ${lanes.map((lane) => lane.name).join(', ')}`);
    process.exit(2);
  }
  return wanted.length === 0 ? lanes : lanes.filter((lane) => wanted.includes(lane.name));
}

/**
 * Parents of groups that Docker, Podman, LXC and our own runtime make once and keep: removed where they were not there
 * before. One that still holds something stays, and is reported.
 */
const KEPT_PARENTS = /^cgroup (\/sys\/fs\/cgroup\/[^/]+\/(?:docker|libpod_parent(?:\/conmon)?|lxc\.pivot|nsview))$/;

function sweepKeptParents(left: readonly string[]): void {
  const paths = left.map((line) => KEPT_PARENTS.exec(line)?.[1]).filter((path) => path !== undefined);
  for (const path of paths.toSorted((a, b) => b.length - a.length)) {
    try {
      rmdirSync(path);
    } catch {
      // Not empty: leftovers says so.
    }
  }
}

/** What is left on the host, after the time that the kernel needs to take containers down. */
async function checkLeftovers(before: ReadonlySet<string>, runId: string): Promise<LaneResult> {
  console.log('\n== leftovers');
  let left = leftovers(before, runId);
  for (let tries = 0; left.length > 0 && tries < 20; tries++) {
    sweepKeptParents(left);
    await setTimeout(250);
    left = leftovers(before, runId);
  }
  for (const line of left) console.log(`left behind: ${line}`);
  return { lane: 'leftovers', passed: left.length === 0 ? 1 : 0, failed: left.length, skipped: 0, seconds: 0 };
}

const chosen = chosenLanes();
installRequirements();
const runId = randomUUID();
const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
const env = { ...inherited, [runMark]: runId };
const before = hostState(runId);
const results = [await runLane({ name: 'build', command: ['npm', 'run', '--silent', 'build'] }, env)];
for (const lane of chosen) results.push(await runLane(lane, env));
results.push(await checkLeftovers(before, runId));

console.log('');
for (const { lane, passed, failed, skipped, seconds } of results) {
  console.log(`${lane}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds.toFixed(1)} s`);
}
const sum = (key: 'passed' | 'failed' | 'skipped') => results.reduce((total, result) => total + result[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
