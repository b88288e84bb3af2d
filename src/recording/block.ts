import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * A recording is a header and blocks, one sample each. Every block says how long it is and has a checksum of all that
 * follows it, so that what a crash or a bad disk left of the file can be read up to there and after it.
 *
 * Header, 16 bytes: MAGIC, u32 version, u32 flags. Block: u32 MARK, u32 CRC-32 of the rest, u32 length of the body, u8
 * kind, 3 bytes 0, f64 wall clock in ms, f64 CLOCK_MONOTONIC in µs, body. All little-endian. The body is JSON, deflated
 * raw; with the end of the text before it as dictionary where it is a change of that.
 */
const MAGIC = Buffer.from('\x89NSVIEW\n', 'latin1');
export const VERSION = 1;
export const HEADER_BYTES = 16;

/** "NSVB". */
const MARK = 0x42_56_53_4e;
export const BLOCK_HEADER_BYTES = 32;
const CHECKED_FROM = 8;

/** A sample of ten thousand containers is a tenth of this; a body that claims more is not one of ours. */
const LONGEST_TEXT = 512 * 1024 ** 2;
const LONGEST_BODY = 128 * 1024 ** 2;

/** What DEFLATE can look back on: RFC 1951. */
const DICTIONARY_CHARACTERS = 32_768;

const SCRUBBED = 1;

export type RecordingHeader = { readonly version: number; readonly scrubbed: boolean };

export function encodeHeader(scrubbed: boolean): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(VERSION, 8);
  header.writeUInt32LE(scrubbed ? SCRUBBED : 0, 12);
  return header;
}

/** Null where the bytes do not begin a recording. */
export function decodeHeader(bytes: Buffer): RecordingHeader | null {
  return bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)
    ? null
    : { version: bytes.readUInt32LE(8), scrubbed: (bytes.readUInt32LE(12) & SCRUBBED) !== 0 };
}

/** `whole`: a sample; `change`: the difference from the one in the block before. */
export type BlockKind = 'whole' | 'change';
const KINDS: readonly BlockKind[] = ['whole', 'change'];

/** When a sample was taken. */
export type Moment = { readonly wallMs: number; readonly monotonicUs: number };

export type BlockHeader = Moment & { readonly kind: BlockKind; readonly bodyBytes: number };

export function encodeBlock(kind: BlockKind, { wallMs, monotonicUs }: Moment, body: Buffer): Buffer {
  const block = Buffer.alloc(BLOCK_HEADER_BYTES + body.length);
  block.writeUInt32LE(MARK, 0);
  block.writeUInt32LE(body.length, 8);
  block.writeUInt8(KINDS.indexOf(kind), 12);
  block.writeDoubleLE(wallMs, 16);
  block.writeDoubleLE(monotonicUs, 24);
  body.copy(block, BLOCK_HEADER_BYTES);
  block.writeUInt32LE(crc32(block.subarray(CHECKED_FROM)), 4);
  return block;
}

/** What a block at the start of these bytes says of itself; null where none begins there. Its checksum is not looked at. */
export function decodeBlockHeader(bytes: Buffer): BlockHeader | null {
  if (bytes.length < BLOCK_HEADER_BYTES || bytes.readUInt32LE(0) !== MARK) {
    return null;
  }
  const bodyBytes = bytes.readUInt32LE(8);
  const kind = KINDS[bytes.readUInt8(12)];
  return kind === undefined || bodyBytes > LONGEST_BODY
    ? null
    : { kind, bodyBytes, wallMs: bytes.readDoubleLE(16), monotonicUs: bytes.readDoubleLE(24) };
}

/** Whether a whole block is as it was written. */
export function isIntact(block: Buffer): boolean {
  return block.readUInt32LE(4) === crc32(block.subarray(CHECKED_FROM));
}

/** Where the next block might begin, from `from` on; -1: nowhere in these bytes. */
export function findMark(bytes: Buffer, from: number): number {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(MARK);
  return bytes.indexOf(mark, from);
}

/** `before`: the text of the block before, which the same words are taken from; null for a whole sample. */
export function packText(text: string, before: string | null): Buffer {
  return deflateRawSync(text, { level: constants.Z_BEST_SPEED, ...dictionaryOf(before) });
}

/** Fails where the body is not what was packed so. */
export function unpackText(body: Buffer, before: string | null): string {
  return inflateRawSync(body, { maxOutputLength: LONGEST_TEXT, ...dictionaryOf(before) }).toString();
}

function dictionaryOf(before: string | null): { readonly dictionary?: Buffer } {
  return before === null || before === '' ? {} : { dictionary: Buffer.from(before.slice(-DICTIONARY_CHARACTERS)) };
}
