import type { Limit } from '../../model/limit.ts';
import { DEFAULT_PERIOD_US, type DeviceRate, type Resources } from '../../runtime/cgroups/resources.ts';
import { findHostDevices } from '../../runtime/security/host-devices.ts';
import { type Flags, misuse } from '../flags.ts';
import { bytesOf, countOf, cpusOf, numberOf } from './quantities.ts';

/** The limits that a command line asks for. */
export function askedResources(verb: string, flags: Flags): Resources {
  const read = <T>(flag: string, parse: (verb: string, flag: string, text: string) => T): T | null => {
    const text = flags.one(flag);
    return text === null ? null : parse(verb, flag, text);
  };
  for (const other of ['--cpu-period', '--cpu-quota']) {
    if (flags.one('--cpus') !== null && flags.one(other) !== null) {
      throw misuse(verb, `--cpus and ${other} say the same in two ways: give one of them`);
    }
  }
  return {
    cpuQuotaUs:
      read('--cpus', (name, flag, text) => cpusOf(name, flag, text, DEFAULT_PERIOD_US)) ?? read('--cpu-quota', quotaOf),
    cpuPeriodUs: flags.one('--cpus') === null ? read('--cpu-period', numberOf) : DEFAULT_PERIOD_US,
    cpuShares: read('--cpu-shares', numberOf),
    cpusetCpus: flags.one('--cpuset-cpus'),
    memoryBytes: read('--memory', bytesOf),
    memorySwapBytes: read('--memory-swap', bytesOf),
    memoryReservationBytes: read('--memory-reservation', bytesOf),
    pids: read('--pids-limit', pidsOf),
    readRates: flags.all('--device-read-bps').map((text) => rateOf(verb, '--device-read-bps', text)),
    writeRates: flags.all('--device-write-bps').map((text) => rateOf(verb, '--device-write-bps', text)),
  };
}

/** Docker's 0 stands for no limit, here and below. */
function quotaOf(verb: string, flag: string, text: string): Limit {
  const quota = countOf(verb, flag, text);
  return quota === 0 ? 'max' : quota;
}

function pidsOf(verb: string, flag: string, text: string): Limit {
  const pids = countOf(verb, flag, text);
  return pids === 0 ? 'max' : pids;
}

function rateOf(verb: string, flag: string, text: string): DeviceRate {
  const colon = text.lastIndexOf(':');
  const path = text.slice(0, colon);
  if (colon <= 0) {
    throw misuse(verb, `${flag} is DEVICE:RATE such as /dev/sda:1m, not '${text}'`);
  }
  const [device] = findHostDevices(path);
  if (device?.type !== 'b') {
    throw misuse(verb, `${flag}: ${path} is no block device`);
  }
  const { major, minor } = device;
  return { major, minor, bytesPerSecond: bytesOf(verb, flag, text.slice(colon + 1)) };
}
