import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import { CAPABILITIES, decodeCapabilities } from '../../model/capabilities.ts';
import type { Limit } from '../../model/limit.ts';
import type { SyscallArch } from './syscalls.ts';

const CPUS = '/sys/devices/system/cpu';

/** What the confinement of a container depends on. */
export type HostFacts = {
  /** Null: a machine whose system calls we do not know. */
  readonly arch: SyscallArch | null;
  /** Version and patch level: [6, 18]. */
  readonly kernel: readonly [number, number];
  /** Capabilities that the kernel knows, and of these what this process may give away. */
  readonly known: readonly string[];
  readonly held: readonly string[];
  /** The most open files that a limit may be set to. */
  readonly mostFiles: Limit;
  /** Directories of /sys that count how often each CPU was too hot. */
  readonly throttleCounters: readonly string[];
};

export function readHostFacts(): HostFacts {
  const [major = 0, minor = 0] = os.release().split('.').map(Number);
  const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
  return {
    arch: process.arch === 'x64' || process.arch === 'arm64' ? process.arch : null,
    kernel: [major, minor],
    known: CAPABILITIES.slice(0, last + 1),
    held: heldCapabilities(),
    mostFiles: mostFiles(),
    throttleCounters: throttleCounters(CPUS),
  };
}

/** None where sysfs is not mounted. */
export function throttleCounters(cpus: string): readonly string[] {
  if (!existsSync(cpus)) {
    return [];
  }
  return readdirSync(cpus)
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => `${cpus}/${name}/thermal_throttle`)
    .filter((path) => existsSync(path));
}

/** Permitted and in the bounding set: only these can be in a program's sets after execve(2). */
export function heldCapabilities(): readonly string[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  const set = (name: string): readonly string[] =>
    decodeCapabilities(new RegExp(`^${name}:\\t(\\w+)$`, 'm').exec(status)?.[1] ?? '') ?? [];
  const bounding = set('CapBnd');
  return set('CapPrm').filter((name) => bounding.includes(name));
}

/** Our own hard limit: only CAP_SYS_RESOURCE goes beyond it, which not even root has everywhere. */
function mostFiles(): Limit {
  const [, hard] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return hard === undefined ? 'max' : Number(hard);
}
