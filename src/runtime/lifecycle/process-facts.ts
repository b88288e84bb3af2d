import { readlinkSync } from 'node:fs';
import { arch, geteuid } from 'node:process';
import { decodeCapabilities } from '../../model/capabilities.ts';
import { defaultFilter } from '../security/default-filter.ts';
import type { NamespaceType, ProcessSpec } from '../spec.ts';
import { readTextFile } from '../state/read-text-file.ts';
import { RequestFailed } from './request-failed.ts';

const TYPES: readonly NamespaceType[] = ['user', 'mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup'];

/** The namespaces that a process has and we have not: proc_pid_ns(5). */
export function foreignNamespaces(pid: number): readonly NamespaceType[] {
  return TYPES.filter((type) => {
    const theirs = namespaceLink(pid, type);
    return theirs !== null && theirs !== namespaceLink('self', type);
  });
}

/** `pid:[4026531836]`; null where it may not be seen, or the process ended. */
export function namespaceLink(pid: number | 'self', type: NamespaceType): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/${type}`);
  } catch {
    return null;
  }
}

/**
 * What a process that another runtime started is confined to, so that a command more gets no more than that: its user,
 * groups, capabilities and no_new_privs from proc_pid_status(5), and our filter where it has one, for its own cannot be
 * read.
 */
export function confinementOf(pid: number, insideIds: { readonly uid: number; readonly gid: number }): ProcessSpec {
  const status = readTextFile(`/proc/${pid}/status`);
  const environ = readTextFile(`/proc/${pid}/environ`);
  if (status === null) {
    throw new RequestFailed(`pid:${pid}`, 'it ended meanwhile');
  }
  if (environ === null || namespaceLink(pid, 'mnt') === null) {
    const root = geteuid?.() === 0;
    const why = root
      ? 'this host lets not even root look into it, nor enter it (ptrace(2), access mode checking)'
      : "it is another user's, and may not be entered";
    throw new RequestFailed(`pid:${pid}`, why, root ? null : 'Run it as root.');
  }
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  const bounding = Number(BigInt(`0x${field('CapBnd') || '0'}`));
  const held = insideIds.uid === 0 ? bounding : 0;
  return {
    argv: [],
    env: environ.split('\0').filter((entry) => entry.includes('=')),
    cwd: '/',
    uid: insideIds.uid,
    gid: insideIds.gid,
    groups: [],
    umask: 0o022,
    capabilities: { bounding, effective: held, permitted: held },
    noNewPrivileges: field('NoNewPrivs') === '1',
    seccomp: field('Seccomp') === '2' ? filterFor(field('CapBnd')) : null,
    rlimits: [],
    oomScoreAdj: null,
  };
}

function filterFor(bounding: string): Uint8Array | null {
  const names = decodeCapabilities(bounding) ?? [];
  return arch === 'x64' || arch === 'arm64' ? defaultFilter(names, arch) : null;
}
