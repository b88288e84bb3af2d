import { linesWithEnds, scanUnsigned } from './c-text.ts';
import { fitting, groupFile, type LxcfsRelease, type ViewInput, viewerPath } from './input.ts';

/** CFQ's files, which Linux 5.0 took away. */
const FILES = {
  serviced: 'blkio.io_serviced_recursive',
  merged: 'blkio.io_merged_recursive',
  bytes: 'blkio.io_service_bytes_recursive',
  wait: 'blkio.io_wait_time_recursive',
  service: 'blkio.io_service_time_recursive',
} as const;

type Texts = { readonly [name in keyof typeof FILES]: string };

/** lxcfs's /proc/diskstats: where one of the files is missing, the host's. */
export function diskstatsView(input: ViewInput, release: LxcfsRelease): string {
  const host = input.host.diskstats ?? '';
  const path = viewerPath(input, 'blkio');
  if (path === null) {
    return host;
  }
  const found = Object.entries(FILES).map(([name, file]) => [name, groupFile(input, 'blkio', path, file)] as const);
  if (found.some(([, text]) => text === null)) {
    return host;
  }
  const texts = Object.fromEntries(found) as Texts;
  const lines = linesWithEnds(host).map((line) => deviceLine(line, texts, release));
  return fitting(lines.join(''), host);
}

function deviceLine(line: string, texts: Texts, release: LxcfsRelease): string {
  const [, major, minor, name] = /^\s*(\d+)\s+(\d+)\s+(\S{1,71})/.exec(line) ?? [];
  if (name === undefined) {
    return '';
  }
  const value = (file: keyof Texts, what: string) => valueAt(texts[file], `${major}:${minor} ${what}`);
  const milliseconds = (what: string) => value('service', what) / 1_000_000n + value('wait', what) / 1_000_000n;
  const columns = (what: string) => [value('merged', what), value('bytes', what) / 512n, milliseconds(what)];
  const busy = value('service', 'Total') / 1_000_000n;
  const [reads, writes, discards] = [
    value('serviced', 'Read'),
    value('serviced', 'Write'),
    value('serviced', 'Discard'),
  ];
  const before = [reads, ...columns('Read'), writes, ...columns('Write'), 0n, busy, 0n];
  const after = columns('Discard');
  const all = release === '5.0.3' ? [...before, ...after] : [...before, discards, ...after];
  return all.every((each) => each === 0n) ? '' : `${major}       ${minor} ${name} ${all.join(' ')}\n`;
}

function valueAt(text: string, key: string): bigint {
  const line = text.split('\n').find((each) => each.startsWith(key));
  return line === undefined ? 0n : (scanUnsigned(line.slice(key.length)) ?? 0n);
}
