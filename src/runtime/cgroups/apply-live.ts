import type { CgroupFiles } from './cgroup-files.ts';
import { parseCpuList } from './cpu-list.ts';
import { type LiveWrite, parseLimit } from './live-change.ts';

/** What a write came to: what the file says before and after, as the kernel keeps it. */
export type LiveResult = { readonly write: LiveWrite; readonly before: string | null; readonly after: string | null };

export type LiveOutcome =
  | { readonly kind: 'changed'; readonly results: readonly LiveResult[] }
  | {
      readonly kind: 'refused';
      /** Done before the refusal, and kept. */
      readonly results: readonly LiveResult[];
      readonly write: LiveWrite;
      readonly code: string;
      readonly why: string;
    };

/** A limit is kept in whole pages; 64 KiB are the largest. */
const LARGEST_PAGE = 65_536;

/**
 * Writes one after the other and reads each back. The first refusal ends it, but for a quota and a period that only fit
 * a group above in the other order.
 */
export function applyLive(files: CgroupFiles, writes: readonly LiveWrite[]): LiveOutcome {
  const results: LiveResult[] = [];
  const left = [...writes];
  let turned = false;
  for (let write = left.shift(); write !== undefined; write = left.shift()) {
    const before = files.read(write.file);
    const code = files.write(write.file, write.value);
    const next = left[0];
    if (code === 'EINVAL' && !turned && next !== undefined && isQuotaPair(write, next)) {
      turned = true;
      left.splice(0, 1, next, write);
      continue;
    }
    if (code !== null && !write.optional) {
      return { kind: 'refused', results, write, code, why: refusal(write, code) };
    }
    const after = files.read(write.file);
    if (code === null && !keeps(write, after)) {
      return { kind: 'refused', results, write, code: 'EINVAL', why: `the kernel keeps ${after?.trim()} instead` };
    }
    results.push({ write, before, after });
  }
  return { kind: 'changed', results };
}

/** Whether the file says what was written, as the kernel writes it: in whole pages, whose size we do not know. */
export function keeps(write: LiveWrite, after: string | null): boolean {
  return says(write, after) || (write.file.includes('/memory.') && isCutToPages(write.value, after ?? ''));
}

function isCutToPages(value: string, after: string): boolean {
  const [asked, now] = [parseLimit(value), parseLimit(after)];
  return typeof asked === 'number' && typeof now === 'number' && asked > now && asked - now < LARGEST_PAGE;
}

/** Whether the file says the very same, whatever the words: then nothing would change. */
export function says({ file, value }: LiveWrite, text: string | null): boolean {
  if (text === null) {
    return false;
  }
  const kept = text.trim();
  const asked = parseLimit(value);
  const now = parseLimit(kept);
  if (asked !== null && now !== null) {
    return asked === now;
  }
  const [device, word] = value.split(' ');
  if (/^\d+:\d+$/.test(device ?? '')) {
    return keepsRate(device ?? '', word ?? '', kept);
  }
  const list = parseCpuList(value);
  return file.endsWith('cpuset.cpus') && list !== null
    ? parseCpuList(kept)?.join() === list.join()
    : kept === value.trim();
}

/** Of a device that is not limited nothing is told. */
function keepsRate(device: string, word: string, kept: string): boolean {
  const line = kept.split('\n').find((each) => each.startsWith(`${device} `));
  return line === undefined ? /^(0|[rw](b|io)ps=max)$/.test(word) : line.split(' ').includes(word);
}

/** In the other order it may fit what a group above allows. */
function isQuotaPair(write: LiveWrite, next: LiveWrite): boolean {
  const files = [write.file, next.file];
  return files.some((file) => file.endsWith('cfs_period_us')) && files.some((file) => file.endsWith('cfs_quota_us'));
}

/** Why the kernel refuses a write, in words. */
export function refusal({ file }: Pick<LiveWrite, 'file'>, code: string): string {
  switch (code) {
    case 'EBUSY':
      return file.includes('/memory.')
        ? 'more than that is in use and cannot be given back'
        : 'processes in it stand against the change';
    case 'EINVAL':
    case 'ERANGE':
      return /cpu\.(max|cfs_quota_us)$/.test(file)
        ? 'the kernel does not take this value; a group above may allow less, or its burst be more'
        : 'the kernel does not take this value; a group above may allow less';
    case 'ENOENT':
      return 'this group has no such file, or it ended';
    case 'ENODEV':
      return 'the group ended, or there is no such device';
    case 'EACCES':
    case 'EPERM':
      return 'it needs root, or a group of your own';
    case 'EROFS':
      return 'the cgroup file system is mounted read-only';
    default:
      return 'the kernel refuses it';
  }
}
