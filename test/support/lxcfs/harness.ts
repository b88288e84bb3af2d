import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ViewFile, ViewInput } from '../../../src/model/procview/input.ts';
import { makeWorkDir, removeWorkDir } from '../work-dir.ts';
import { childOf, compile, ended, HOST_FILES, openReader, startDaemon } from './daemon.ts';

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

export async function openHarness(flags: readonly string[]): Promise<Harness> {
  const work = makeWorkDir();
  for (const name of hierarchies()) mkdirSync(path.join(work, 'cgroup', name), { recursive: true });
  for (const file of ['limit_in_bytes', 'usage_in_bytes']) {
    writeFileSync(path.join(work, 'cgroup/memory', `memory.memsw.${file}`), '0\n');
  }
  writeFileSync(path.join(work, 'boottime'), '1 0');
  compile(work, 'shim.c', 'shim.so', '-shared', '-fPIC');
  compile(work, 'reader.c', 'reader');
  const init = spawn('unshare', ['--pid', '--fork', '--kill-child', 'sleep', 'infinity'], { stdio: 'ignore' });
  const initPid = await childOf(init);
  const setup = ['cgroup', 'stat'].map((name) => `mount --bind "$W/host/init-${name}" /proc/${initPid}/${name}`);
  const preload = { PRELOAD: `LD_PRELOAD=${work}/shim.so LXCFS_HARNESS=${work}` };
  const daemon = await startDaemon(work, flags, setup, preload);
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

/** Files are written over, not anew: what is bound would stay the old one. Returns those of the groups. */
function writeInput(work: string, input: ViewInput, before: readonly string[]): readonly string[] {
  const host = (name: string) => path.join(work, 'host', name);
  for (const name of HOST_FILES) writeFileSync(host(name), input.host[name as ViewFile] ?? '');
  writeFileSync(host('possible'), input.host['cpu/possible'] ?? '');
  writeFileSync(host('online'), input.host['cpu/online'] ?? '');
  writeFileSync(host('init-stat'), input.init?.stat ?? '');
  const lines = Object.entries(input.viewer.paths).map(([name, group], index) => `${index + 1}:${name}:${group}\n`);
  writeFileSync(host('init-cgroup'), `${lines.reverse().join('')}0::/\n`);
  writeFileSync(path.join(work, 'boottime'), `${input.bootTime.seconds} ${input.bootTime.nanoseconds}`);
  const files = Object.keys(input.cgroups).map((key) => {
    const [controller = '', group = '', file = ''] = key.split(':');
    return path.join(work, 'cgroup', controller, group, file);
  });
  for (const [name, group] of Object.entries(input.viewer.paths)) {
    mkdirSync(path.join(work, 'cgroup', name, group), { recursive: true });
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
