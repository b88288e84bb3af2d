/** The files that lxcfs(1) can stand in for, by their path under /proc, and /sys/devices/system/cpu/online. */
export const VIEW_FILES = [
  'meminfo',
  'cpuinfo',
  'stat',
  'uptime',
  'loadavg',
  'swaps',
  'diskstats',
  'slabinfo',
  'cpu/online',
  'pressure/cpu',
  'pressure/memory',
  'pressure/io',
] as const;

export type ViewFile = (typeof VIEW_FILES)[number];

/** Where the kernel has it. */
export function viewPath(file: string): string {
  return file.startsWith('cpu/') ? `/sys/devices/system/${file}` : `/proc/${file}`;
}

/** Releases of lxcfs whose answers are computed. 7.0.0 refuses version 1 of cgroups. */
export const LXCFS_RELEASES = ['5.0.3', '7.0.0'] as const;
export type LxcfsRelease = (typeof LXCFS_RELEASES)[number];

/** Options of the daemon that change what it prints. */
export type LxcfsOptions = {
  /** `-l`: its own load averages, else the host's. */
  readonly loadavg: boolean;
  /** `--enable-cfs`: CPUs are counted by quota, and usage is spread over as many. */
  readonly cfs: boolean;
  /** Off with `-u`. */
  readonly swap: boolean;
  /** Off with `-z`; 7.0.0 only. */
  readonly zswap: boolean;
};

/**
 * Everything that lxcfs would read to answer one reader, as text. What is not here could not be read. The files of
 * cgroups are named `controller:/path:file`, on version 2 `unified:/path:file`.
 */
export type ViewInput = {
  readonly version: 1 | 2;
  /** Whose cgroups count: the init of the reader's pid namespace, or the reader in the host's. */
  readonly viewer: { readonly pid: number; readonly paths: { readonly [controller: string]: string } };
  /** The init of the reader's pid namespace, for uptime alone: it has no other. Null where none was found. */
  readonly init: { readonly stat: string | null; readonly cpuacctPath: string | null } | null;
  readonly cgroups: { readonly [key: string]: string };
  readonly host: { readonly [file in ViewFile | 'cpu/possible']?: string };
  /** CLOCK_BOOTTIME. */
  readonly bootTime: { readonly seconds: number; readonly nanoseconds: number };
  /** Whether lxcfs, when it was started, found that swap (and zswap) is accounted. */
  readonly swapAccounted: boolean;
  readonly zswapAccounted: boolean;
};

/** The path of a controller's group, without the scope that systemd puts itself in; null without that controller. */
export function viewerPath({ viewer }: ViewInput, controller: string): string | null {
  const path = viewer.paths[controller];
  return path === undefined ? null : prunedPath(path);
}

export function prunedPath(path: string): string {
  return path.endsWith('/init.scope') ? path.slice(0, -'/init.scope'.length) || '/' : path;
}

/** A file of a group without its trailing newlines; null where it is missing or holds nothing at all. */
export function groupFile(input: ViewInput, controller: string, path: string, file: string): string | null {
  const text = groupText(input, controller, path, file);
  return text === null ? null : text.replace(/\n+$/, '');
}

/** The same as it stands. */
export function groupText(input: ViewInput, controller: string, path: string, file: string): string | null {
  return input.cgroups[`${input.version === 2 ? 'unified' : controller}:${path}:${file}`] || null;
}

/** The groups above one, up to and with the root. */
export function pathsAbove(path: string): readonly string[] {
  const above: string[] = [];
  for (let at = path; at !== '/' && at !== ''; ) {
    at = at.slice(0, at.lastIndexOf('/')) || '/';
    above.push(at);
  }
  return above;
}

/** So many bytes lxcfs has beyond the size of the host's file; an answer that does not fit is empty. */
const SPARE_BYTES = 512;

/** An answer, or nothing where it does not fit into a buffer of the host file's size. `spare`: bytes beyond that. */
export function fitting(text: string, hostText: string, spare = SPARE_BYTES): string {
  if (text.length * 3 < hostText.length + spare) {
    return text;
  }
  return byteLength(text) < byteLength(hostText) + spare ? text : '';
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
