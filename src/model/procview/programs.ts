import type { ProcfsProgram, Verdict } from '../document/procfs.ts';
import { columnOf, memoryBytes, onlineCount } from './fact-texts.ts';
import { ageOf, type FactContext, memoryLimit, quotaCores, usableCpus } from './facts.ts';
import type { ViewFile } from './input.ts';

/** What a program can read. sysinfo(2) answers for the host whatever is mounted. */
type Readable = {
  readonly seen: (file: ViewFile) => string | null;
  readonly context: FactContext;
};

type Rule = {
  readonly name: string;
  readonly concludes: string;
  readonly unit: ProcfsProgram['unit'];
  readonly rule: string;
  readonly source: string;
  readonly value: (from: Readable) => number | null;
  /** What the container may have of it, and where nothing bounds that, null. */
  readonly bound: (context: FactContext) => number | null;
};

/** A page, and what passes between two readings. */
const TOLERANCE: { readonly [unit in ProcfsProgram['unit']]?: number } = { bytes: 4096, seconds: 2 };
/** MaxHeapSize before any machine is looked at: 96 MiB scaled for 64 bits. */
const JVM_LEAST_HEAP = 130_862_280;

const affinity = ({ context }: Readable) => onlineCount(context.affinity);
const online = ({ seen }: Readable) => onlineCount(seen('cpu/online'));
const hostMemory = ({ context }: Readable) => memoryBytes(context.input.host.meminfo ?? null, 'MemTotal');
const seenMemory = ({ seen }: Readable) => memoryBytes(seen('meminfo'), 'MemTotal');
const limitedMemory = (from: Readable) => memoryLimit(from.context) ?? hostMemory(from);

const cpuBound = (context: FactContext) => {
  const cpus = usableCpus(context);
  const host = onlineCount(context.input.host['cpu/online'] ?? null);
  const isLimited = quotaCores(context) !== null || (cpus !== null && host !== null && cpus < host);
  return isLimited ? cpus : null;
};

/** Rounded up, and at least `least`; the affinity bounds it. */
function withQuota(from: Readable, least: number): number | null {
  const cpus = affinity(from);
  const quota = quotaCores(from.context);
  return cpus === null || quota === null ? cpus : Math.min(cpus, Math.max(least, Math.ceil(quota)));
}

/** MaxRAMPercentage 25, and MinRAMPercentage 50 where half of the memory is less than the least heap. */
function jvmHeap(memory: number | null): number | null {
  if (memory === null) {
    return null;
  }
  const half = memory / 2;
  return Math.floor(half < JVM_LEAST_HEAP ? half : Math.max(memory / 4, JVM_LEAST_HEAP));
}

