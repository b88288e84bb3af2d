import type { HostLoad, HostMachine } from '../model/host-groups/sample.ts';
import { flatMapReading, type Reading, valueOr } from '../model/reading.ts';
import { parsePressure } from './cgroup/pressure.ts';
import type { Host } from './host.ts';
import {
  parseCpuTimes,
  parseDistribution,
  parseHypervisor,
  parseLoadAverages,
  parseMemoryUse,
} from './proc/host-load.ts';

/** In the order in which they are taken apart below. */
const LOAD_FILES = [
  '/proc/stat',
  '/proc/loadavg',
  '/proc/meminfo',
  '/proc/pressure/cpu',
  '/proc/pressure/memory',
  '/proc/pressure/io',
] as const;

/** The load of the whole host; its files are kept open from one reading to the next. */
export function readHostLoad(host: Host): HostLoad {
  const before = host.monotonicUs();
  const readings = host.readKept(LOAD_FILES);
  const readAtUs = (before + host.monotonicUs()) / 2;
  const parsed = <T>(index: number, parse: (text: string, path: string) => Reading<T>): Reading<T> => {
    const path = LOAD_FILES[index] ?? '';
    const reading: Reading<string> = readings[index] ?? { status: 'gone' };
    // Files of the host, not of a process: where there are none, this kernel has none.
    return reading.status === 'gone'
      ? { status: 'unsupported', path, code: 'ENOENT' }
      : flatMapReading(reading, (text) => parse(text, path));
  };
  return {
    readAtUs,
    cpu: parsed(0, parseCpuTimes),
    averages: parsed(1, parseLoadAverages),
    memory: parsed(2, parseMemoryUse),
    pressure: { cpu: parsed(3, parsePressure), memory: parsed(4, parsePressure), io: parsed(5, parsePressure) },
  };
}

/** Closes what `readHostLoad` kept. */
export function forgetHostLoad(host: Host): void {
  host.forget(LOAD_FILES);
}

/** os-release(5): the first of the two counts. */
const RELEASES = ['/etc/os-release', '/usr/lib/os-release'];
/** What makers write who have nothing to say. */
const NO_NAME =
  /^(?:to be filled.*|system (?:manufacturer|product name)|default string|not (?:specified|applicable))$/i;

export function readHostMachine(host: Host): HostMachine {
  const release = RELEASES.map((path) => host.readText(path, 'unsupported')).find(({ status }) => status === 'ok');
  return {
    distribution: release?.status === 'ok' ? parseDistribution(release.value) : null,
    hardware: hardwareOf(host),
    virtual: parseHypervisor(valueOr(host.readText('/proc/cpuinfo', 'unsupported'), '')),
  };
}

/** The vendor is left out where the product begins with it. */
function hardwareOf(host: Host): string | null {
  const [vendor, product] = ['sys_vendor', 'product_name'].map((name) => {
    const text = valueOr(host.readText(`/sys/class/dmi/id/${name}`, 'unsupported'), '').trim();
    return NO_NAME.test(text) ? '' : text;
  });
  const named = product?.startsWith(vendor ?? '') ? [product] : [vendor, product];
  return named.filter((name) => name !== undefined && name !== '').join(' ') || null;
}
