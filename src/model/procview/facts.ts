import type { Cgroup } from '../document/cgroup.ts';
import type { ProcfsFact, Verdict } from '../document/procfs.ts';
import { type Answer, answerText } from './answers.ts';
import { cpusetText } from './cpus.ts';
import { bootTimeOf, columnOf, cpuinfoCount, cpuSeconds, memoryBytes, onlineCount, statCpus } from './fact-texts.ts';
import type { LxcfsRelease } from './input.ts';
import { type ViewFile, type ViewInput, viewerPath } from './input.ts';

/** What is known of the container beside its /proc. */
export type FactContext = {
  readonly input: ViewInput;
  readonly cgroup: Pick<Cgroup, 'cpu' | 'memory'> | null;
  readonly release: LxcfsRelease;
  /** CPUs that it may run on, as the kernel tells the init. */
  readonly affinity: string | null;
};

const MIB = 1024 ** 2;

type Figures = Pick<ProcfsFact, 'seen' | 'limits' | 'host'>;

/** CPUs that a container can use: its set, and as many as its quota fills. Null where neither is known. */
export function usableCpus({ input, cgroup, affinity }: FactContext): number | null {
  const path = viewerPath(input, 'cpuset');
  const set = affinity ?? (path === null ? null : cpusetText(input, path)) ?? input.host['cpu/online'] ?? null;
  const inSet = onlineCount(set);
  const quota = quotaCores({ cgroup });
  return quota === null || inSet === null ? inSet : Math.min(inSet, Math.max(1, Math.ceil(quota)));
}

/** Null: no quota. */
export function quotaCores({ cgroup }: Pick<FactContext, 'cgroup'>): number | null {
  const cores = cgroup?.cpu.limitCores ?? 'max';
  return cores === 'max' ? null : cores;
}

/** Bytes; null: no limit below what the host has. */
export function memoryLimit({ cgroup, input }: FactContext): number | null {
  const limit = cgroup?.memory.limitBytes ?? 'max';
  const host = memoryBytes(input.host.meminfo ?? null, 'MemTotal');
  return limit === 'max' || (host !== null && limit >= host) ? null : limit;
}

export function factsOf(answer: Answer, context: FactContext): ProcfsFact[] {
  const make = MAKERS[answer.file];
  if (make === undefined) {
    return [];
  }
  const figures = (read: (text: string | null) => number | null): Figures => ({
    seen: read(answerText(answer, 'seen')),
    limits: read(answer.limits ?? answerText(answer, 'seen')),
    host: read(answer.host),
  });
  return make(figures, context);
}

type Maker = (figures: (read: (text: string | null) => number | null) => Figures, context: FactContext) => ProcfsFact[];

const MAKERS: { readonly [file in ViewFile]?: Maker } = {
  meminfo: (figures, context) => [
    memoryTotal(
      figures((text) => memoryBytes(text, 'MemTotal')),
      context,
    ),
    memoryAvailable(
      figures((text) => memoryBytes(text, 'MemAvailable')),
      context,
    ),
    swapTotal(
      figures((text) => memoryBytes(text, 'SwapTotal')),
      context,
    ),
    swapFree(
      figures((text) => memoryBytes(text, 'SwapFree')),
      context,
    ),
  ],
  'cpu/online': (figures, context) => [cpuFact('online CPUs', figures(onlineCount), context)],
  cpuinfo: (figures, context) => [cpuFact('CPUs', figures(cpuinfoCount), context)],
  stat: (figures, context) => [
    cpuFact('CPUs', figures(statCpus), context),
    bootTime(figures(bootTimeOf), context),
    cpuTime(figures(cpuSeconds), context),
  ],
  uptime: (figures, context) => [
    uptime(
      figures((text) => columnOf(text, 0)),
      context,
    ),
    idle(
      figures((text) => columnOf(text, 1)),
      context,
    ),
  ],
  loadavg: (figures, context) => [
    load(
      figures((text) => columnOf(text, 0)),
      context,
    ),
  ],
};

