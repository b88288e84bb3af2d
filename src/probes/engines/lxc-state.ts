import type { EngineFacts } from '../../model/engine-facts.ts';
import { mapReading, type Reading, valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { linesOf } from '../kernel-text.ts';
import { bareFacts, isPathComponent } from './facts.ts';
import { namesIn, ONE_CONTAINER_BYTES } from './state-file.ts';

/** lxc.conf(5) `lxc.lxcpath`. */

/**
 * lxc.container.conf(5): `key = value` lines. LXC knows no image; `lxc.group` is its own grouping, and
 * `lxc.start.auto` the nearest it has to a restart policy.
 */
export function lxcFacts(config: string, name: string, source: string): EngineFacts {
  const values = new Map<string, string>();
  for (const line of linesOf(config)) {
    const match = /^\s*(lxc\.[A-Za-z0-9._]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match !== null) values.set(match[1] ?? '', match[2] ?? '');
  }
  return { ...bareFacts('lxc', name, source), name, group: values.get('lxc.group') || null };
}

export function readLxcContainer(host: Host, path: string, name: string): Reading<EngineFacts> {
  const file = `${path}/${name}/config`;
  return mapReading(host.readRegular(file, ONE_CONTAINER_BYTES), (text) => lxcFacts(text, name, file));
}

/** Containers below an LXC path that no monitor serves: a running one listens on the abstract `PATH/NAME/command`. */
export function stoppedLxcContainers(host: Host, path: string): readonly EngineFacts[] {
  const names = namesIn(host, path);
  const sockets = names.length === 0 ? '' : valueOr(host.readText('/proc/net/unix', 'unsupported'), '');
  return names.flatMap((name): EngineFacts[] => {
    if (!isPathComponent(name) || sockets.includes(` @${path}/${name}/command\n`)) return [];
    const facts = readLxcContainer(host, path, name);
    return facts.status === 'ok' ? [{ ...facts.value, status: 'exited' }] : [];
  });
}
