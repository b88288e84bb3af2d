import { benchDashboard, benchManyRows } from './dashboard.ts';
import { benchDockerStats, benchScan } from './in-process.ts';
import { benchLayers } from './layers.ts';
import { benchLxcfs } from './lxcfs.ts';
import { formatRow, type Row } from './measure.ts';
import { stopAll } from './populations.ts';
import { benchLaunch } from './runtime-launch.ts';
import { benchPublishedPort } from './runtime-proxy.ts';
import { benchStart } from './terminal.ts';
import { benchUnion } from './union.ts';

/** Prints every figure beside its target. It never judges: a busy machine is not a failure. */

const sections: { readonly [name: string]: () => Promise<readonly Row[]> } = {
  start: benchStart,
  scan: benchScan,
  docker: benchDockerStats,
  dashboard: benchDashboard,
  many: benchManyRows,
  launch: benchLaunch,
  port: benchPublishedPort,
  lxcfs: benchLxcfs,
  union: benchUnion,
  layers: benchLayers,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in sections));
if (unknown.length > 0 || process.getuid?.() !== 0) {
  const names = Object.keys(sections).join(', ');
  console.error(unknown.length > 0 ? `no section ${unknown.join(', ')}; there are ${names}` : 'the bench needs root');
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void stopAll().finally(() => process.exit(130));
  });
}

for (const [name, measure] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const row of await measure()) console.log(formatRow(row));
}
