/** What of an ELF file says where it can run and what it needs there (elf(5)). */
export type Elf = {
  readonly bits: 32 | 64;
  /** e_machine: 62 x86-64, 183 aarch64. */
  readonly machine: number;
  /** Absolute path of the program that loads it; null where the kernel alone does. */
  readonly interpreter: string | null;
  /** Names of libraries, as they are searched for. */
  readonly needed: readonly string[];
  /** Directories to search before all others, `$ORIGIN` not yet replaced. */
  readonly runpath: readonly string[];
};

const MAGIC = 0x7f454c46;
const LITTLE_ENDIAN = 1;
const EXECUTABLE = 2;
const SHARED = 3;

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;

const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_STRSZ = 10;
const DT_RPATH = 15;
const DT_RUNPATH = 29;

type Segment = {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
};

/** Reads an executable or a library, without running it. Null for anything else: a script, big endian, a broken file. */
export function readElf(file: Buffer): Elf | null {
  try {
    return parse(file);
  } catch (error) {
    // Every number in the file may point out of it.
    if (error instanceof RangeError) {
      return null;
    }
    throw error;
  }
}

function parse(file: Buffer): Elf | null {
  const bits = file.readUInt8(4) === 2 ? 64 : 32;
  const type = file.readUInt16LE(16);
  if (
    file.readUInt32BE(0) !== MAGIC ||
    file.readUInt8(5) !== LITTLE_ENDIAN ||
    (type !== EXECUTABLE && type !== SHARED)
  ) {
    return null;
  }
  const word = wordReader(file, bits);
  const segments = readSegments(file, bits, word);
  const interpreter = segments.find((segment) => segment.type === PT_INTERP);
  const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
  return {
    bits,
    machine: file.readUInt16LE(18),
    interpreter:
      interpreter === undefined ? null : textAt(file, interpreter.offset, interpreter.offset + interpreter.size),
    ...(dynamic === undefined ? { needed: [], runpath: [] } : readDynamic(file, bits, word, dynamic, segments)),
  };
}

type WordReader = (offset: number) => number;

/** Addresses and sizes of more than 2^53 bytes belong to no file. */
function wordReader(file: Buffer, bits: 32 | 64): WordReader {
  if (bits === 32) {
    return (offset) => file.readUInt32LE(offset);
  }
  return (offset) => {
    const value = file.readBigUInt64LE(offset);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new RangeError('a word that is no offset');
    }
    return Number(value);
  };
}

function readSegments(file: Buffer, bits: 32 | 64, word: WordReader): readonly Segment[] {
  const wide = bits === 64;
  const table = word(wide ? 32 : 28);
  const size = file.readUInt16LE(wide ? 54 : 42);
  const count = file.readUInt16LE(wide ? 56 : 44);
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    return {
      type: file.readUInt32LE(at),
      offset: word(at + (wide ? 8 : 4)),
      address: word(at + (wide ? 16 : 8)),
      size: word(at + (wide ? 32 : 16)),
    };
  });
}

function readDynamic(
  file: Buffer,
  bits: 32 | 64,
  word: WordReader,
  { offset, size }: Segment,
  segments: readonly Segment[],
): Pick<Elf, 'needed' | 'runpath'> {
  const step = bits / 8;
  const names: number[] = [];
  const values = new Map<number, number>();
  for (let at = offset; at + 2 * step <= offset + size; at += 2 * step) {
    const tag = tagAt(file, bits, at);
    if (tag === 0) {
      break;
    }
    if (tag === DT_NEEDED) {
      names.push(word(at + step));
    } else if ([DT_STRTAB, DT_STRSZ, DT_RPATH, DT_RUNPATH].includes(tag)) {
      values.set(tag, word(at + step));
    }
  }
  const table = offsetOf(values.get(DT_STRTAB) ?? 0, segments);
  const end = table + (values.get(DT_STRSZ) ?? 0);
  const search = values.get(DT_RUNPATH) ?? values.get(DT_RPATH);
  return {
    needed: names.map((name) => textAt(file, table + name, end)),
    runpath:
      search === undefined
        ? []
        : textAt(file, table + search, end)
            .split(':')
            .filter((part) => part !== ''),
  };
}

/** Tags of the processor and the system are large, and none that we ask for. */
function tagAt(file: Buffer, bits: 32 | 64, at: number): number {
  return bits === 32 ? file.readUInt32LE(at) : Number(file.readBigUInt64LE(at));
}

/** Where in the file the byte is that is loaded at this address. */
function offsetOf(address: number, segments: readonly Segment[]): number {
  const holder = segments.find(
    ({ type, address: from, size }) => type === PT_LOAD && address >= from && address < from + size,
  );
  if (holder === undefined) {
    throw new RangeError('an address that is not loaded');
  }
  return address - holder.address + holder.offset;
}

/** The text from here to a NUL, which must come before `end`. */
function textAt(file: Buffer, start: number, end: number): string {
  const nul = start > file.length ? -1 : file.indexOf(0, start);
  if (nul < 0 || nul >= end) {
    throw new RangeError('a text without end');
  }
  return file.toString('latin1', start, nul);
}
