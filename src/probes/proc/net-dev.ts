import { flatMapReading, garbled, ok, type Reading } from '../../model/reading.ts';
import type { NetworkDevice } from '../../model/sample.ts';
import type { Host } from '../host.ts';
import { decimal, linesOf } from '../kernel-text.ts';

const TITLES = 2;
const COLUMNS = 16;

/**
 * /proc/PID/net/dev, proc_pid_net(5): the counters of every interface of the process's network namespace since each
 * came up. A name may touch its first figure (`eth0:123`) and may hold colons of its own (aliases).
 */
export function parseNetDev(text: string, path = '/proc/PID/net/dev'): Reading<readonly NetworkDevice[]> {
  const devices: NetworkDevice[] = [];
  for (const line of linesOf(text).slice(TITLES)) {
    const colon = line.lastIndexOf(':');
    const figures = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(decimal);
    if (colon < 0 || figures.length !== COLUMNS || !figures.every((figure) => figure !== null)) {
      return garbled(path, line);
    }
    const at = (column: number): number => figures[column] ?? 0;
    devices.push({
      name: line.slice(0, colon).trim(),
      rxBytes: at(0),
      rxPackets: at(1),
      rxErrors: at(2),
      rxDropped: at(3),
      txBytes: at(8),
      txPackets: at(9),
      txErrors: at(10),
      txDropped: at(11),
    });
  }
  return ok(devices);
}

export function readNetDev(host: Host, pid: number): Reading<readonly NetworkDevice[]> {
  const path = `/proc/${pid}/net/dev`;
  return flatMapReading(host.readText(path, 'gone'), (text) => parseNetDev(text, path));
}
