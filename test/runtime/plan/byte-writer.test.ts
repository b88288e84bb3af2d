import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ByteWriter, byteWriter } from '../../../src/runtime/plan/byte-writer.ts';

/** What is written, how, and the bytes that Node's own writers make of it. */
type Piece = readonly [write: (writer: ByteWriter) => void, bytes: Buffer];

function little(size: 2 | 4, value: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(value, 0, size);
  return bytes;
}

const u16 = fc.nat(0xffff).map((value): Piece => [(to) => to.u16(value), little(2, value)]);
const u32 = fc.nat(0xffff_ffff).map((value): Piece => [(to) => to.u32(value), little(4, value)]);
const u64 = fc.bigInt(0n, 0xffff_ffff_ffff_ffffn).map((value): Piece => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return [(to) => to.u64(value), bytes];
});
const text = fc.string({ unit: 'binary', maxLength: 40 }).chain((part) =>
  // Some are longer than what the block holds at first.
  fc.constantFrom(1, 1, 1, 900, 3000).map((times): Piece => {
    const all = part.repeat(times);
    return [(to) => to.text(all), Buffer.from(all)];
  }),
);
const raw = fc.uint8Array({ maxLength: 40_000 }).map((bytes): Piece => [(to) => to.raw(bytes), Buffer.from(bytes)]);
const piece = fc.oneof(u16, u32, u64, text, raw);
const measured = fc.tuple(fc.nat(3), fc.array(piece, { maxLength: 4 })).map(([zeros, pieces]): Piece => {
  const inner = Buffer.concat(pieces.map(([, bytes]) => bytes));
  const write = (to: ByteWriter) =>
    to.measured(zeros, () => {
      for (const [one] of pieces) one(to);
    });
  return [write, Buffer.concat([little(4, inner.length), inner, Buffer.alloc(zeros)])];
});

test('writes what Node writes, however often its block grows and at whatever piece', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, measured), { maxLength: 30 }), (pieces) => {
      const writer = byteWriter();
      for (const [write] of pieces) write(writer);
      const wanted = Buffer.concat(pieces.map(([, bytes]) => bytes));
      expect(writer.length()).toBe(wanted.length);
      expect(wanted.equals(writer.bytes())).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('grows at a number as at a text', () => {
  const writer = byteWriter();
  for (let value = 0; value < 100_000; value += 1) writer.u32(value);
  writer.setU32(0, 7);
  const bytes = writer.bytes();
  expect(bytes.readUInt32LE(0)).toBe(7);
  for (let value = 1; value < 100_000; value += 997) expect(bytes.readUInt32LE(4 * value)).toBe(value);
});
