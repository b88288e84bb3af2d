import type { EngineFacts } from '../../model/engine-facts.ts';
import { MACHINES } from '../../model/engine-places.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { linesOf } from '../kernel-text.ts';
import { bareFacts, isPathComponent } from './facts.ts';
import { ONE_CONTAINER_BYTES } from './state-file.ts';
import type { Supervisor } from './supervisor.ts';

/** systemd-machined's file of one machine: `KEY=value` lines; `REALTIME` is the start in microseconds since the epoch. */
export function machineFacts(text: string, source: string): EngineFacts | null {
  const values = new Map(
    linesOf(text).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const name = values.get('NAME');
  if (name === undefined || name === '') return null;
  const realtime = values.get('REALTIME') ?? '';
  const startedAt = /^\d{1,16}$/.test(realtime) ? new Date(Number(realtime) / 1000).toISOString() : null;
  return { ...bareFacts('nspawn', name, source), name, startedAt };
}

/**
 * The machine by its registered name, else by what systemd-nspawn(1) was told: `--machine`, or the last component of
 * `--directory` or `--image`, after which it names the machine itself.
 */
export function readMachine(
  host: Host,
  name: string | null,
  pid: number | null,
  nspawn: Extract<Supervisor, { kind: 'nspawn' }> | null,
): EngineFacts | null {
  const told =
    nspawn?.machine ??
    nspawn?.directory
      ?.replace(/\/+$/, '')
      .split('/')
      .at(-1)
      ?.replace(/\.raw$/, '') ??
    null;
  for (const machine of [name, told]) {
    if (machine === null || !isPathComponent(machine)) continue;
    const path = `${MACHINES}/${machine}`;
    const facts = machineFacts(valueOr(host.readRegular(path, ONE_CONTAINER_BYTES), ''), path);
    if (facts !== null) return facts;
  }
  return told === null ? null : { ...bareFacts('nspawn', name ?? told, `/proc/${pid}/cmdline`), name: told };
}
