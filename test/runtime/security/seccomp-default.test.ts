import { describe, expect, it } from 'vitest';
import { CAPABILITIES } from '../../../src/model/capabilities.ts';
import { chooseCapabilities } from '../../../src/runtime/security/capabilities.ts';
import { compileSeccomp } from '../../../src/runtime/security/seccomp-compile.ts';
import { defaultSeccompProfile } from '../../../src/runtime/security/seccomp-default.ts';
import { type SyscallArch, syscallNumbers } from '../../../src/runtime/security/syscalls.ts';
import { ARM64, I386, runBpf, X64 } from './bpf-machine.ts';

const ALLOW = 0x7fff_0000;
const EPERM = 0x0005_0001;
const ENOSYS = 0x0005_0026;
const KILL = 0x8000_0000;

const standard = chooseCapabilities({ add: [], drop: [], privileged: false }, CAPABILITIES);

/** What Docker's documentation and profile refuse to a container with the usual capabilities, of calls to 6.18. */
const REFUSED_ON_BOTH = `
  acct add_key bpf clock_settime delete_module fanotify_init finit_module fsconfig fsmount fsopen fspick get_mempolicy
  init_module io_uring_enter io_uring_register io_uring_setup kcmp kexec_file_load kexec_load keyctl lookup_dcookie
  lsm_get_self_attr lsm_list_modules lsm_set_self_attr mbind migrate_pages mount mount_setattr move_mount move_pages
  nfsservctl open_by_handle_at open_tree perf_event_open pidfd_getfd pivot_root process_madvise quotactl quotactl_fd
  reboot request_key set_mempolicy set_mempolicy_home_node setdomainname sethostname setns settimeofday swapoff swapon
  syslog umount2 unshare userfaultfd vhangup
`;
const REFUSED_ON_X64 = `
  _sysctl afs_syscall create_module get_kernel_syms getpmsg ioperm iopl putpmsg query_module security sysfs tuxcall
  uprobe uselib ustat vserver
`;
/** Newer than the newest call of the profile. */
const ABSENT_ON_BOTH = 'clone3 open_tree_attr file_getattr file_setattr';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const machines = {
  x64: { audit: X64, refused: [...words(REFUSED_ON_BOTH), ...words(REFUSED_ON_X64)] },
  arm64: { audit: ARM64, refused: words(REFUSED_ON_BOTH) },
} as const;

/** What each number is answered, with all arguments zero. */
function meaning(arch: SyscallArch, number: number): number {
  const name = [...syscallNumbers(arch)].find(([, of]) => of === number)?.[0];
  if (name === undefined) return number > 466 ? ENOSYS : EPERM;
  if (words(ABSENT_ON_BOTH).includes(name)) return ENOSYS;
  return machines[arch].refused.includes(name) ? EPERM : ALLOW;
}

