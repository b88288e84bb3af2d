import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Sample } from '../model/sample.ts';
import {
  BLOCK_HEADER_BYTES,
  type BlockKind,
  decodeBlockHeader,
  decodeHeader,
  findMark,
  HEADER_BYTES,
  isIntact,
  type Moment,
  unpackText,
  VERSION,
} from './block.ts';
import { applyDelta, type Delta, type Json } from './delta.ts';
import { sampleOf } from './sample-record.ts';

/** A file that is read as samples. Both the dashboard and the commands show it, and tests and bug reports read it. */
export type Recording = {
  /** Whether names were taken out. */
  readonly scrubbed: boolean;
  /** Every sample that can be read, in the order in which they were taken; at least one. */
  readonly moments: readonly Moment[];
  /** Bytes that are damaged or torn, and samples that are lost since what they follow on is. */
  readonly lost: { readonly bytes: number; readonly samples: number };
  /** A sample by its place in `moments`. Cheap for the one after the last asked for. */
  at(index: number): Sample;
  close(): void;
};

/** Why a file is no recording that we read, in words, and what to do about it. */
export class RecordingFault extends Error {
  readonly remedy: string | null;

  constructor(message: string, remedy: string | null = null) {
    super(message);
    this.remedy = remedy;
  }
}

type Place = Moment & { readonly kind: BlockKind; readonly at: number; readonly bodyBytes: number };

/** Throws RecordingFault, or the error of the system call that failed. */
export function openRecording(path: string): Recording {
  const file = openSync(path, 'r');
  try {
    const bytes = wholeFile(file);
    const header = decodeHeader(bytes);
    if (header === null) {
      throw new RecordingFault(bytes.length === 0 ? 'it is empty' : 'it is not a recording of nsview');
    }
    if (header.version > VERSION) {
      throw new RecordingFault(
        `a newer nsview made it: its format is ${header.version}, and this one reads ${VERSION}`,
        'Read it with that nsview.',
      );
    }
    const { places, lost } = findBlocks(bytes);
    if (places.length === 0) {
      throw new RecordingFault('no sample in it can be read');
    }
    return { scrubbed: header.scrubbed, moments: places, lost, ...openPlaces(file, places) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function wholeFile(file: number): Buffer {
  const { size } = fstatSync(file);
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const read = readSync(file, bytes, length, size - length, length);
    if (read === 0) {
      break;
    }
    length += read;
  }
  return bytes.subarray(0, length);
}

/** Blocks that are intact and whose whole sample is. What is between them is skipped. */
function findBlocks(bytes: Buffer): { readonly places: readonly Place[]; readonly lost: Recording['lost'] } {
  const places: Place[] = [];
  let samples = 0;
  let lostBytes = 0;
  let follows = false;
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const header = decodeBlockHeader(bytes.subarray(at));
    const end = at + BLOCK_HEADER_BYTES + (header?.bodyBytes ?? 0);
    if (header === null || end > bytes.length || !isIntact(bytes.subarray(at, end))) {
      const next = findMark(bytes, at + 1);
      lostBytes += (next === -1 ? bytes.length : next) - at;
      follows = false;
      if (next === -1) {
        break;
      }
      at = next;
      continue;
    }
    follows ||= header.kind === 'whole';
    if (follows) {
      places.push({ ...header, at });
    } else {
      samples += 1;
    }
    at = end;
  }
  return { places, lost: { bytes: lostBytes, samples } };
}

function openPlaces(file: number, places: readonly Place[]): Pick<Recording, 'at' | 'close'> {
  let known: { readonly index: number; readonly record: Json; readonly text: string } | null = null;

  /** What the checksum says is as it was written may still have been written by somebody else. */
  function mustBeOurs<T>(index: number, read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw new RecordingFault(`sample ${index + 1} of it is none of nsview: ${(error as Error).message}`);
    }
  }

  const follow = (index: number) => mustBeOurs(index, () => unpacked(index));

  function unpacked(index: number): NonNullable<typeof known> {
    const place = places[index];
    if (place === undefined) {
      throw new RangeError(`no sample ${index}`);
    }
    const body = Buffer.alloc(place.bodyBytes);
    readSync(file, body, 0, body.length, place.at + BLOCK_HEADER_BYTES);
    if (place.kind === 'whole') {
      const text = unpackText(body, null);
      return { index, record: JSON.parse(text) as Json, text };
    }
    if (known?.index !== index - 1) {
      throw new RangeError(`sample ${index} follows on one that was not read`);
    }
    const text = unpackText(body, known.text);
    return { index, record: applyDelta(known.record, JSON.parse(text) as Delta), text };
  }

  function at(index: number): Sample {
    let start = index;
    while (places[start]?.kind === 'change' && known?.index !== start && known?.index !== start - 1) {
      start -= 1;
    }
    let reached = known?.index === start ? known : follow(start);
    while (reached.index < index) {
      known = reached;
      reached = follow(reached.index + 1);
    }
    known = reached;
    const { record } = reached;
    return mustBeOurs(index, () => sampleOf(record));
  }

  return { at, close: () => closeSync(file) };
}
