/** One classic BPF instruction: struct sock_filter of linux/filter.h. `jt` and `jf` skip that many instructions. */
export type BpfInstruction = {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
};

/** A place in a program that is written backwards: how many instructions follow it. */
export type BpfLabel = number;

/** Opcodes of linux/bpf_common.h, as far as filters here use them. */
export const BPF = {
  load: 0x20,
  and: 0x54,
  jump: 0x05,
  equal: 0x15,
  greater: 0x25,
  atLeast: 0x35,
  ret: 0x06,
} as const;

type Test = typeof BPF.equal | typeof BPF.greater | typeof BPF.atLeast;

/** Conditional jumps have 8 bits. */
const REACH = 0xff;

/** The kernel's BPF_MAXINSNS. */
const MOST_INSTRUCTIONS = 4096;

export type BpfWriter = {
  /** Ends the filter with a value. */
  readonly ret: (value: number) => BpfLabel;
  /** Loads 32 bits from `offset` of the data, then goes on at `next`. */
  readonly load: (offset: number, next: BpfLabel) => BpfLabel;
  /** Masks what is loaded, then goes on at `next`. */
  readonly and: (mask: number, next: BpfLabel) => BpfLabel;
  /** Compares what is loaded (unsigned) with `k`. */
  readonly test: (test: Test, k: number, yes: BpfLabel, no: BpfLabel) => BpfLabel;
  /** The program that starts at `start`. RangeError when it has more instructions than a kernel takes. */
  readonly finish: (start: BpfLabel) => readonly BpfInstruction[];
};

/**
 * Writes a program from its end to its start. Jumps of classic BPF go only forward, so every target is known when the
 * jump to it is written, and what is the same from some point on is written once.
 */
export function bpfWriter(): BpfWriter {
  const reversed: BpfInstruction[] = [];
  const written = new Map<string, BpfLabel>();

  const emit = (code: number, k: number, jt = 0, jf = 0): BpfLabel => {
    reversed.push({ code, jt, jf, k: k >>> 0 });
    return reversed.length;
  };
  const skip = (target: BpfLabel): number => reversed.length - target;
  /** `target` itself when the next instruction, `slack` further on, can reach it; else something near that leads there. */
  const near = (target: BpfLabel, slack: number): BpfLabel =>
    skip(target) + slack <= REACH ? target : emit(BPF.jump, skip(target));
  /** Makes `label` the very next thing that runs. */
  const fallInto = (label: BpfLabel): void => {
    if (skip(label) > 0) emit(BPF.jump, skip(label));
  };
  const once = (key: string, write: () => BpfLabel): BpfLabel => {
    const known = written.get(key);
    if (known !== undefined && skip(known) <= REACH) return known;
    const label = write();
    written.set(key, label);
    return label;
  };
  const follow = (code: number, k: number, next: BpfLabel): BpfLabel =>
    once(`${code} ${k} ${next}`, () => {
      fallInto(next);
      return emit(code, k);
    });

  return {
    ret: (value) => once(`ret ${value}`, () => emit(BPF.ret, value)),
    load: (offset, next) => follow(BPF.load, offset, next),
    and: (mask, next) => follow(BPF.and, mask, next),
    test: (test, k, yes, no) => {
      if (yes === no) return yes;
      return once(`${test} ${k} ${yes} ${no}`, () => {
        const nearYes = near(yes, 1);
        const nearNo = near(no, 0);
        return emit(test, k, skip(nearYes), skip(nearNo));
      });
    },
    finish: (start) => {
      fallInto(start);
      if (reversed.length > MOST_INSTRUCTIONS) {
        throw new RangeError(`the filter has ${reversed.length} instructions, the kernel takes ${MOST_INSTRUCTIONS}`);
      }
      return reversed.toReversed();
    },
  };
}

/** Array of struct sock_filter {u16 code; u8 jt, jf; u32 k}; both machines we run on are little-endian. */
export function encodeBpf(program: readonly BpfInstruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, jt, jf, k }] of program.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, jt);
    view.setUint8(index * 8 + 3, jf);
    view.setUint32(index * 8 + 4, k, true);
  }
  return bytes;
}
