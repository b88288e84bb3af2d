import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { build } from 'esbuild';
import { launcher } from '../test/support/nsview.ts';
import { openTerminal, type Terminal } from '../test/support/terminal.ts';
import { makeWorkDir, removeWorkDir } from '../test/support/work-dir.ts';
import { interleave, quantile, type Row, timedProgram } from './measure.ts';
import { startBareContainers, startDockerContainers } from './populations.ts';

/** Clock ticks per second in /proc/PID/stat: USER_HZ, 100 on every Linux that Node runs on. */
const userHz = 100;

/** One Ink file, bundled and minified as we bundle our own. Returns its path. */
async function bundleBareInk(workDir: string): Promise<string> {
  const outfile = path.join(workDir, 'bare-ink.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'bare-ink.tsx')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    plugins: [
      {
        name: 'no-developer-tools',
        setup(bundler) {
          bundler.onResolve({ filter: /^react-devtools-core$/ }, (args) => ({ path: args.path, namespace: 'empty' }));
          bundler.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }));
        },
      },
    ],
    logLevel: 'error',
  });
  return outfile;
}

/** Milliseconds from the start of the program until its screen shows the text. */
async function firstFrame(command: readonly [string, ...string[]], text: string): Promise<number> {
  const start = performance.now();
  const terminal = openTerminal({ command });
  await terminal.waitFor(text);
  const elapsed = performance.now() - start;
  await terminal.close();
  return elapsed;
}

/** The first picture of the dashboard against Ink's, and `ps` against Node's own start. */
export async function benchStart(): Promise<Row[]> {
  const workDir = makeWorkDir();
  try {
    const ink = await bundleBareInk(workDir);
    const node = process.execPath;
    const [frame = 0, bare = 0, ps = 0, empty = 0] = await interleave(
      11,
      () => firstFrame([launcher, '--engine', 'none'], 'nsview'),
      () => firstFrame([node, ink], 'hello from ink, row 20'),
      () => timedProgram(launcher, 'ps'),
      () => timedProgram(node, '-e', '0'),
    );
    return [
      { what: 'first frame', ours: frame, peer: { name: 'bare Ink', value: bare }, unit: 'ms', target: 0.5 },
      { what: 'nsview ps', ours: ps, peer: { name: 'node -e 0', value: empty }, unit: 'ms', target: 2.5 },
    ];
  } finally {
    await removeWorkDir(workDir);
  }
}

/** Seconds of CPU that the process has used, by proc_pid_stat(5). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / userHz;
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Percent of one core and MiB that the open dashboard needs, over ten seconds of ticks. */
async function watchCost(terminal: Terminal): Promise<{ percent: number; mebibytes: number }> {
  const before = cpuSeconds(terminal.pid);
  const start = performance.now();
  await setTimeout(10_000);
  const percent = ((cpuSeconds(terminal.pid) - before) / ((performance.now() - start) / 1000)) * 100;
  return { percent, mebibytes: residentMiB(terminal.pid) };
}

/** Milliseconds from each of `count` keys to the next output, at p99. */
async function keyToFrame(terminal: Terminal, count: number): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const length = terminal.transcript().length;
    const start = performance.now();
    terminal.press(Math.floor(index / 10) % 2 === 0 ? 'down' : 'up');
    await terminal.waitFor(() => terminal.transcript().length > length);
    times.push(performance.now() - start);
    await setTimeout(25);
  }
  return quantile(times, 0.99);
}

async function openDashboard(engine: string): Promise<Terminal> {
  const terminal = openTerminal({ columns: 200, rows: 50, command: [launcher, '--engine', engine] });
  await terminal.waitFor('quit');
  await setTimeout(3_000);
  return terminal;
}

/** What the open dashboard costs on 100 Docker containers. */
export async function benchDashboard(): Promise<Row[]> {
  const population = await startDockerContainers(100);
  try {
    const terminal = await openDashboard(`docker=${population.socket}`);
    const { percent, mebibytes } = await watchCost(terminal);
    await terminal.close();
    return [
      { what: 'dashboard on 100 containers: CPU', ours: percent, peer: null, unit: '%', target: 5 },
      { what: 'dashboard on 100 containers: memory', ours: mebibytes, peer: null, unit: 'MiB', target: 120 },
    ];
  } finally {
    await population.stop();
  }
}

/** The dashboard on 1,000 containers: its cost, and how soon it answers a key. */
export async function benchManyRows(): Promise<Row[]> {
  const population = await startBareContainers(1000);
  try {
    const terminal = await openDashboard('none');
    const { percent } = await watchCost(terminal);
    const p99 = await keyToFrame(terminal, 300);
    await terminal.close();
    return [
      { what: 'dashboard on 1,000 containers: CPU', ours: percent, peer: null, unit: '%', target: 15 },
      { what: 'key to frame on 1,000 rows, p99', ours: p99, peer: null, unit: 'ms', target: 33 },
    ];
  } finally {
    await population.stop();
  }
}
