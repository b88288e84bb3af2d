import type { Container } from '../../model/document/container.ts';
import { uptimeSeconds } from '../../present/columns/containers.ts';
import { commandLabel, containerLabel, engineLabel } from '../../present/container-label.ts';
import { printable } from '../../present/printable.ts';
import { formatBytes, formatDuration, formatMany, UNKNOWN } from '../../present/units.ts';
import { cgroupText } from './cgroup-text.ts';
import { type Field, renderFields } from './field-list.ts';
import { layersText } from './layers.ts';
import { containerNamespacesText } from './ns.ts';
import { renderTable } from './text-table.ts';
import { topTable } from './top.ts';

/** Which container the text below is about. */
export function containerTitle(container: Container): string {
  const pid = container.init === null ? '' : ` · pid ${container.init.pid}`;
  return `${containerLabel(container)} · ${engineLabel(container)} · ${container.status}${pid}`;
}

/** Everything known of one container: who it is, its three walls, and what is wrong with it. */
export function inspectText(container: Container, atMs: number, columns: number | null): string {
  const sections = [
    renderFields(containerTitle(container), identityFields(container, atMs), columns),
    container.namespaces.length === 0 ? '' : section('NAMESPACES', containerNamespacesText(container, columns)),
    container.cgroup === null ? '' : cgroupText(container.cgroup, columns),
    container.layers === null ? '' : section('LAYERS', layersText(container.layers, columns)),
    mountsSection(container, columns),
    networkSection(container, columns),
    renderFields('SECURITY', securityFields(container), columns),
    container.processes.length === 0 ? '' : section('PROCESSES', topTable(container.processes, columns)),
    renderFields(
      'RISKS',
      (container.security?.risks ?? []).map(({ severity, what, why }) => ({
        label: severity,
        text: printable(`${what}: ${why}`),
      })),
      columns,
    ),
    renderFields(
      'PROBLEMS',
      container.problems.map(({ code, path, message, remedy }) => ({
        label: code,
        text: printable(`${path}: ${message}${remedy === null ? '' : ` (${remedy})`}`),
      })),
      columns,
    ),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function section(title: string, text: string): string {
  return `${title}\n${text}`;
}

function identityFields(container: Container, atMs: number): readonly Field[] {
  const { id, image, init, evidence, startedAt, exit, life, cost, restartPolicy, group, parent, labels } = container;
  const optional = (label: string, text: string | null): readonly Field[] =>
    text === null || text === '' ? [] : [{ label, text: printable(text) }];
  return [
    { label: 'id', text: printable(id) },
    ...optional('image', image),
    ...(init === null ? [] : [{ label: 'command', text: commandLabel(init) }]),
    ...(init === null ? [] : [{ label: 'pids', text: `${init.nsPids.join(' ')} (host first, then inside)` }]),
    ...(startedAt === null
      ? []
      : [{ label: 'started', text: `${startedAt}, ${formatDuration(uptimeSeconds(container, atMs))} ago` }]),
    ...(exit === null
      ? []
      : [{ label: 'ended', text: `with status ${exit.code}${exit.at === null ? '' : printable(`, ${exit.at}`)}` }]),
    ...optional('restart', restartPolicy),
    ...optional('group', group),
    ...optional('inside', parent),
    { label: 'evidence', text: printable(evidence.join(', ')) },
    { label: 'life', text: printable(life.says) },
    {
      label: 'costs',
      text:
        `${formatMany(cost.processes, 'process', 'processes')}, ${formatMany(cost.threads, 'thread', 'threads')}, ` +
        `${formatBytes(cost.memoryBytes)} of memory, ${formatBytes(cost.kernelBytes)} of it the kernel’s, ` +
        `${formatMany(cost.namespaces, 'namespace', 'namespaces')} of its own, ` +
        `${formatMany(cost.mounts, 'mount', 'mounts')}, ${formatMany(cost.cgroups, 'cgroup', 'cgroups')}`,
    },
    ...Object.entries(labels ?? {}).map(([key, value]) => ({ label: 'label', text: printable(`${key}=${value}`) })),
  ];
}

function mountsSection({ mounts }: Container, columns: number | null): string {
  return mounts === null
    ? ''
    : section(
        'MOUNTS',
        renderTable(
          [
            { title: 'TARGET', align: 'left', shrink: true },
            { title: 'KIND', align: 'left', shrink: false },
            { title: 'TYPE', align: 'left', shrink: false },
            { title: 'PROPAGATION', align: 'left', shrink: false },
            { title: 'SOURCE', align: 'left', shrink: true },
            { title: 'OPTIONS', align: 'left', shrink: true },
          ],
          mounts.map(({ target, kind, fsType, propagation, source, options }) =>
            [target, kind, fsType, propagation, source, options.join(',')].map((cell) => printable(cell)),
          ),
          columns,
        ),
      );
}

function networkSection({ network }: Container, columns: number | null): string {
  if (network === null) {
    return '';
  }
  const table = renderTable(
    [
      { title: 'INTERFACE', align: 'left', shrink: false },
      { title: 'RECEIVED', align: 'right', shrink: false },
      { title: 'SENT', align: 'right', shrink: false },
      { title: 'ADDRESSES', align: 'left', shrink: true },
    ],
    network.interfaces.map(({ name, rxBytes, txBytes, addresses }) => [
      printable(name),
      formatBytes(rxBytes),
      formatBytes(txBytes),
      printable(addresses.join(', ')),
    ]),
    columns,
  );
  const ports = network.ports.map(
    ({ host, container, protocol }) => `${printable(host ?? 'not published')} → ${container}/${printable(protocol)}\n`,
  );
  return section('NETWORK', table + ports.join(''));
}

function securityFields({ security }: Container): readonly Field[] {
  if (security === null) {
    return [];
  }
  const yesNo = (value: boolean | null): string => (value === null ? UNKNOWN : value ? 'yes' : 'no');
  const maps = (lines: readonly { inside: number; outside: number; count: number }[]): string =>
    lines.map(({ inside, outside, count }) => `${inside} → ${outside} (${count})`).join(', ') || UNKNOWN;
  return [
    { label: 'privileged', text: yesNo(security.privileged) },
    { label: 'capabilities', text: security.capabilities?.effective.join(' ') || UNKNOWN },
    { label: 'seccomp', text: security.seccomp ?? UNKNOWN },
    { label: 'no new privileges', text: yesNo(security.noNewPrivileges) },
    { label: 'LSM', text: printable(security.lsm ?? UNKNOWN) },
    { label: 'users', text: maps(security.uidMap) },
    { label: 'groups', text: maps(security.gidMap) },
    { label: 'rootless', text: yesNo(security.rootless) },
  ];
}
