import type { Container } from '../../model/document/container.ts';
import type { Layers } from '../../model/document/layers.ts';
import type { HostSummary } from '../../model/document/outputs.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { uptimeSeconds } from '../../present/columns/containers.ts';
import { commandLabel } from '../../present/container-label.ts';
import { unwritable } from '../../present/layers-use.ts';
import { type Standing, standing } from '../../present/namespace-letters.ts';
import {
  formatBytes,
  formatCores,
  formatCount,
  formatDuration,
  formatLimit,
  formatMany,
  formatPercent,
  pendingIf,
  UNKNOWN,
} from '../../present/units.ts';
import { bar } from '../bars.ts';
import { type Row, type Span, span, type Tone } from '../rows.ts';
import type { Viewed } from '../state.ts';
import { letters } from './containers.ts';
import { problemRows } from './empty-list.ts';
import { bullet, dotted, field, flowField, section, textField } from './fields.ts';
import { riskRows } from './risks.ts';
import { sharingTones } from './sharing-tones.ts';

/** Who it is and why we believe so; its three walls at a glance; what it costs, and what is weak. */
export function overviewRows({ container, atMs, reading }: Viewed, snapshot: Snapshot, width: number): readonly Row[] {
  return [
    ...section('Who it is'),
    ...identityRows(container, atMs, width),
    ...section('Its three walls'),
    ...viewRows(container, snapshot, width),
    ...limitRows(container, width),
    ...floorRows(container.layers, width, reading),
    ...section('What it costs'),
    ...costRows(container, width),
    ...togetherRows(snapshot.host, width),
    ...(container.weak.length === 0 ? [] : section('What is not isolated')),
    ...container.weak.flatMap(({ says }) => bullet(says, width)),
    ...riskRows(container.security, width),
    ...(container.problems.length === 0 ? [] : section('What could not be read')),
    ...container.problems.flatMap((problem) => problemRows(problem, width - 4)),
  ];
}