/** What programs conclude, and by which rule of theirs. Flags and variables that tell them otherwise are not known. */
const RULES: readonly Rule[] = [
  {
    name: 'nproc',
    concludes: 'processors',
    unit: 'cpus',
    rule: 'the CPUs of its affinity mask; since coreutils 9.8 also the quota of cgroup v2',
    source: 'sched_getaffinity(2); gnulib lib/nproc.c',
    value: affinity,
    bound: cpuBound,
  },
  {
    name: 'sysconf(_SC_NPROCESSORS_ONLN)',
    concludes: 'processors',
    unit: 'cpus',
    rule: 'glibc counts /sys/devices/system/cpu/online, musl the affinity mask',
    source: 'sysconf(3); glibc sysdeps/unix/sysv/linux/getsysstats.c',
    value: online,
    bound: cpuBound,
  },
  {
    name: 'sysinfo(2)',
    concludes: 'memory',
    unit: 'bytes',
    rule: 'the kernel’s own answer, which no file can change: busybox free, sysconf(_SC_PHYS_PAGES)',
    source: 'sysinfo(2)',
    value: hostMemory,
    bound: memoryLimit,
  },
  {
    name: 'free, top, htop',
    concludes: 'memory',
    unit: 'bytes',
    rule: 'MemTotal of /proc/meminfo',
    source: 'proc_meminfo(5); procps library/meminfo.c',
    value: seenMemory,
    bound: memoryLimit,
  },
  {
    name: 'JVM since 8u191 and 10: heap',
    concludes: 'greatest heap',
    unit: 'bytes',
    rule: 'a quarter of the group’s limit, half of a small one',
    source: 'JDK-8146115; hotspot arguments.cpp set_heap_size, MaxRAMPercentage',
    value: (from) => jvmHeap(limitedMemory(from)),
    bound: memoryLimit,
  },
  {
    name: 'JVM before 8u191: heap',
    concludes: 'greatest heap',
    unit: 'bytes',
    rule: 'a quarter of what sysinfo(2) tells: the container is killed when the heap grows',
    source: 'JDK-8146115; hotspot os_linux.cpp',
    value: (from) => jvmHeap(hostMemory(from)),
    bound: memoryLimit,
  },
  {
    name: 'JVM since 8u191 and 10: processors',
    concludes: 'processors',
    unit: 'cpus',
    rule: 'the quota rounded up, no more than the affinity mask',
    source: 'JDK-8146115; hotspot osContainer_linux.cpp active_processor_count',
    value: (from) => withQuota(from, 1),
    bound: cpuBound,
  },
  {
    name: 'Go before 1.25: GOMAXPROCS',
    concludes: 'threads that run Go at once',
    unit: 'cpus',
    rule: 'the CPUs of its affinity mask; the quota throttles them',
    source: 'sched_getaffinity(2); go runtime/os_linux.go getproccount',
    value: affinity,
    bound: cpuBound,
  },
  {
    name: 'Go since 1.25: GOMAXPROCS',
    concludes: 'threads that run Go at once',
    unit: 'cpus',
    rule: 'the quota rounded up, at least 2, no more than the affinity mask',
    source: 'go.dev/doc/go1.25; runtime/cgroup_linux.go',
    value: (from) => withQuota(from, 2),
    bound: cpuBound,
  },
  {
    name: 'Node: os.totalmem()',
    concludes: 'memory',
    unit: 'bytes',
    rule: 'MemTotal of /proc/meminfo',
    source: 'libuv src/unix/linux.c uv_get_total_memory',
    value: seenMemory,
    bound: memoryLimit,
  },
  {
    name: 'Node: process.constrainedMemory()',
    concludes: 'memory',
    unit: 'bytes',
    rule: 'the limit of its own group; the heap is made from it',
    source: 'libuv src/unix/linux.c uv_get_constrained_memory',
    value: limitedMemory,
    bound: memoryLimit,
  },
  {
    name: 'Python: os.cpu_count()',
    concludes: 'processors',
    unit: 'cpus',
    rule: 'sysconf(_SC_NPROCESSORS_ONLN); os.process_cpu_count() of 3.13 takes the affinity mask',
    source: 'docs.python.org/3/library/os.html#os.cpu_count',
    value: online,
    bound: cpuBound,
  },
  {
    name: 'nginx: worker_processes auto',
    concludes: 'workers',
    unit: 'processes',
    rule: 'sysconf(_SC_NPROCESSORS_ONLN)',
    source: 'nginx src/os/unix/ngx_posix_init.c',
    value: online,
    bound: cpuBound,
  },
  {
    name: 'uptime, w',
    concludes: 'time since the start',
    unit: 'seconds',
    rule: 'the first figure of /proc/uptime',
    source: 'proc_uptime(5); procps library/uptime.c',
    value: ({ seen }) => columnOf(seen('uptime'), 0),
    bound: ageOf,
  },
];

/** What each program concludes in this container, and whether that is more than it may have. */
export function programsOf(seen: (file: ViewFile) => string | null, context: FactContext): ProcfsProgram[] {
  return RULES.map(({ name, concludes, unit, rule, source, value, bound }) => {
    const concluded = value({ seen, context });
    return {
      name,
      concludes,
      value: concluded,
      unit,
      verdict: verdictOf(concluded, bound(context), unit),
      rule,
      source,
    };
  });
}

function verdictOf(value: number | null, bound: number | null, unit: ProcfsProgram['unit']): Verdict | null {
  if (value === null) {
    return null;
  }
  if (bound === null) {
    return 'unlimited';
  }
  return value <= bound + (TOLERANCE[unit] ?? 0) ? 'right' : 'misleading';
}