describe.each(['x64', 'arm64'] as const)('the default filter on %s', (arch) => {
  const { audit, refused } = machines[arch];
  const program = compileSeccomp(defaultSeccompProfile(standard), arch);
  const numbers = syscallNumbers(arch);
  const asked = (name: string, ...args: readonly bigint[]): number => {
    const number = numbers.get(name);
    if (number === undefined) throw new Error(`${arch} has no ${name}`);
    return runBpf(program, { number, arch: audit, args });
  };

  it('is small', () => {
    expect(program.length).toBeLessThan(120);
  });

  it('speaks only of calls that exist', () => {
    expect(refused.filter((name) => !numbers.has(name))).toEqual([]);
  });

  it.each(Array.from({ length: 600 }, (_, number) => number))('answers call %i as the profile means', (number) => {
    expect(runBpf(program, { number, arch: audit, args: [] })).toBe(meaning(arch, number));
  });

  it.each([0x3fff_ffff, 0x4000_0000, 0x4000_0001, 0x4000_0200, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])(
    'knows no call %i, x32 or other',
    (number) => {
      expect(runBpf(program, { number, arch: audit, args: [] })).toBe(ENOSYS);
    },
  );

  it.each([I386, arch === 'x64' ? ARM64 : X64, 0x4000_0028, 0])('kills programs of architecture %i', (foreign) => {
    for (let number = 0; number < 500; number += 1) {
      expect(runBpf(program, { number, arch: foreign, args: [] })).toBe(KILL);
    }
  });

  it('makes sockets of all families but AF_ALG and AF_VSOCK, whatever the kernel ignores of the argument', () => {
    for (let family = 0n; family < 64n; family += 1n) {
      const verdict = family === 38n || family === 40n ? EPERM : ALLOW;
      for (const ignored of [0n, 1n << 32n, 0xffff_ffffn << 32n]) {
        expect(asked('socket', ignored | family), `family ${family}`).toBe(verdict);
      }
    }
  });

  it('makes processes but no namespaces', () => {
    const SIGCHLD = 17n;
    const threads = 0x003d_0f00n;
    expect(asked('clone', SIGCHLD)).toBe(ALLOW);
    expect(asked('clone', threads)).toBe(ALLOW);
    for (const flag of [
      0x0002_0000n,
      0x0200_0000n,
      0x0400_0000n,
      0x0800_0000n,
      0x1000_0000n,
      0x2000_0000n,
      0x4000_0000n,
    ]) {
      expect(asked('clone', flag | SIGCHLD), flag.toString(16)).toBe(EPERM);
      expect(asked('clone', flag | SIGCHLD | (1n << 40n)), flag.toString(16)).toBe(EPERM);
    }
  });

  it('lets five personalities be', () => {
    const allowed = [0n, 8n, 0x2_0000n, 0x2_0008n, 0xffff_ffffn];
    for (const persona of [...allowed, 1n, 9n, 0x4_0000n, 0x1_0000_0000n, 0xffff_fffen, 0xffff_ffff_ffff_ffffn]) {
      expect(asked('personality', persona), persona.toString(16)).toBe(allowed.includes(persona) ? ALLOW : EPERM);
    }
  });

  it('puts nothing into terminals', () => {
    for (const ignored of [0n, 1n << 32n, 0xffff_ffffn << 32n]) {
      expect(asked('ioctl', 0n, ignored | 0x5412n)).toBe(EPERM);
      expect(asked('ioctl', 0n, ignored | 0x541cn)).toBe(EPERM);
      expect(asked('ioctl', 0n, ignored | 0x5413n)).toBe(ALLOW);
      expect(asked('ioctl', 0n, ignored | 0x5401n)).toBe(ALLOW);
    }
  });

  it.each([
    ['CAP_SYS_ADMIN', 'mount umount2 unshare setns clone3 bpf perf_event_open syslog'],
    ['CAP_SYS_PTRACE', 'kcmp pidfd_getfd process_madvise'],
    ['CAP_SYS_MODULE', 'init_module finit_module delete_module'],
    ['CAP_SYS_TIME', 'settimeofday clock_settime'],
    ['CAP_SYS_NICE', 'mbind set_mempolicy get_mempolicy'],
    ['CAP_SYS_BOOT', 'reboot'],
    ['CAP_SYSLOG', 'syslog'],
    ['CAP_BPF', 'bpf'],
    ['CAP_PERFMON', 'perf_event_open'],
    ['CAP_DAC_READ_SEARCH', 'open_by_handle_at'],
    ['CAP_SYS_PACCT', 'acct'],
    ['CAP_SYS_TTY_CONFIG', 'vhangup'],
  ])('%s opens %s and nothing else', (capability, opened) => {
    const wider = compileSeccomp(defaultSeccompProfile([...standard, capability]), arch);
    const changed = [...numbers].filter(
      ([, number]) =>
        runBpf(wider, { number, arch: audit, args: [] }) !== runBpf(program, { number, arch: audit, args: [] }),
    );
    const names = changed.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining([...words(opened)]));
    if (capability !== 'CAP_SYS_ADMIN')
      expect(names.length).toBe(words(opened).length + Number(names.includes('set_mempolicy_home_node')));
    for (const [, number] of changed) expect(runBpf(wider, { number, arch: audit, args: [] })).toBe(ALLOW);
  });

  it('refuses chroot once CAP_SYS_CHROOT is dropped', () => {
    const narrower = compileSeccomp(defaultSeccompProfile(standard.filter((name) => name !== 'CAP_SYS_CHROOT')), arch);
    expect(asked('chroot')).toBe(ALLOW);
    expect(runBpf(narrower, { number: numbers.get('chroot') ?? -1, arch: audit, args: [] })).toBe(EPERM);
  });
});
