import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { CgroupMembership } from '../../model/process.ts';
import { VIEW_FILES, type ViewFile, type ViewInput, viewPath } from '../../model/procview/input.ts';
import type { ProcfsSample } from '../../model/procview/sample.ts';
import { type Failure, flatMapReading, ok, type Reading, valueOr } from '../../model/reading.ts';
import { cgroupPaths } from '../cgroup/places.ts';
import type { Host } from '../host.ts';
import { parseProcCgroup } from '../proc/cgroup.ts';
import { readGroupTexts } from './group-texts.ts';
import { findPidInit } from './pid-init.ts';

/** The kernel needs 4 ms to write it, ten times as long as all the others; nothing else is made from it. */
const SLOW: ViewFile = 'slabinfo';

/** Every file that is compared as a matter of course. */
export const QUICK_FILES = VIEW_FILES.filter((file) => file !== SLOW);

const MICROSECONDS = 1_000_000;

/** The host's own files, as many as may be quick and those asked for. Not each kernel has all; root alone reads some. */
export function readHostFiles(
  host: Host,
  files: readonly ViewFile[],
): {
  readonly texts: ViewInput['host'];
  readonly unread: ProcfsSample['unread'];
} {
  const texts: { [file: string]: string } = {};
  const unread: { file: string; failure: Failure }[] = [];
  for (const file of new Set([...QUICK_FILES, 'cpu/possible', ...files])) {
    const text = host.readText(viewPath(file), 'unsupported');
    if (text.status === 'ok') {
      texts[file] = text.value;
    } else {
      unread.push({ file, failure: text });
    }
  }
  return { texts, unread };
}

/**
 * Everything that lxcfs would read for one process. Whose groups count: the init's of its pid namespace; in the host's,
 * its own.
 */
export function readViewInput(
  host: Host,
  pid: number,
  layout: CgroupLayout,
  files: ViewInput['host'],
): Reading<ViewInput> {
  return flatMapReading(findPidInit(host, pid), (init) => inputOf(host, { pid, init }, layout, files));
}

function inputOf(
  host: Host,
  { pid, init }: { readonly pid: number; readonly init: number | null },
  layout: CgroupLayout,
  files: ViewInput['host'],
): Reading<ViewInput> {
  const viewerPid = init === null || init === 1 ? pid : init;
  return flatMapReading(membershipsOf(host, viewerPid), (memberships) => {
    const version = layout.kind === 'unified' ? 2 : 1;
    const paths = controllerPaths(host, layout, version, memberships);
    const initFacts = init === null ? null : readInit(host, init);
    const groups = readGroupTexts(host, layout, version, paths, initFacts);
    const bootUs = host.bootUs();
    const seconds = Math.floor(bootUs / MICROSECONDS);
    return ok({
      version,
      viewer: { pid: viewerPid, paths },
      init: initFacts,
      host: files,
      bootTime: { seconds, nanoseconds: (bootUs - seconds * MICROSECONDS) * 1000 },
      ...groups,
    });
  });
}

function membershipsOf(host: Host, pid: number): Reading<readonly CgroupMembership[]> {
  const path = `/proc/${pid}/cgroup`;
  return flatMapReading(host.readText(path, 'gone'), (text) => parseProcCgroup(text, path));
}

function readInit(host: Host, pid: number): ViewInput['init'] {
  const memberships = valueOr(membershipsOf(host, pid), []);
  return {
    stat: valueOr(host.readText(`/proc/${pid}/stat`, 'gone'), null),
    cpuacctPath: cgroupPaths(memberships)['cpuacct'] ?? null,
  };
}

/** By controller; a controller that is not mounted, or on version 2 not enabled at the root, has none. */
function controllerPaths(
  host: Host,
  layout: CgroupLayout,
  version: 1 | 2,
  memberships: readonly CgroupMembership[],
): { readonly [controller: string]: string } {
  const all = cgroupPaths(memberships);
  if (version === 1) {
    return Object.fromEntries(Object.entries(all).filter(([controller]) => controller in layout.v1));
  }
  const own = all['unified'];
  if (own === undefined || layout.v2 === null) {
    return {};
  }
  const enabled = valueOr(host.readText(`${layout.v2.mountPoint}/cgroup.controllers`, 'unsupported'), '');
  return Object.fromEntries(
    enabled
      .trim()
      .split(/\s+/)
      .map((controller) => [controller, own]),
  );
}
