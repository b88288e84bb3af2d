import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cgroupRoots } from '../../test/support/engines/cgroup-sweep.ts';
import { workDirPrefix } from '../../test/support/work-dir.ts';

/** What a run could leave behind on a host, each as one line that names it. */
type HostState = ReadonlySet<string>;

/** Every program that a test starts inherits this variable, whatever session or parent it ends up with. */
export const runMark = 'NSVIEW_TEST_RUN';

/**
 * Mounts, cgroups, network links, our processes and our folders, as they are now. Groups in which somebody else's
 * process lives are left out: the host goes on working while the tests run.
 */
export function hostState(runId: string): HostState {
  const ours = new Set(processesOf(runId));
  const mounts = readText('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `mount ${line.split(' ')[4]}`);
  const links = names('/sys/class/net').map((name) => `link ${name}`);
  const folders = names(os.tmpdir()).filter((name) => name.startsWith(workDirPrefix));
  const groups = cgroupRoots().flatMap((root) => groupsBelow(root).filter((group) => !isForeign(group, ours)));
  return new Set([
    ...mounts,
    ...links,
    ...folders.map((name) => `folder ${path.join(os.tmpdir(), name)}`),
    ...groups.map((group) => `cgroup ${group}`),
    ...[...ours].map((pid) => `process ${pid} ${readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`),
  ]);
}

/** What is there now and was not before. */
export function leftovers(before: HostState, runId: string): string[] {
  return [...hostState(runId)].filter((line) => !before.has(line));
}

function processesOf(runId: string): string[] {
  return names('/proc').filter(
    (pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && hasMark(readText(`/proc/${pid}/environ`), runId),
  );
}

function hasMark(environ: string, runId: string): boolean {
  return environ.split('\0').includes(`${runMark}=${runId}`);
}

function groupsBelow(group: string): string[] {
  const children = names(group, true).map((name) => path.join(group, name));
  return children.flatMap((child) => [child, ...groupsBelow(child)]);
}

function isForeign(group: string, ours: ReadonlySet<string>): boolean {
  const members = readText(path.join(group, 'cgroup.procs'));
  if (members.split('\n').some((pid) => pid !== '' && !ours.has(pid))) return true;
  return names(group, true).some((name) => isForeign(path.join(group, name), ours));
}

function names(directory: string, directoriesOnly = false): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !directoriesOnly || entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