function identityRows(container: Container, atMs: number, width: number): readonly Row[] {
  const { init, life } = container;
  const age = uptimeSeconds(container, atMs);
  const started = container.startedAt === null ? UNKNOWN : `${container.startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  return [
    ...textField('name', container.name ?? UNKNOWN, width),
    ...textField('id', container.id, width),
    ...textField('engine', container.engine === 'unknown' ? 'none that we know' : container.engine, width),
    ...textField('image', container.image ?? UNKNOWN, width),
    ...(init === null ? [] : textField('command', commandLabel(init), width)),
    ...flowField(
      'started',
      [],
      [
        span(started),
        age === null ? null : span(`${formatDuration(age)} ago`),
        container.restartPolicy === null ? null : span(`restart: ${container.restartPolicy}`, 'dim'),
      ],
      width,
    ),
    ...(container.group === null ? [] : textField('group', container.group, width)),
    ...(container.parent === null ? [] : textField('inside of', container.parent, width)),
    ...textField('believed by', container.evidence.join(' · '), width, 'dim'),
    ...(init === null
      ? [field('init', span('no process is left', 'warn'))]
      : [
          field(
            'init',
            ...dotted(
              span(`pid ${init.pid}`),
              init.nsPids.length > 1
                ? span(`${init.nsPids.slice(1).join(', ')} inside`)
                : span('no pid of its own', 'dim'),
              span(`uid ${formatCount(init.uid)}`),
            ),
          ),
        ]),
    ...textField('', life.says, width, 'dim'),
    ...(life.zombies > 0
      ? [field('', span(`${formatMany(life.zombies, 'zombie', 'zombies')} that it does not reap`, 'warn'))]
      : []),
  ];
}

function viewRows(container: Container, snapshot: Snapshot, width: number): readonly Row[] {
  const named = (word: string, wanted: Standing, tone?: Tone): Span | null => {
    const types = container.namespaces.filter((namespace) => standing(namespace) === wanted).map(({ type }) => type);
    return types.length === 0 ? null : span(`${word} ${types.join(' ')}`, tone);
  };
  return flowField(
    'view',
    [...letters(container, sharingTones(snapshot)), span('  ')],
    [
      named('own:', 'private'),
      named('shared:', 'shared'),
      named('the host’s:', 'host', 'dim'),
      named('needs root:', 'unknown', 'warn'),
    ],
    width,
  );
}

const BAR = 22;
const NARROW_BAR = 12;

function limitRows({ cgroup }: Container, width: number): readonly Row[] {
  if (cgroup === null) {
    return [field('limit', span('its cgroup is not known', 'dim'))];
  }
  const { cpu, memory, pids } = cgroup;
  const used = cpu.usageCores === null ? pendingIf(cpu.usageUs) : formatCores(cpu.usageCores);
  const gauge = (percent: number | null): Row => [...bar(percent, width < 100 ? NARROW_BAR : BAR), span(' ')];
  const pidsPercent =
    typeof pids.limit === 'number' && pids.current !== null ? (pids.current * 100) / Math.max(1, pids.limit) : null;
  const isThrottled = (cpu.throttledPercent ?? 0) > 0;
  return [
    ...flowField(
      'limit: cpu',
      gauge(cpu.ofLimitPercent),
      [
        span(`${used} of ${formatLimit(cpu.limitCores, formatCores)} cores`),
        isThrottled ? span(`throttled in ${formatPercent(cpu.throttledPercent)} of periods`, 'warn') : null,
      ],
      width,
    ),
    ...flowField(
      'memory',
      gauge(memory.ofLimitPercent),
      [
        span(`${formatBytes(memory.workingSetBytes)} of ${formatLimit(memory.limitBytes, formatBytes)}`),
        (memory.oomKills ?? 0) > 0 ? span(formatMany(memory.oomKills, 'oom kill', 'oom kills'), 'bad') : null,
      ],
      width,
    ),
    field('pids', ...gauge(pidsPercent), span(`${formatCount(pids.current)} of ${formatLimit(pids.limit, String)}`)),
  ];
}

function floorRows(layers: Layers | null, width: number, reading: boolean): readonly Row[] {
  if (layers === null) {
    return [field('floor', span(reading ? 'reading…' : 'its root’s layers are not known', 'dim'))];
  }
  const roles = Map.groupBy(layers.branches, ({ role }) => role);
  const counts = Array.from(roles, ([role, branches]) => `${branches.length} ${role}`).join(', ');
  const what = layers.branches.length === 0 ? 'one file system' : `${layers.branches.length} branches: ${counts}`;
  const without = unwritable(layers);
  const driver = layers.driver === 'none' ? 'no union' : layers.driver;
  return textField('floor', [driver, what, ...(without === '' ? [] : [without])].join(' · '), width);
}

function costRows({ cost }: Container, width: number): readonly Row[] {
  return [
    ...flowField(
      'in all',
      [],
      [
        span(formatMany(cost.processes, 'process', 'processes')),
        span(formatMany(cost.threads, 'thread', 'threads')),
        span(formatBytes(cost.memoryBytes)),
        span(`${formatBytes(cost.kernelBytes)} of it the kernel’s`, 'dim'),
      ],
      width,
    ),
    ...flowField(
      'objects',
      [],
      [
        span(`${formatMany(cost.namespaces, 'namespace', 'namespaces')} of its own`),
        span(formatMany(cost.mounts, 'mount', 'mounts')),
        span(formatMany(cost.cgroups, 'cgroup', 'cgroups')),
      ],
      width,
    ),
  ];
}

/** All containers of the host together: what the number of them costs. */
function togetherRows({ containers, cost }: HostSummary, width: number): readonly Row[] {
  return flowField(
    'all together',
    [],
    [
      span(formatMany(containers, 'container', 'containers')),
      span(formatMany(cost.processes, 'process', 'processes')),
      span(formatMany(cost.threads, 'thread', 'threads')),
      span(formatBytes(cost.memoryBytes)),
      span(`${formatBytes(cost.kernelBytes)} of it the kernel’s`, 'dim'),
      span(formatMany(cost.namespaces, 'namespace', 'namespaces')),
      span(formatMany(cost.cgroups, 'cgroup', 'cgroups')),
    ],
    width,
  );
}
