import { setTimeout } from 'node:timers/promises';
import { SLOTS } from '../src/model/history/track.ts';
import { frameOf } from '../src/ui/scene.ts';
import { LARGE, modelOf, press } from '../test/support/dashboard.ts';
import { historyFixture } from '../test/support/history-fixture.ts';
import { launcher } from '../test/support/nsview.ts';
import { sceneFixture } from '../test/support/scene-fixture.ts';
import { openTerminal, type Terminal } from '../test/support/terminal.ts';
import { median, quantile, type Row, timed, timedProgram } from './measure.ts';
import { startBareContainers, startDockerContainers } from './populations.ts';
import { watchCost, watchPeer } from './process-cost.ts';

const CTRL_L = '\x0c';

/** Runs what is measured in an open dashboard, and ends it. */
export async function inDashboard<T>(engine: string, measure: (terminal: Terminal) => Promise<T>): Promise<T> {
  const terminal = openTerminal({ columns: LARGE.columns, rows: LARGE.rows, command: [launcher, '--engine', engine] });
  try {
    await terminal.waitFor('quit');
    await setTimeout(3_000);
    return await measure(terminal);
  } finally {
    await terminal.close();
  }
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

/** Milliseconds from a tab's key until it shows the text, of each time; the tab is open afterwards. */
export async function tabOpenings(terminal: Terminal, key: string, text: string, count: number): Promise<number[]> {
  const times: number[] = [];
  terminal.press('enter');
  for (let index = 0; index < count; index++) {
    terminal.type('1');
    await terminal.waitFor('Its three walls');
    await setTimeout(100);
    const start = performance.now();
    terminal.type(key);
    await terminal.waitFor(text);
    times.push(performance.now() - start);
  }
  return times;
}

/** Characters that a second writes, beside those of the whole screen: the least of some redraws, which no tick fell into. */
async function written(terminal: Terminal): Promise<{ tick: number; whole: number }> {
  const redraws: number[] = [];
  for (let index = 0; index < 5; index++) {
    const length = terminal.transcript().length;
    terminal.type(CTRL_L);
    await setTimeout(350);
    redraws.push(terminal.transcript().length - length);
  }
  const length = terminal.transcript().length;
  await setTimeout(10_000);
  return { tick: (terminal.transcript().length - length) / 10, whole: Math.min(...redraws) };
}

function writtenRow(where: string, { tick, whole }: { tick: number; whole: number }): Row {
  const peer = { name: 'the whole screen', value: whole };
  return { what: `written per second, ${where}`, ours: tick, peer, unit: 'B', target: 1 / 3 };
}

function peerRow(what: string, ours: number, name: string, value: number | null): Row {
  return value === null
    ? { what: `${what} (${name} is not installed)`, ours, peer: null, unit: '%', target: null }
    : { what, ours, peer: { name, value }, unit: '%', target: null };
}

export const startOfNode = (): Row => {
  const ours = timedProgram(process.execPath, '-e', '0');
  return { what: 'node -e 0 in the same minute', ours, peer: null, unit: 'ms', target: null };
};

/** The whole Cgroup tab with ten minutes in its charts, in process. */
function chartRedraw(): Row {
  const snapshot = sceneFixture();
  const model = press(modelOf(snapshot, LARGE, [], historyFixture(snapshot, SLOTS)), '/ b u r n enter enter 3');
  const draw = () => timed(() => frameOf(model));
  Array.from({ length: 50 }, draw);
  const ours = median(Array.from({ length: 50 }, draw));
  return { what: 'redraw of the Cgroup tab and its charts', ours, peer: null, unit: 'ms', target: 5 };
}

/** What the open dashboard costs on 100 Docker containers, beside `docker stats` and the part of its daemon. */
export async function benchDashboard(): Promise<Row[]> {
  const population = await startDockerContainers(100);
  try {
    const host = `unix://${population.socket}`;
    const { percent, mebibytes, list } = await inDashboard(`docker=${population.socket}`, async (terminal) => ({
      ...(await watchCost(terminal.pid)),
      list: await written(terminal),
    }));
    const stats = await watchPeer(['docker', '-H', host, 'stats'], population.daemonPid);
    const what = 'dashboard on 100 containers';
    return [
      { what: `${what}: CPU`, ours: percent, peer: null, unit: '%', target: 5 },
      peerRow(`${what}: CPU`, percent, 'docker stats with dockerd', stats),
      { what: `${what}: memory`, ours: mebibytes, peer: null, unit: 'MiB', target: 120 },
      writtenRow('list of 100', list),
      startOfNode(),
    ];
  } finally {
    await population.stop();
  }
}

/** The dashboard on 1,000 containers: its cost, and how soon it answers a key. */
export async function benchManyRows(): Promise<Row[]> {
  const population = await startBareContainers(1000);
  try {
    const { percent, mebibytes, list, p99, opening, tab } = await inDashboard('none', async (terminal) => ({
      ...(await watchCost(terminal.pid)),
      list: await written(terminal),
      p99: await keyToFrame(terminal, 300),
      opening: median(await tabOpenings(terminal, '3', 'working set', 10)),
      tab: await written(terminal),
    }));
    const cgtop = await watchPeer(['systemd-cgtop', '-b', '-d', '1s', '-n', '1000']);
    const what = 'dashboard on 1,000 containers';
    return [
      { what: `${what}: CPU`, ours: percent, peer: null, unit: '%', target: 15 },
      peerRow(`${what}: CPU`, percent, 'systemd-cgtop', cgtop),
      { what: `${what}: memory`, ours: mebibytes, peer: null, unit: 'MiB', target: 200 },
      writtenRow('list of 1,000', list),
      writtenRow('Cgroup tab', tab),
      { what: 'key to frame on 1,000 rows, p99', ours: p99, peer: null, unit: 'ms', target: 33 },
      { what: 'opening the Cgroup tab, of 1,000', ours: opening, peer: null, unit: 'ms', target: 50 },
      chartRedraw(),
      startOfNode(),
    ];
  } finally {
    await population.stop();
  }
}
