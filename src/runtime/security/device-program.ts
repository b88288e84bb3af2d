import type { DeviceAccess, DeviceRule } from './device-rules.ts';

/** Registers of the eBPF machine. */
const R0 = 0;
const CONTEXT = 1;
const TYPE = 2;
const ACCESS = 3;
const MAJOR = 4;
const MINOR = 5;

/** Opcodes of linux/bpf.h, all on 32 bits. */
const LOAD_WORD = 0x61;
const MOVE_REGISTER = 0xbc;
const MOVE = 0xb4;
const AND = 0x54;
const SHIFT_RIGHT = 0x74;
const JUMP_IF_NOT_EQUAL = 0x56;
const EXIT = 0x95;

/** struct bpf_cgroup_dev_ctx: access in the upper half of the first word and type in the lower, then major and minor. */
const TYPES = { b: 1, c: 2 } as const;
const accessBits = ({ read, write, mknod }: DeviceAccess): number =>
  Number(mknod) | (Number(read) << 1) | (Number(write) << 2);
const ALL_ACCESS = 7;

type Instruction = {
  readonly code: number;
  readonly to?: number;
  readonly from?: number;
  readonly offset?: number;
  readonly value?: number;
};

/** Ends the program with its answer: 1 lets the access happen. */
const answer = (value: 0 | 1): readonly Instruction[] => [{ code: MOVE, to: R0, value }, { code: EXIT }];

/**
 * The device cgroup of version 2 (BPF_PROG_TYPE_CGROUP_DEVICE of bpf(2)) as an array of struct bpf_insn: an access
 * happens if one rule has all of it.
 */
export function deviceProgram(rules: readonly DeviceRule[]): Uint8Array {
  return encode([
    { code: LOAD_WORD, to: TYPE, from: CONTEXT, offset: 0 },
    { code: MOVE_REGISTER, to: ACCESS, from: TYPE },
    { code: AND, to: TYPE, value: 0xffff },
    { code: SHIFT_RIGHT, to: ACCESS, value: 16 },
    { code: LOAD_WORD, to: MAJOR, from: CONTEXT, offset: 4 },
    { code: LOAD_WORD, to: MINOR, from: CONTEXT, offset: 8 },
    ...rules.flatMap(allowBy),
    ...answer(0),
  ]);
}

/** Allows what the rule has all of, and goes on behind itself with anything else. */
function allowBy({ type, major, minor, access }: DeviceRule): readonly Instruction[] {
  const beyond = ALL_ACCESS & ~accessBits(access);
  const body: readonly Instruction[] = [
    { code: JUMP_IF_NOT_EQUAL, to: TYPE, value: TYPES[type] },
    ...(beyond === 0
      ? []
      : [
          { code: MOVE_REGISTER, to: R0, from: ACCESS },
          { code: AND, to: R0, value: beyond },
          { code: JUMP_IF_NOT_EQUAL, to: R0, value: 0 },
        ]),
    ...(major === null ? [] : [{ code: JUMP_IF_NOT_EQUAL, to: MAJOR, value: major }]),
    ...(minor === null ? [] : [{ code: JUMP_IF_NOT_EQUAL, to: MINOR, value: minor }]),
    ...answer(1),
  ];
  return body.map((instruction, index) =>
    instruction.code === JUMP_IF_NOT_EQUAL ? { ...instruction, offset: body.length - index - 1 } : instruction,
  );
}

/** struct bpf_insn {u8 code; u8 dst:4, src:4; s16 off; s32 imm}. */
function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, to = 0, from = 0, offset = 0, value = 0 }] of program.entries()) {
    view.setUint8(index * 8, code);
    view.setUint8(index * 8 + 1, (from << 4) | to);
    view.setInt16(index * 8 + 2, offset, true);
    view.setInt32(index * 8 + 4, value, true);
  }
  return bytes;
}