function fact(
  name: string,
  unit: ProcfsFact['unit'],
  figures: Figures,
  rest: Partial<Pick<ProcfsFact, 'limit' | 'better' | 'why'>> & { readonly verdict: Verdict | null },
): ProcfsFact {
  return { name, ...figures, unit, limit: 'max', better: null, why: null, ...rest };
}

/** Right where what is seen is what it should be, or nearly. */
function verdictOf(seen: number | null, should: number | null, tolerance = 0): Verdict | null {
  return seen === null || should === null ? null : Math.abs(seen - should) <= tolerance ? 'right' : 'misleading';
}

function memoryTotal(figures: Figures, context: FactContext): ProcfsFact {
  const limit = memoryLimit(context);
  return fact('memory', 'bytes', figures, {
    limit: limit ?? 'max',
    verdict: limit === null ? 'unlimited' : verdictOf(figures.seen, limit, 4096),
  });
}

/** The kernel's own estimate is what is free, and the file pages. lxcfs 5.0.3 counts tmpfs too, which cannot be given back. */
function memoryAvailable(figures: Figures, context: FactContext): ProcfsFact {
  const limit = memoryLimit(context);
  const memory = context.cgroup?.memory;
  if (limit === null) {
    return fact('available', 'bytes', figures, { verdict: 'unlimited' });
  }
  const inactive = memory?.inactiveFileBytes ?? null;
  const usage = memory?.usageBytes ?? null;
  const better = usage === null || inactive === null ? null : Math.max(0, limit - Math.max(0, usage - inactive));
  const shmemCounts =
    context.release === '5.0.3' && figures.limits !== null && better !== null && figures.limits > better;
  return fact('available', 'bytes', figures, {
    limit,
    verdict: figures.seen === null ? null : figures.seen > limit ? 'misleading' : 'right',
    better,
    why: shmemCounts ? 'lxcfs counts tmpfs and pages in use as available' : null,
  });
}

function swapTotal(figures: Figures, context: FactContext): ProcfsFact {
  const limit = context.cgroup?.memory.swapLimitBytes ?? 'max';
  const { host, seen } = figures;
  const better = host === null ? null : limit === 'max' ? host : Math.min(limit, host);
  const wrong = figures.limits !== null && better !== null && figures.limits !== better;
  return fact('swap', 'bytes', figures, {
    limit,
    verdict: limit === 'max' ? 'unlimited' : verdictOf(seen, better, 4096),
    better: wrong ? better : null,
    why: wrong ? 'lxcfs shows memory and swap together, or no swap' : host === 0 ? 'the host has none' : null,
  });
}

/** Two counters that are read one after the other: where the second is the greater, C's subtraction wraps. */
function swapFree(figures: Figures, { cgroup }: FactContext): ProcfsFact {
  const { swapLimitBytes: limit = 'max', swapUsageBytes: usage = null } = cgroup?.memory ?? {};
  const { host, seen } = figures;
  const own = limit === 'max' || limit === null || usage === null ? null : Math.max(0, limit - usage);
  const better = own === null || host === null ? null : Math.min(own, host);
  const wrapped = figures.limits === null && host !== null;
  return fact('swap free', 'bytes', figures, {
    limit,
    verdict: limit === 'max' ? 'unlimited' : verdictOf(seen, better, MIB),
    better: wrapped ? better : null,
    why: wrapped ? 'lxcfs subtracts more than there is, and prints some 18 exabytes' : null,
  });
}

function cpuFact(name: string, figures: Figures, context: FactContext): ProcfsFact {
  const usable = usableCpus(context);
  const cores = quotaCores(context);
  const limited = usable !== null && figures.host !== null && usable < figures.host;
  const wrong = usable !== null && figures.limits !== null && figures.limits > usable;
  return fact(name, 'cpus', figures, {
    limit: cores ?? 'max',
    verdict: limited || cores !== null ? verdictOf(figures.seen, usable) : 'unlimited',
    better: wrong ? usable : null,
    why: wrong ? 'lxcfs counts the quota only with --enable-cfs, on version 1 at the path of the cpuset group' : null,
  });
}

