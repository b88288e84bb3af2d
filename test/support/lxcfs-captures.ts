import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LxcfsOptions, VIEW_FILES, type ViewFile, type ViewInput } from '../../src/model/procview/input.ts';
import { parseProcCgroup } from '../../src/probes/proc/cgroup.ts';

const ROOT = fileURLToPath(new URL('../fixtures/lxcfs', import.meta.url));

/** What the real lxcfs answered, and everything it had read for it. */
export type Capture = {
  readonly name: string;
  readonly file: ViewFile;
  readonly input: ViewInput;
  readonly expected: string;
};

type Read = { readonly path?: string; readonly bytes?: string; readonly err?: string };

export function fixture(path: string): string {
  return readFileSync(`${ROOT}/${path}`, 'utf8');
}

export const EMPTY_INPUT: ViewInput = {
  version: 1,
  viewer: { pid: 2, paths: {} },
  init: null,
  cgroups: {},
  host: {},
  bootTime: { seconds: 0, nanoseconds: 0 },
  swapAccounted: true,
  zswapAccounted: true,
};

export const PACKAGED: LxcfsOptions = { loadavg: false, cfs: false, swap: true, zswap: true };

/** `proc_stat@2` is the second read of that file. */
function viewFile(name: string): ViewFile {
  const base = name.replace(/@\d+$/, '').replace(/\.json$/, '');
  const file = base === 'sys_devices_system_cpu_online' || base === 'sys_cpu_online' ? 'cpu/online' : base.slice(5);
  const found = VIEW_FILES.find((each) => each === file.replace('pressure_', 'pressure/'));
  if (found === undefined) throw new Error(`no file of lxcfs: ${name}`);
  return found;
}

/** The captures of one case in the order they were made; stateful ones follow each other. */
export function straced(name: string): readonly Capture[] {
  return readdirSync(`${ROOT}/${name}/in`)
    .sort()
    .map((file) => {
      const reads: readonly Read[] = JSON.parse(fixture(`${name}/in/${file}`));
      const out = file.replace(/\.json$/, '');
      return {
        name: `${name}/${out}`,
        file: viewFile(out),
        input: inputOf(reads),
        expected: fixture(`${name}/out/${out}`),
      };
    });
}

const CONTROLLERS = '/run/lxcfs/controllers/sys/fs/cgroup/';

