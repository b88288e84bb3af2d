/** One access as the device cgroup of version 2 is asked about it: struct bpf_cgroup_dev_ctx of linux/bpf.h. */
export type DeviceAccessQuestion = {
  readonly type: 'b' | 'c';
  /** mknod 1, read 2, write 4. */
  readonly access: number;
  readonly major: number;
  readonly minor: number;
};

/** Runs an eBPF program on the few instructions that a device program needs, and tells what it returns. */
export function runDeviceProgram(program: Uint8Array, asked: DeviceAccessQuestion): number {
  const context = [(asked.access << 16) | (asked.type === 'b' ? 1 : 2), asked.major, asked.minor];
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const registers = Array.from({ length: 11 }, () => 0);
  for (let at = 0; at < program.length / 8; at += 1) {
    const code = view.getUint8(at * 8);
    const to = view.getUint8(at * 8 + 1) & 0xf;
    const from = view.getUint8(at * 8 + 1) >> 4;
    const offset = view.getInt16(at * 8 + 2, true);
    const value = view.getInt32(at * 8 + 4, true);
    const was = registers[to] ?? 0;
    switch (code) {
      case 0x61:
        registers[to] = context[offset / 4] ?? Number.NaN;
        break;
      case 0xbc:
        registers[to] = registers[from] ?? Number.NaN;
        break;
      case 0xb4:
        registers[to] = value;
        break;
      case 0x54:
        registers[to] = (was & value) >>> 0;
        break;
      case 0x74:
        registers[to] = was >>> value;
        break;
      case 0x56:
        if (was !== value >>> 0) at += offset;
        break;
      case 0x95:
        return registers[0] ?? Number.NaN;
      default:
        throw new Error(`instruction ${at} has an opcode that no program of ours uses: ${code}`);
    }
  }
  throw new Error('the program runs over its end');
}
