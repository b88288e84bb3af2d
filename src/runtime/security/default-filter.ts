import { encodeBpf } from './bpf.ts';
import { knownFilters } from './known-filters.ts';
import { compileSeccomp } from './seccomp-compile.ts';
import { defaultSeccompProfile, openingCapabilities } from './seccomp-default.ts';
import type { SyscallArch } from './syscalls.ts';

/** The filter of the default profile for a container with these capabilities in its bounding set. */
export function defaultFilter(bounding: readonly string[], arch: SyscallArch): Uint8Array {
  const known = knownFilters.get(filterKey(bounding, arch));
  return known === undefined ? compileDefaultFilter(bounding, arch) : Buffer.from(known, 'base64');
}

/** All that the filter depends on. */
export function filterKey(bounding: readonly string[], arch: SyscallArch): string {
  return [arch, ...openingCapabilities(bounding)].join(' ');
}

export function compileDefaultFilter(bounding: readonly string[], arch: SyscallArch): Uint8Array {
  return encodeBpf(compileSeccomp(defaultSeccompProfile(bounding), arch));
}