/** The last read of a path is the one that was used. */
function inputOf(reads: readonly Read[]): ViewInput {
  const host: { [file: string]: string } = {};
  const cgroups: { [key: string]: string } = {};
  let viewer = EMPTY_INPUT.viewer;
  let stat: string | null = null;
  let cpuacctPath: string | null = null;
  for (const { path = '', bytes = '' } of reads) {
    const [, pid = '', file] = /^\/proc\/(\d+)\/(\w+)$/.exec(path) ?? [];
    if (path.startsWith(CONTROLLERS)) {
      const [controller, ...names] = path.slice(CONTROLLERS.length).split('/');
      cgroups[`${controller}:/${names.slice(0, -1).join('/')}:${names.at(-1)}`] = bytes;
    } else if (file === 'cgroup') {
      viewer = { pid: Number(pid), paths: pathsOf(bytes) };
      cpuacctPath = viewer.paths['cpuacct'] ?? null;
    } else if (file === 'stat') {
      stat = bytes;
    } else if (pid === '') {
      host[path.replace(/^\/proc\/|^\/sys\/devices\/system\//, '')] = bytes;
    }
  }
  return { ...EMPTY_INPUT, viewer, init: { stat, cpuacctPath }, cgroups, host };
}

function pathsOf(text: string): { [controller: string]: string } {
  const parsed = parseProcCgroup(text);
  if (parsed.status !== 'ok') throw new Error(`garbled: ${text}`);
  return Object.fromEntries(
    parsed.value.flatMap(({ controllers, path, hierarchy }) =>
      hierarchy === 0 ? [['unified', path]] : controllers.map((name) => [name, path]),
    ),
  );
}

/** A made-up state that the real lxcfs answered in a harness. */
export type MadeUp = {
  readonly seq: number;
  readonly mode: 'plain' | 'view';
  readonly cg: string;
  readonly input: ViewInput;
  readonly real: { readonly [file: string]: string };
};

export function madeUp(name: string): readonly MadeUp[] {
  return fixture(`synthetic-inputs/${name}`)
    .trim()
    .split('\n')
    .map((line) => {
      const state = JSON.parse(line);
      return { seq: state.seq, mode: state.mode, cg: state.cg, input: madeUpInput(state), real: state.real };
    });
}

type State = {
  readonly cg: string;
  readonly possible: string;
  readonly online: string;
  readonly boottime: string;
  readonly initStartTicks: number;
  readonly host: { readonly [file: string]: string };
  readonly cgfiles: { readonly [key: string]: string };
};

function madeUpInput(state: State): ViewInput {
  const path = state.cg;
  const paths = Object.fromEntries(['memory', 'cpuset', 'cpu', 'cpuacct', 'blkio'].map((name) => [name, path]));
  return {
    ...EMPTY_INPUT,
    viewer: { pid: 2, paths },
    init: { stat: initStat('(sleep)', state.initStartTicks), cpuacctPath: path },
    cgroups: state.cgfiles,
    host: { ...state.host, 'cpu/possible': state.possible, 'cpu/online': state.online },
    bootTime: bootTime(state.boottime),
  };
}

/** proc_pid_stat(5) of an init that was started at so many ticks. */
export function initStat(comm: string, startTicks: number | string): string {
  return `2 ${comm} S 1 2 2 0 -1 4194560 82 341 0 0 9 0 0 0 20 0 1 0 ${startTicks} 2654208 365\n`;
}

/** `5000.125000000` */
export function bootTime(text: string): ViewInput['bootTime'] {
  const [seconds, nanoseconds = '0'] = text.split('.');
  return { seconds: Number(seconds), nanoseconds: Number(nanoseconds.padEnd(9, '0')) };
}

/** Raw files of a user-mode Linux that were read just before the answers. */
export function umlCaptures(name: string, version: 1 | 2): readonly Capture[] {
  const cgroups: { [key: string]: string } = {};
  const collect = (dir: string, prefix: string, path: string) => {
    for (const entry of readdirSync(`${ROOT}/${dir}`, { withFileTypes: true })) {
      const at = `${dir}/${entry.name}`;
      if (entry.isDirectory()) collect(at, prefix, `${path === '/' ? '' : path}/${entry.name}`);
      else cgroups[`${prefix}:${path}:${entry.name}`] = fixture(at);
    }
  };
  collect(version === 1 ? `${name}/in/cg/memory` : `${name}/in/cg`, version === 1 ? 'memory' : 'unified', '/');
  const all = pathsOf(fixture(`${name}/in/init_cgroup`));
  const unified = all['unified'] ?? '/';
  const paths = version === 1 ? all : { memory: unified, cpu: unified };
  for (const file of ['cpuacct.usage', 'cpuacct.usage_all']) {
    if (existsSync(`${ROOT}/${name}/in/${file}`)) {
      cgroups[`cpuacct:${all['cpuacct']}:${file}`] = fixture(`${name}/in/${file}`);
    }
  }
  return readdirSync(`${ROOT}/${name}/out`)
    .filter((out) => !out.endsWith('.err'))
    .map((out) => {
      const own = `${name}/in/${out}`;
      const raw = existsSync(`${ROOT}/${own}`) ? own : `${name}/in`;
      const host = Object.fromEntries(
        readdirSync(`${ROOT}/${raw}`)
          .filter((file) => file.startsWith('host_') && !file.endsWith('.after'))
          .map((file) => [file.slice('host_'.length), fixture(`${raw}/${file}`)]),
      );
      return {
        name: `${name}/${out}`,
        file: viewFile(out),
        input: {
          ...EMPTY_INPUT,
          version,
          viewer: { pid: 710, paths },
          init: { stat: fixture(`${name}/in/init_stat`), cpuacctPath: all['cpuacct'] ?? null },
          cgroups,
          host: { ...host, 'cpu/possible': '0\n', 'cpu/online': '0\n' },
          swapAccounted: version === 1,
        },
        expected: fixture(`${name}/out/${out}`),
      };
    });
}
