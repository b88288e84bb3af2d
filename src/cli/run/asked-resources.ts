import type { Limit } from '../../model/limit.ts';
import { parseDeviceRate } from '../../runtime/cgroups/limit-words.ts';
import { DEFAULT_PERIOD_US, type DeviceRate, type Resources } from '../../runtime/cgroups/resources.ts';
import { type Flags, misuse } from '../flags.ts';
import { bytesOf, countOf, cpusOf, numberOf } from './quantities.ts';

/** The limits that a command line asks for. */
export function askedResources(verb: string, flags: Flags): Resources {
  const read = <T>(flag: string, parse: (verb: string, flag: string, text: string) => T): T | null => {
    const text = flags.one(flag);
    return text === null ? null : parse(verb, flag, text);
  };
  /** Docker's 0 stands for a limit that was not given. */
  const given = <T>(flag: string, parse: (verb: string, flag: string, text: string) => T): T | null => {
    const value = read(flag, parse);
    return value === 0 ? null : value;
  };
  const cpuQuotaUs = given('--cpus', (name, flag, text) => cpusOf(name, flag, text, DEFAULT_PERIOD_US));
  for (const other of ['--cpu-period', '--cpu-quota']) {
    if (flags.one('--cpus') !== null && flags.one(other) !== null) {
      throw misuse(verb, `--cpus and ${other} say the same in two ways: give one of them`);
    }
  }
  return {
    cpuQuotaUs: cpuQuotaUs ?? read('--cpu-quota', quotaOf),
    cpuPeriodUs: cpuQuotaUs === null ? given('--cpu-period', numberOf) : DEFAULT_PERIOD_US,
    cpuShares: given('--cpu-shares', numberOf),
    cpusetCpus: flags.one('--cpuset-cpus'),
    memoryBytes: given('--memory', bytesOf),
    memorySwapBytes: given('--memory-swap', bytesOf),
    memoryReservationBytes: given('--memory-reservation', bytesOf),
    pids: read('--pids-limit', pidsOf),
    readRates: flags.all('--device-read-bps').map((text) => rateOf(verb, '--device-read-bps', text)),
    writeRates: flags.all('--device-write-bps').map((text) => rateOf(verb, '--device-write-bps', text)),
  };
}

/** Here and below Docker's 0 stands for no limit. */
function quotaOf(verb: string, flag: string, text: string): Limit {
  const quota = countOf(verb, flag, text);
  return quota === 0 ? 'max' : quota;
}

function pidsOf(verb: string, flag: string, text: string): Limit {
  const pids = countOf(verb, flag, text);
  return pids === 0 ? 'max' : pids;
}

function rateOf(verb: string, flag: string, text: string): DeviceRate {
  const rate = parseDeviceRate(text);
  if (typeof rate === 'string') {
    throw misuse(verb, `${flag}${rate.startsWith(':') ? '' : ' '}${rate}`);
  }
  return rate;
}
