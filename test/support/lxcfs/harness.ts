import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ViewFile, ViewInput } from '../../../src/model/procview/input.ts';
import { makeWorkDir, removeWorkDir } from '../work-dir.ts';
import { childOf, compile, ended, HOST_FILES, openReader, PRESSURE, startDaemon } from './daemon.ts';

/** The real lxcfs where every file that it reads is ours. */
export type Harness = {
  /** What it answers to a reader whose init has these groups; null: no such file, or an error. */
  answers(input: ViewInput, files: readonly ViewFile[]): Promise<readonly (string | null)[]>;
  close(): Promise<void>;
};

/** Hierarchies that lxcfs mounts, by the names of their directories below /sys/fs/cgroup. */
function hierarchies(): readonly string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '')
    .filter((target) => target.startsWith('/sys/fs/cgroup/'))
    .map((target) => path.basename(target));
}

/** `lxcfs`: the program, where it is not the installed one. `swap`: whether it finds that swap is accounted. */
export type Made = { readonly version: 1 | 2; readonly lxcfs?: string; readonly swap?: boolean };

export async function openHarness(flags: readonly string[], made: Made = { version: 1 }): Promise<Harness> {
  const work = makeWorkDir();
  makeHierarchies(work, made);
  writeFileSync(path.join(work, 'boottime'), '1 0');
  compile(work, 'shim.c', 'shim.so', '-shared', '-fPIC');
  compile(work, 'reader.c', 'reader');
  const init = spawn('unshare', ['--pid', '--fork', '--kill-child', 'sleep', 'infinity'], { stdio: 'ignore' });
  const initPid = await childOf(init);
  const setup = ['cgroup', 'stat'].map((name) => `mount --bind "$W/host/init-${name}" /proc/${initPid}/${name}`);
  // Since 6.0.1 it answers nothing where it may not read this one.
  setup.push('echo 00000000 >"$W/personality"', 'mount --bind "$W/personality" /proc/1/personality');
  if (made.version === 2) setup.push('mount --bind "$W/cgroup/cgroup" /sys/fs/cgroup');
  const v2 = made.version === 2 ? 'LXCFS_HARNESS_V2=1' : '';
  const daemon = await startDaemon(work, flags, setup, {
    PRELOAD: `LD_PRELOAD=${work}/shim.so LXCFS_HARNESS=${work} ${v2}`,
    LXCFS: made.lxcfs ?? 'lxcfs',
  });
  const reader = openReader(work, daemon, initPid);
  let written: readonly string[] = [];

  return {
    answers: (input, files) => {
      written = writeInput(work, input, written);
      return reader.read(files);
    },
    close: async () => {
      await reader.close();
      process.kill(initPid, 'SIGKILL');
      await ended(init);
      await daemon.close();
      await removeWorkDir(work);
    },
  };
}

function makeHierarchies(work: string, { version, swap }: Made): void {
  const names = version === 1 ? hierarchies() : ['cgroup/child'];
  for (const name of names) mkdirSync(path.join(work, 'cgroup', name), { recursive: true });
  if (version === 2) {
    writeFileSync(path.join(work, 'cgroup/cgroup/cgroup.controllers'), 'cpuset cpu io memory pids\n');
    for (const file of swap === true ? ['memory.swap.current', 'memory.zswap.current'] : []) {
      writeFileSync(path.join(work, 'cgroup/cgroup/child', file), '0\n');
    }
    return;
  }
  for (const file of ['limit_in_bytes', 'usage_in_bytes']) {
    writeFileSync(path.join(work, 'cgroup/memory', `memory.memsw.${file}`), '0\n');
  }
}

/** Files are written over, not anew: what is bound would stay the old one. Returns those of the groups. */
function writeInput(work: string, input: ViewInput, before: readonly string[]): readonly string[] {
  const host = (name: string) => path.join(work, 'host', name);
  for (const name of HOST_FILES) writeFileSync(host(name), input.host[name as ViewFile] ?? '');
  for (const name of PRESSURE) writeFileSync(host(`pressure-${name}`), input.host[`pressure/${name}`] ?? '');
  writeFileSync(host('possible'), input.host['cpu/possible'] ?? '');
  writeFileSync(host('online'), input.host['cpu/online'] ?? '');
  writeFileSync(host('init-stat'), input.init?.stat ?? '');
  const { paths } = input.viewer;
  const lines = Object.entries(paths).map(([name, group], index) => `${index + 1}:${name}:${group}\n`);
  const text = input.version === 2 ? `0::${paths['memory']}\n` : `${lines.reverse().join('')}0::/\n`;
  writeFileSync(host('init-cgroup'), text);
  writeFileSync(path.join(work, 'boottime'), `${input.bootTime.seconds} ${input.bootTime.nanoseconds}`);
  const files = Object.keys(input.cgroups).map((key) => {
    const [controller = '', group = '', file = ''] = key.split(':');
    return path.join(work, 'cgroup', controller === 'unified' ? 'cgroup' : controller, group, file);
  });
  for (const [name, group] of Object.entries(input.viewer.paths)) {
    mkdirSync(path.join(work, 'cgroup', input.version === 2 ? 'cgroup' : name, group), { recursive: true });
  }
  const now = new Set(files);
  for (const file of before) if (!now.has(file)) rmSync(file, { force: true });
  for (const [index, text] of Object.values(input.cgroups).entries()) {
    const file = files[index] ?? '';
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return files;
}
