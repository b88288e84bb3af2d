import type { Problem } from './document/problem.ts';
import type { Failure } from './reading.ts';

/** Files that only a tracer may read: ptrace(2), "Ptrace access mode checking". */
const TRACED =
  /^\/proc\/[^/]+\/(?:task\/[^/]+\/)?(?:ns|fd|root|cwd|exe|io|environ|maps|smaps|smaps_rollup|mem|stack|syscall|attr)(?:\/|$)/;

/**
 * Why a figure is unknown, in words, with what to do about it. `path` is what was asked for; a failure that names its
 * own path wins. Null where the process or the group has ended: that is life, not a problem.
 */
export function problemOf(failure: Failure, path: string): Problem | null {
  switch (failure.status) {
    case 'gone':
      return null;
    case 'denied':
      return {
        path: failure.path || path,
        code: failure.code,
        message: 'reading it is not permitted',
        remedy: deniedRemedy(failure.path || path, failure.code),
      };
    case 'unsupported':
      return {
        path: failure.path || path,
        code: failure.code,
        message: unsupportedMessage(failure.path || path, failure.code),
        remedy: unsupportedRemedy(failure.path || path),
      };
    case 'garbled':
      return {
        path: failure.path || path,
        code: 'GARBLED',
        message: `a line could not be understood: ${JSON.stringify(failure.line)}`,
        remedy: null,
      };
  }
}

function deniedRemedy(path: string, code: string): string {
  if (TRACED.test(path)) {
    return 'run nsview as root, or with CAP_SYS_PTRACE';
  }
  if (path.startsWith('/proc/') && code === 'EPERM') {
    return 'mount /proc with hidepid=0, or run nsview as root';
  }
  return 'run nsview as root';
}

function unsupportedMessage(path: string, code: string): string {
  if (code === 'EOPNOTSUPP' || code === 'ENOTSUP') {
    return 'the kernel has this switched off';
  }
  if (path.startsWith('/sys/fs/cgroup/')) {
    return 'this group has no such file: its controller is not enabled here, or the kernel does not know it';
  }
  return 'this kernel has no such file';
}

function unsupportedRemedy(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.endsWith('.pressure')) {
    return 'boot with psi=1';
  }
  if (name.startsWith('memory.memsw.') || name.startsWith('memory.swap.')) {
    return 'boot with swapaccount=1';
  }
  if (path.startsWith('/sys/fs/cgroup/') && name.startsWith('memory.')) {
    return 'enable the memory controller (cgroup.subtree_control of the parent; boot with cgroup_enable=memory)';
  }
  return null;
}
