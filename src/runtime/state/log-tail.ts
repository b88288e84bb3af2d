import { fstatSync, readSync } from 'node:fs';
import { HEAD_BYTES, parseLogLine } from './log-line.ts';

const BLOCK = 1 << 16;
const LINE_FEED = 10;

/** `at`: an offset in bytes. `missing`: how many lines fewer there are than were asked for. */
export type Tail = { readonly at: number; readonly missing: number };

/**
 * Where in a log its last `count` lines since `since` begin. Parts of one line count as one; an entry that is not written
 * to its end yet counts as none. Reads backwards, a block at a time.
 */
export function tailStart(fd: number, count: number, since: string | null, block = BLOCK): Tail {
  let whole = 0;
  /** Whether that many lines come after the entry that begins so. */
  const isBeyond = (head: Buffer): boolean => {
    const entry = parseLogLine(head);
    if (entry !== null && (since === null || entry.at >= since)) {
      whole += !entry.partial || whole === 0 ? 1 : 0;
    }
    return whole > count;
  };
  const bytes = Buffer.allocUnsafe(block);
  /** Behind the entry that is being read; -1 while that is one without an end. */
  let end = -1;
  /** How what was read of that entry begins. */
  let head = Buffer.alloc(0);
  for (let to = fstatSync(fd).size; to > 0; ) {
    const from = Math.max(0, to - block);
    let rest = bytes.subarray(0, readSync(fd, bytes, 0, to - from, from));
    for (let feed = rest.lastIndexOf(LINE_FEED); feed !== -1; feed = rest.lastIndexOf(LINE_FEED)) {
      if (end !== -1 && isBeyond(startOf(rest.subarray(feed + 1), head))) {
        return { at: end, missing: 0 };
      }
      end = from + feed + 1;
      head = Buffer.alloc(0);
      rest = rest.subarray(0, feed);
    }
    head = startOf(rest, head);
    to = from;
  }
  return end !== -1 && isBeyond(head) ? { at: end, missing: 0 } : { at: 0, missing: count - whole };
}

function startOf(first: Buffer, then: Buffer): Buffer<ArrayBuffer> {
  return Buffer.concat([first.subarray(0, HEAD_BYTES), then]).subarray(0, HEAD_BYTES);
}
