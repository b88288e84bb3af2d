import { closeSync, constants, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Sample } from '../model/sample.ts';
import { encodeBlock, encodeHeader, HEADER_BYTES, packText } from './block.ts';
import { deltaOf } from './delta.ts';
import { recordOf, type SampleRecord } from './sample-record.ts';

/** So many samples follow from a whole one: what a damaged block takes with it, and the step in which the oldest go. */
const SAMPLES_PER_WHOLE = 60;

/** So much of the bound is kept when it is reached: the newest. */
const KEPT_SHARE = 0.5;

const COPY_BYTES = 1024 ** 2;

export type RecordingOptions = {
  /** The file never grows beyond this: the oldest samples are dropped, half of it at a time. */
  readonly maxBytes: number;
  /** Whether names were taken out of the samples: the file says so. */
  readonly scrubbed: boolean;
  /**
   * Gives a file without a name the second of two names, by way of the first, in place of what has it. Null: the half that
   * is kept has a name while it is copied, and leaves it behind if we are killed then.
   */
  readonly putInPlace: ((file: number, draft: string, place: string) => void) | null;
};

/** Where a whole sample begins, and which it is of all that were written. */
type Whole = { readonly at: number; readonly sample: number };

/** Of include/uapi/asm-generic/fcntl.h: a file that has no name, and is gone with us. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

export const SAMPLE_TOO_LARGE = 'ERR_SAMPLE_TOO_LARGE';

export type RecordingWriter = {
  /**
   * One write(2) of one block, so that whatever ends this process leaves it whole. Throws the system call's error, or one
   * with the code SAMPLE_TOO_LARGE; what is in the file stays then.
   */
  append(sample: Sample): void;
  /** Samples and bytes that are in the file now, and samples that were dropped from its beginning. */
  readonly written: { readonly samples: number; readonly bytes: number; readonly dropped: number };
  close(): void;
};

/**
 * A new file, readable by its owner alone: command lines may hold secrets. Throws EEXIST where there is one already: no
 * file is overwritten.
 */
export function createRecording(place: string, options: RecordingOptions): RecordingWriter {
  const { maxBytes, scrubbed, putInPlace } = options;
  let file = openSync(place, 'ax+', 0o600);
  /** Where the whole samples begin. */
  let wholes: Whole[] = [];
  let bytes = 0;
  let samples = 0;
  let dropped = 0;
  let before: SampleRecord | null = null;
  let text = '';
  write(encodeHeader(scrubbed));

  /** All of it or nothing: a disk that is full leaves what was there before. */
  function write(block: Buffer): void {
    try {
      for (let done = 0; done < block.length; ) {
        done += writeSync(file, block, done);
      }
      bytes += block.length;
    } catch (error) {
      ftruncateSync(file, bytes);
      throw error;
    }
  }

  /** The first sample that stays when so many bytes more are to be within the bound. */
  function firstKept(more: number): Whole | undefined {
    const kept = Math.min(maxBytes * KEPT_SHARE, maxBytes - more);
    return wholes.find(({ at }) => HEADER_BYTES + bytes - at <= kept);
  }

  function dropBefore(first: Whole | undefined): void {
    const from = first?.at ?? bytes;
    // A process that was killed may have had our number.
    rmSync(draft, { force: true });
    const next = replaceUnnamed(from) ?? replaceNamed(from);
    closeSync(file);
    file = next;
    const gone = first?.sample ?? samples + dropped;
    wholes = wholes.filter(({ at }) => at >= from).map(({ at, sample }) => ({ at: at - from + HEADER_BYTES, sample }));
    bytes = HEADER_BYTES + bytes - from;
    samples -= gone - dropped;
    dropped = gone;
  }

  const draft = `${place}.${process.pid}.new`;

  function keepFrom(from: number, next: number): void {
    writeSync(next, encodeHeader(scrubbed));
    copy(file, from, bytes, next);
  }

  /** The file that has the place now; null where this file system has no files without a name. */
  function replaceUnnamed(from: number): number | null {
    let next: number | null = null;
    try {
      if (putInPlace !== null) {
        next = openSync(path.dirname(place), O_TMPFILE | constants.O_RDWR | constants.O_APPEND, 0o600);
        keepFrom(from, next);
        putInPlace(next, draft, place);
      }
      return next;
    } catch {
      // Of what is wrong beyond that the other way fails too, and tells.
      if (next !== null) {
        closeSync(next);
      }
      return null;
    }
  }

  function replaceNamed(from: number): number {
    const next = openSync(draft, 'ax+', 0o600);
    try {
      keepFrom(from, next);
      renameSync(draft, place);
      return next;
    } catch (error) {
      closeSync(next);
      rmSync(draft, { force: true });
      throw error;
    }
  }

  function append(sample: Sample): void {
    const record = recordOf(sample);
    const isDue = before === null || samples + dropped - (wholes.at(-1)?.sample ?? 0) >= SAMPLES_PER_WHOLE;
    let isWhole = isDue;
    let block = blockOf(record, isWhole);
    if (bytes + block.bytes.length > maxBytes) {
      const first = firstKept(block.bytes.length);
      if (first === undefined && !isWhole) {
        isWhole = true;
        block = blockOf(record, true);
      }
      if (HEADER_BYTES + block.bytes.length > maxBytes) {
        throw Object.assign(new Error('a sample is larger than the bound'), { code: SAMPLE_TOO_LARGE });
      }
      dropBefore(first);
    }
    const at = bytes;
    write(block.bytes);
    if (isWhole) {
      wholes.push({ at, sample: samples + dropped });
    }
    samples += 1;
    before = record;
    text = block.text;
  }

  function blockOf(record: SampleRecord, isWhole: boolean): { readonly text: string; readonly bytes: Buffer } {
    const said = JSON.stringify(isWhole ? record : deltaOf(before, record));
    const body = packText(said, isWhole ? null : text);
    return { text: said, bytes: encodeBlock(isWhole ? 'whole' : 'change', record.at, body) };
  }

  return {
    append,
    get written() {
      return { samples, bytes, dropped };
    },
    close: () => closeSync(file),
  };
}

function copy(from: number, start: number, end: number, to: number): void {
  const buffer = Buffer.alloc(COPY_BYTES);
  for (let at = start; at < end; ) {
    const read = readSync(from, buffer, 0, Math.min(COPY_BYTES, end - at), at);
    if (read === 0) {
      return;
    }
    for (let done = 0; done < read; ) {
      done += writeSync(to, buffer, done, read - done);
    }
    at += read;
  }
}
