import type { NetworkSample, SecuritySample } from '../model/sample.ts';
import type { Host } from './host.ts';
import { readSecurityLabel } from './proc/attr.ts';
import { readNetAddresses } from './proc/net-addresses.ts';
import { readNetDev } from './proc/net-dev.ts';
import { readIdMap } from './proc/uid-map.ts';
import { readInside } from './read-inside.ts';

/** The network namespace that a process is in, whole: addresses cost three more files than the counters alone. */
export function readNetwork(host: Host, pid: number, counters: NetworkSample | null): NetworkSample {
  const read = counters ?? { devices: readNetDev(host, pid), readAtUs: host.monotonicUs(), earlier: null };
  const names = read.devices.status === 'ok' ? read.devices.value.map((device) => device.name) : [];
  return { ...read, addresses: readNetAddresses(host, pid, names) };
}

/** What confines a process beyond its namespaces. `devicesList`: the v1 group's devices.list, null where there is none. */
export function readSecurity(host: Host, pid: number, devicesList: string | null): SecuritySample {
  return {
    uidMap: readIdMap(host, pid, 'uid_map'),
    gidMap: readIdMap(host, pid, 'gid_map'),
    lsm: readSecurityLabel(host, pid),
    devices:
      devicesList === null
        ? { status: 'unsupported', path: 'devices.list', code: 'ENOENT' }
        : host.readText(devicesList, 'unsupported'),
  };
}

/** Files that tell what made a root file system: Flatpak, Docker, Podman. */
const ROOT_MARKS = ['/.flatpak-info', '/.dockerenv', '/run/.containerenv'];

/** The marks that a process's root is known to have. Existence is enough: one byte is asked for. */
export function readRootMarks(host: Host, pid: number): readonly string[] {
  return ROOT_MARKS.filter((mark) => readInside(host, pid, mark, 1).status === 'ok');
}
