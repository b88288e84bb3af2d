import type { BpfInstruction } from '../../../src/runtime/security/bpf.ts';

/** One system call as a filter sees it: struct seccomp_data of linux/seccomp.h. */
export type SeccompData = {
  readonly number: number;
  /** AUDIT_ARCH_*. */
  readonly arch: number;
  readonly args: readonly bigint[];
};

/** Runs a classic BPF program as the kernel's documentation describes it, and tells what it returns. */
export function runBpf(program: readonly BpfInstruction[], call: SeccompData): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, call.number, true);
  data.setUint32(4, call.arch, true);
  for (const [index, value] of call.args.entries()) data.setBigUint64(16 + 8 * index, value, true);
  let loaded = 0;
  for (let at = 0; at < program.length; ) {
    const instruction = program[at];
    if (instruction === undefined) break;
    const { code, k, jt, jf } = instruction;
    const branch = (holds: boolean): number => at + 1 + (holds ? jt : jf);
    switch (code) {
      case 0x20:
        loaded = data.getUint32(k, true);
        at += 1;
        break;
      case 0x54:
        loaded = (loaded & k) >>> 0;
        at += 1;
        break;
      case 0x05:
        at += 1 + k;
        break;
      case 0x15:
        at = branch(loaded === k);
        break;
      case 0x25:
        at = branch(loaded > k);
        break;
      case 0x35:
        at = branch(loaded >= k);
        break;
      case 0x06:
        return k;
      default:
        throw new Error(`instruction ${at} has an opcode that no filter of ours uses: ${code}`);
    }
  }
  throw new Error('the program runs over its end');
}

export const X64 = 0xc000_003e;
export const ARM64 = 0xc000_00b7;
export const I386 = 0x4000_0003;
