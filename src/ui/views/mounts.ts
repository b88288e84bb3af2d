import type { Container } from '../../model/document/container.ts';
import type { Mount, Network, NetworkInterface } from '../../model/document/isolation.ts';
import type { Track } from '../../model/history/track.ts';
import type { Rates } from '../../model/snapshot.ts';
import { mountColumns } from '../../present/columns/mounts.ts';
import { standing } from '../../present/namespace-letters.ts';
import { printable, shorten } from '../../present/printable.ts';
import { formatBytes, formatCount } from '../../present/units.ts';
import { bold, type Row, span, type Tone } from '../rows.ts';
import type { UiState, Viewed } from '../state.ts';
import { type Body, textBody } from './body.ts';
import { networkChart } from './cgroup-charts.ts';
import { dotted, field, textField } from './fields.ts';
import { type TableSpec, tableBody } from './table.ts';
import { unreadRows } from './unread.ts';

const KIND_TONES: { readonly [kind in Mount['kind']]?: Tone } = {
  bind: 'accent',
  volume: 'accent',
  kernel: 'dim',
  masked: 'dim',
};

const spec: TableSpec<Mount, null> = {
  id: 'mounts',
  columns: mountColumns,
  key: ({ target, source }) => `${target}\n${source}`,
  yields: ['options', 'propagation', 'type', 'source'],
  extra: {},
  draw: {
    kind: ({ kind }) => [span(kind, KIND_TONES[kind])],
    access: ({ options }) => [options.includes('ro') ? span('ro', 'dim') : span('rw')],
    options: ({ options }, width) => [span(shorten(printable(options.join(',')), width), 'dim')],
  },
  copy: ({ target }) => target,
};

/** Interfaces and ports above, mounts below. */
export function mountsBody(
  { container, reading, atMs }: Viewed,
  rates: Rates | null,
  track: Track | null,
  ui: UiState,
): Body {
  const width = ui.size.columns;
  const network = networkRows(container, rates, reading, width);
  const chart =
    track === null || ui.size.rows < TALL
      ? []
      : networkChart(track, { width, lines: CHART_LINES, zoom: ui.zoom, atMs });
  if (container.mounts === null) {
    return textBody([...network, ...unreadRows(container, 'its mounts', reading, width)]);
  }
  const body = tableBody(spec, {
    items: container.mounts,
    context: null,
    settings: ui.tables.mounts,
    filter: ui.filters.mounts,
    groupOf: null,
    width,
    empty: [[], [span('  It has no mounts.', 'dim')]],
  });
  // A container with many interfaces must leave the mounts some room.
  const most = Math.max(2, Math.floor(ui.size.rows / 3));
  const shown = network.length > most ? [...network.slice(0, most - 1), moreRow(network.length - most + 1)] : network;
  return { ...body, head: [...shown, ...chart, [], ...body.head] };
}

/** From so many lines on there is room for a chart of so many. */
const TALL = 30;
const CHART_LINES = 3;

function moreRow(count: number): Row {
  return field('', span(`and ${count} lines more`, 'dim'));
}

function networkRows(container: Container, rates: Rates | null, reading: boolean, width: number): readonly Row[] {
  const { network } = container;
  const title = bold(` ${'NETWORK'.padEnd(12)} `, 'accent');
  if (network === null) {
    return [[title, span(reading ? 'reading…' : 'not known', 'dim')]];
  }
  return [
    [title, ...ownership(container), ...liveRates(rates)],
    ...network.interfaces.map(interfaceRow),
    ...portRows(network, width),
  ];
}

function ownership(container: Container): Row {
  const net = container.namespaces.find(({ type }) => type === 'net');
  const how = standing(net);
  if (how === 'shared') {
    return [
      span(`shared with ${printable(net?.sharedWith.filter((ref) => ref !== 'host').join(', ') ?? '')}`, 'accent'),
    ];
  }
  return how === 'host' ? [span('the host’s own network', 'warn')] : [span('its own network namespace')];
}

function liveRates(rates: Rates | null): Row {
  if (rates === null || rates.rxBytes === null || rates.txBytes === null) {
    return [];
  }
  const rate = (value: number) => `${formatBytes(Math.round(value))}/s`;
  return [span(' · ', 'dim'), span(`in ${rate(rates.rxBytes)}, out ${rate(rates.txBytes)}`)];
}

function interfaceRow(device: NetworkInterface): Row {
  const lost = (device.rxErrors ?? 0) + (device.txErrors ?? 0) + (device.rxDropped ?? 0) + (device.txDropped ?? 0);
  return field(
    shorten(printable(device.name), 12),
    ...dotted(
      span(printable(device.addresses.join(' ')) || 'no address'),
      span(`in ${formatBytes(device.rxBytes)} (${formatCount(device.rxPackets)})`, 'dim'),
      span(`out ${formatBytes(device.txBytes)} (${formatCount(device.txPackets)})`, 'dim'),
      lost > 0 ? span(`${lost} errors or drops`, 'warn') : null,
    ),
  );
}

function portRows({ ports }: Network, width: number): readonly Row[] {
  const texts = ports.map(({ host, container, protocol }) =>
    host === null ? `${container}/${protocol} not published` : `${host} → ${container}/${protocol}`,
  );
  return texts.length === 0 ? [] : textField('ports', texts.join('   '), width);
}
