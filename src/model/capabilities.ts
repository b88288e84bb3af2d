/** capabilities(7): the name of each bit, in the order of include/uapi/linux/capability.h. */
export const CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
] as const;

/** Every kernel since 3.16 (2014) knows these: a set that has them all was not cut down. */
const FULL_SET = CAPABILITIES.slice(0, CAPABILITIES.indexOf('CAP_AUDIT_READ') + 1);

const SET = /^[0-9a-f]{1,16}$/;

/**
 * The names in a set as /proc/PID/status writes it (`00000000a80425fb`), lowest bit first. A bit newer than this list
 * is `CAP_41`. Null for anything but hexadecimal digits.
 */
export function decodeCapabilities(hexadecimal: string): readonly string[] | null {
  if (!SET.test(hexadecimal)) {
    return null;
  }
  const set = BigInt(`0x${hexadecimal}`);
  const names: string[] = [];
  for (let bit = 0; set >> BigInt(bit) > 0n; bit += 1) {
    if ((set >> BigInt(bit)) % 2n === 1n) {
      names.push(CAPABILITIES[bit] ?? `CAP_${bit}`);
    }
  }
  return names;
}

/** Whether nothing was taken from a set. */
export function isFullSet(names: readonly string[]): boolean {
  return FULL_SET.every((name) => names.includes(name));
}
