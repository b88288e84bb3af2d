import {
  ABSENT,
  REFUSED,
  SECCOMP,
  type SeccompArgument,
  type SeccompProfile,
  type SeccompRule,
} from './seccomp-profile.ts';

/** What any container may call, as far as x64 and arm64 have it. */
const ALWAYS = `
  open openat openat2 creat close close_range read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2
  lseek dup dup2 dup3 fcntl flock fsync fdatasync sync syncfs sync_file_range truncate ftruncate fallocate fadvise64
  readahead copy_file_range sendfile splice tee vmsplice ioctl pipe pipe2 cachestat
  access faccessat faccessat2 stat fstat lstat newfstatat statx statfs fstatfs statmount listmount
  chdir fchdir getcwd getdents getdents64 mkdir mkdirat rmdir mknod mknodat link linkat symlink symlinkat readlink
  readlinkat unlink unlinkat rename renameat renameat2 chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat
  umask utime utimes futimesat utimensat name_to_handle_at
  setxattr lsetxattr fsetxattr setxattrat getxattr lgetxattr fgetxattr getxattrat listxattr llistxattr flistxattr
  listxattrat removexattr lremovexattr fremovexattr removexattrat
  inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_mark
  poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait epoll_wait_old epoll_pwait
  epoll_pwait2 eventfd eventfd2 signalfd signalfd4
  io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents ioprio_get ioprio_set
  mmap munmap mremap mprotect madvise brk mincore msync mlock mlock2 mlockall munlock munlockall remap_file_pages
  memfd_create memfd_secret membarrier mseal map_shadow_stack pkey_alloc pkey_free pkey_mprotect
  fork vfork execve execveat exit exit_group wait4 waitid kill tkill tgkill getpid getppid gettid getpgid getpgrp
  setpgid getsid setsid pidfd_open pidfd_send_signal process_mrelease prctl
  ptrace process_vm_readv process_vm_writev uretprobe
  getpriority setpriority getrlimit setrlimit prlimit64 getrusage times sysinfo uname getcpu seccomp
  sched_yield sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam sched_setparam
  sched_getscheduler sched_setscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval
  getuid geteuid getgid getegid getresuid getresgid getgroups setuid setgid setreuid setregid setresuid setresgid
  setgroups setfsuid setfsgid capget capset
  rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
  rt_tgsigqueueinfo sigaltstack pause restart_syscall
  time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep alarm getitimer setitimer timer_create
  timer_delete timer_settime timer_gettime timer_getoverrun timerfd_create timerfd_settime timerfd_gettime
  adjtimex clock_adjtime
  futex futex_wait futex_wake futex_waitv futex_requeue get_robust_list set_robust_list set_tid_address
  set_thread_area get_thread_area rseq getrandom
  msgget msgsnd msgrcv msgctl semget semop semtimedop semctl shmget shmat shmdt shmctl mq_open mq_unlink mq_notify
  mq_getsetattr mq_timedsend mq_timedreceive
  socketpair bind listen accept accept4 connect shutdown getsockname getpeername getsockopt setsockopt
  sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg
  landlock_create_ruleset landlock_add_rule landlock_restrict_self
  arch_prctl modify_ldt
`;

/** What a capability in the bounding set opens besides. */
const WITH_CAPABILITY: readonly (readonly [capability: string, names: string])[] = [
  ['CAP_BPF', 'bpf'],
  ['CAP_DAC_READ_SEARCH', 'open_by_handle_at'],
  ['CAP_PERFMON', 'perf_event_open'],
  [
    'CAP_SYS_ADMIN',
    `bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr lsm_list_modules
     lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname
     sethostname setns syslog umount2 unshare`,
  ],
  ['CAP_SYS_BOOT', 'reboot'],
  ['CAP_SYS_CHROOT', 'chroot'],
  ['CAP_SYS_MODULE', 'delete_module finit_module init_module'],
  ['CAP_SYS_NICE', 'get_mempolicy mbind set_mempolicy set_mempolicy_home_node'],
  ['CAP_SYS_PACCT', 'acct'],
  ['CAP_SYS_PTRACE', 'kcmp pidfd_getfd process_madvise'],
  ['CAP_SYS_RAWIO', 'ioperm iopl'],
  ['CAP_SYS_TIME', 'clock_settime settimeofday'],
  ['CAP_SYS_TTY_CONFIG', 'vhangup'],
  ['CAP_SYSLOG', 'syslog'],
];

/** CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET} of clone(2). */
const NEW_NAMESPACES = 0x7e02_0000n;

/** personality(2): PER_LINUX and PER_LINUX32, each with and without UNAME26, and the question for the current one. */
const PERSONALITIES = [0x0n, 0x8n, 0x2_0000n, 0x2_0008n, 0xffff_ffffn];

/** AF_ALG and AF_VSOCK: the kernel's cryptography over pages of the host, and the way to the hypervisor. */
const REFUSED_FAMILIES = [38n, 40n];

/** TIOCSTI and TIOCLINUX of ioctl_tty(2) put input into a terminal as if it had been typed. */
const REFUSED_IOCTLS = [0x5412n, 0x541cn];

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const rule = (names: string, verdict: number, ...args: readonly SeccompArgument[]): SeccompRule => ({
  names: words(names),
  args,
  verdict,
});

const equals = (index: number, value: bigint): SeccompArgument => ({ index, operator: 'EQ', value, masked: 0n });

const maskedEquals = (index: number, mask: bigint, masked: bigint): SeccompArgument => ({
  index,
  operator: 'MASKED_EQ',
  value: mask,
  masked,
});

/** The kernel takes this argument for an int and does not see its upper half, so neither may the filter. */
const lowHalfEquals = (index: number, value: bigint): SeccompArgument => maskedEquals(index, 0xffff_ffffn, value);

/** Of these capabilities those that the profile depends on. */
export function openingCapabilities(bounding: readonly string[]): readonly string[] {
  return WITH_CAPABILITY.map(([capability]) => capability).filter((capability) => bounding.includes(capability));
}

/**
 * Docker's default profile (moby 29.7) for a container with these capabilities in its bounding set, and stricter: no
 * input is put into terminals, and what the kernel ignores of an argument is not looked at.
 */
export function defaultSeccompProfile(bounding: readonly string[]): SeccompProfile {
  const opened = WITH_CAPABILITY.filter(([capability]) => bounding.includes(capability));
  return {
    rules: [
      ...REFUSED_IOCTLS.map((request) => rule('ioctl', REFUSED, lowHalfEquals(1, request))),
      ...opened.map(([, names]) => rule(names, SECCOMP.allow)),
      rule(ALWAYS, SECCOMP.allow),
      ...REFUSED_FAMILIES.map((family) => rule('socket', REFUSED, lowHalfEquals(0, family))),
      rule('socket', SECCOMP.allow),
      ...PERSONALITIES.map((persona) => rule('personality', SECCOMP.allow, equals(0, persona))),
      rule('clone', SECCOMP.allow, maskedEquals(0, NEW_NAMESPACES, 0n)),
      rule('clone3', ABSENT),
    ],
    otherwise: REFUSED,
    newer: ABSENT,
  };
}
