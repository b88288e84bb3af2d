/** Little-endian bytes, one after the other in one block that grows: thousands of small ones cost more than the start. */
export type ByteWriter = {
  readonly u16: (value: number) => void;
  readonly u32: (value: number) => void;
  readonly u64: (value: bigint) => void;
  /** UTF-8. */
  readonly text: (text: string) => void;
  readonly raw: (bytes: Uint8Array) => void;
  /** What `write` writes, with its length as u32 before and `zeros` more bytes behind. */
  readonly measured: (zeros: number, write: () => void) => void;
  readonly setU32: (at: number, value: number) => void;
  readonly length: () => number;
  readonly bytes: () => Buffer;
};

const FIRST_BYTES = 32 * 1024;

/** No UTF-16 unit takes more in UTF-8. */
const MOST_OF_UNIT = 3;

export function byteWriter(): ByteWriter {
  let block = Buffer.alloc(FIRST_BYTES);
  let view = new DataView(block.buffer, block.byteOffset, block.length);
  let length = 0;
  /** Makes sure that so many more fit, in `block` and `view` as they are from then on; returns where they go. */
  const room = (more: number): number => {
    if (length + more > block.length) {
      const larger = Buffer.alloc(2 * (length + more));
      block.copy(larger, 0, 0, length);
      block = larger;
      view = new DataView(block.buffer, block.byteOffset, block.length);
    }
    return length;
  };
  const u32 = (value: number) => {
    const at = room(4);
    view.setUint32(at, value, true);
    length += 4;
  };
  return {
    u16: (value) => {
      const at = room(2);
      view.setUint16(at, value, true);
      length += 2;
    },
    u32,
    u64: (value) => {
      const at = room(8);
      view.setBigUint64(at, value, true);
      length += 8;
    },
    text: (text) => {
      const at = room(text.length * MOST_OF_UNIT);
      length += block.write(text, at);
    },
    raw: (bytes) => {
      const at = room(bytes.length);
      block.set(bytes, at);
      length += bytes.length;
    },
    measured: (zeros, write) => {
      const at = length;
      u32(0);
      write();
      view.setUint32(at, length - at - 4, true);
      // Nothing was written there yet: they are zeros.
      length = room(zeros) + zeros;
    },
    setU32: (at, value) => view.setUint32(at, value, true),
    length: () => length,
    bytes: () => block.subarray(0, length),
  };
}