/** When the init was started, in seconds after the boot. */
function startOf({ input }: FactContext): number | null {
  return input.init?.stat == null ? null : startSeconds(input.init.stat);
}

/** Field 22 of proc_pid_stat(5), after the last parenthesis: seconds after the boot. */
function startSeconds(stat: string): number | null {
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  return Number.isFinite(ticks) ? ticks / 100 : null;
}

/** The init is the host's own. */
function sharesHostInit({ input }: FactContext): boolean {
  return input.init === null || input.init.stat?.startsWith('1 (') === true;
}

/** Seconds that the container runs; null in the host's pid namespace, whose init is the host's. */
export function ageOf(context: FactContext): number | null {
  const start = startOf(context);
  const { seconds, nanoseconds } = context.input.bootTime;
  return start === null || sharesHostInit(context) ? null : Math.max(0, seconds + nanoseconds / 1e9 - start);
}

function uptime(figures: Figures, context: FactContext): ProcfsFact {
  const age = ageOf(context);
  const wrong = figures.limits === null && figures.host !== null && age !== null;
  return fact('uptime', 'seconds', figures, {
    verdict: sharesHostInit(context) ? 'unlimited' : verdictOf(figures.seen, age, 2),
    better: wrong ? age : null,
    why: wrong ? 'lxcfs finds no start time where the name of the init has a blank' : null,
  });
}

/** Idle time of all CPUs together, as the kernel counts it. */
function idle(figures: Figures, context: FactContext): ProcfsFact {
  const start = startOf(context);
  const cpus = usableCpus(context);
  const usage = context.cgroup?.cpu.usageUs ?? null;
  const { seconds } = context.input.bootTime;
  const known = start !== null && cpus !== null && usage !== null;
  const better = known ? Math.max(0, (seconds - start) * cpus - usage / 1e6) : null;
  const wrong = cpus !== null && cpus > 1 && better !== null;
  return fact('idle', 'seconds', figures, {
    verdict: sharesHostInit(context) ? 'unlimited' : verdictOf(figures.seen, better, 2 + (better ?? 0) / 100),
    better: wrong ? better : null,
    why: wrong ? 'lxcfs counts the idle time of one CPU' : null,
  });
}

function bootTime(figures: Figures, context: FactContext): ProcfsFact {
  const start = startOf(context);
  if (sharesHostInit(context) || start === null || figures.host === null) {
    return fact('boot time', 'epochSeconds', figures, { verdict: sharesHostInit(context) ? 'unlimited' : null });
  }
  const better = Math.round(figures.host + start);
  return fact('boot time', 'epochSeconds', figures, {
    verdict: verdictOf(figures.seen, better, 2),
    better,
    why: 'lxcfs shows when the host booted',
  });
}

function cpuTime(figures: Figures, context: FactContext): ProcfsFact {
  const usage = context.cgroup?.cpu.usageUs ?? null;
  const better = usage === null ? null : usage / 1e6;
  const wrong = better !== null && figures.limits !== null && Math.abs(figures.limits - better) > 1 + better / 10;
  return fact('CPU time', 'seconds', figures, {
    verdict: verdictOf(figures.seen, better, 1 + (better ?? 0) / 10),
    better: wrong ? better : null,
    why: wrong
      ? context.input.version === 2
        ? 'on version 2 lxcfs shows the host’s times'
        : 'lxcfs counts from its first read, or by another group'
      : null,
  });
}

/** The load that the kernel tells is the whole host's. */
function load(figures: Figures, context: FactContext): ProcfsFact {
  const path = viewerPath(context.input, context.input.version === 1 ? 'cpu' : 'memory');
  const own = path !== null && path !== '/';
  const isHosts = figures.seen !== null && figures.host !== null && Math.abs(figures.seen - figures.host) < 0.5;
  return fact('load', 'load', figures, {
    verdict: !own ? 'unlimited' : isHosts ? 'misleading' : 'right',
    why: own && figures.limits === figures.host ? 'the whole host’s: lxcfs counts the container’s only with -l' : null,
  });
}
