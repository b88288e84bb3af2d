import type { Limit } from '../model/limit.ts';
import type { ChangeRequest } from '../probes/engines/api-client.ts';
import type { Daemon } from '../probes/engines/sockets.ts';
import type { LiveLimits } from '../runtime/cgroups/live-limits.ts';
import { DEFAULT_PERIOD_US, type DeviceRate, type Resources } from '../runtime/cgroups/resources.ts';

/**
 * Docker takes 0 and less for a memory limit that is not given, and passes no -1 on for swap: the kernel's own figure for
 * none does what -1 would.
 */
const NO_MEMORY_LIMIT = 2 ** 63 - 4096;

/** What stands for `max` on the command lines of Docker and Podman, which know no such word. */
const NONE: { readonly [flag: string]: readonly [flag: string, value: string] } = {
  '--cpus': ['--cpu-quota', '-1'],
  '--cpu-quota': ['--cpu-quota', '-1'],
  '--memory': ['--memory', String(BigInt(NO_MEMORY_LIMIT))],
  '--memory-swap': ['--memory-swap', '-1'],
  '--memory-reservation': ['--memory-reservation', String(BigInt(NO_MEMORY_LIMIT))],
  '--pids-limit': ['--pids-limit', '-1'],
};

/** Flags and values by turns, as an engine's own command line takes them. */
export function engineFlags(flags: readonly string[]): readonly string[] {
  return flags.flatMap((word, index) => {
    const flag = flags[index - 1] ?? '';
    if (flags[index + 1] === 'max' && NONE[word] !== undefined) {
      return [];
    }
    return word === 'max' ? (NONE[flag] ?? [flag, word]) : [word];
  });
}

/** `--cpus` of Docker is counted in these. */
const NANO = 1_000_000_000;

/**
 * What an engine is asked beside what was asked for: Docker wants a limit of memory with swap where it grows above what
 * it has written down for both.
 */
export function withEngineMemory(asked: Resources, live: LiveLimits): Resources {
  const { memoryBytes, memorySwapBytes } = asked;
  if (memoryBytes === null || memorySwapBytes !== null) {
    return asked;
  }
  const now = live.memorySwapBytes;
  if (memoryBytes === 'max' || now === 'max') {
    return { ...asked, memorySwapBytes: 'max' };
  }
  return { ...asked, memorySwapBytes: now !== null && now >= memoryBytes ? now : memoryBytes * 2 };
}

/** The request that changes these limits of a container; a text: why its engine does no such thing. */
export function updateRequest(
  { engine, cpusGivenAs }: Pick<Daemon, 'engine' | 'cpusGivenAs'>,
  id: string,
  asked: Resources,
): ChangeRequest | string {
  if (engine === 'podman') {
    return { method: 'POST', path: `/v4.0.0/libpod/containers/${id}/update`, body: podmanBody(asked) };
  }
  if (asked.readRates.length + asked.writeRates.length > 0) {
    return 'docker changes no rates of devices while a container runs';
  }
  const cpu = dockerCpu(asked, cpusGivenAs);
  return typeof cpu === 'string'
    ? cpu
    : { method: 'POST', path: `/containers/${id}/update`, body: { ...cpu, ...dockerBody(asked) } };
}

/** A quota is told in one of two ways, and Docker takes no other than that which the container has. */
function dockerCpu({ cpuQuotaUs, cpuPeriodUs }: Resources, givenAs: Daemon['cpusGivenAs']): object | string {
  if (cpuQuotaUs === 'max') {
    return { CpuQuota: -1 };
  }
  if (cpuQuotaUs === null) {
    return cpuPeriodUs === null ? {} : { CpuPeriod: cpuPeriodUs };
  }
  const isUsual = cpuPeriodUs === DEFAULT_PERIOD_US;
  if (givenAs === 'cpus' && !isUsual) {
    return 'docker was given CPUs for it (--cpus), and takes no quota and period beside them: change the CPUs';
  }
  return givenAs === 'quota' || !isUsual
    ? { CpuQuota: cpuQuotaUs, ...(cpuPeriodUs === null ? {} : { CpuPeriod: cpuPeriodUs }) }
    : { NanoCpus: (cpuQuotaUs / DEFAULT_PERIOD_US) * NANO };
}

/** https://docs.docker.com/reference/api/engine/ "Update a container". */
function dockerBody(asked: Resources): object {
  return given({
    CpuShares: asked.cpuShares,
    CpusetCpus: asked.cpusetCpus,
    Memory: asked.memoryBytes === 'max' ? NO_MEMORY_LIMIT : asked.memoryBytes,
    MemorySwap: asked.memorySwapBytes === 'max' ? NO_MEMORY_LIMIT : asked.memorySwapBytes,
    MemoryReservation: signed(asked.memoryReservationBytes),
    PidsLimit: signed(asked.pids),
  });
}

/** Podman takes what the OCI runtime takes: "resources" of config-linux.md in the runtime specification. */
function podmanBody(asked: Resources): object {
  const cpu = given({
    quota: signed(asked.cpuQuotaUs),
    period: asked.cpuPeriodUs,
    shares: asked.cpuShares,
    cpus: asked.cpusetCpus,
  });
  const memory = given({
    limit: signed(asked.memoryBytes),
    swap: signed(asked.memorySwapBytes),
    reservation: signed(asked.memoryReservationBytes),
  });
  const blockIO = given({
    throttleReadBpsDevice: ratesOf(asked.readRates),
    throttleWriteBpsDevice: ratesOf(asked.writeRates),
  });
  return given({
    cpu: filled(cpu),
    memory: filled(memory),
    pids: filled(given({ limit: signed(asked.pids) })),
    blockIO: filled(blockIO),
  });
}

function ratesOf(rates: readonly DeviceRate[]): readonly object[] | null {
  return rates.length === 0
    ? null
    : rates.map(({ major, minor, bytesPerSecond: rate }) => ({ major, minor, rate: rate === 'max' ? 0 : rate }));
}

/** -1 is "no limit". */
function signed(limit: Limit | null): number | null {
  return limit === 'max' ? -1 : limit;
}

function given(values: { readonly [key: string]: unknown }): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function filled(part: object): object | null {
  return Object.keys(part).length === 0 ? null : part;
}
