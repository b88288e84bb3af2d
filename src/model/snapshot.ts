import type { Container } from './document/container.ts';
import type { HostNamespace } from './document/namespace.ts';
import type { HostSummary } from './document/outputs.ts';
import type { EngineReport } from './engine-facts.ts';
import type { HostGroups } from './host-groups/host-groups.ts';

/** What every view draws: two samples joined, with rates, effective limits and who shares what. */
export type Snapshot = {
  readonly atMs: number;
  /** Since the sample before; null at the first. */
  readonly elapsedUs: number | null;
  readonly host: HostSummary;
  readonly containers: readonly Container[];
  /** What the engines know and does not run: only `ps -a` shows it. */
  readonly stopped: readonly Container[];
  readonly rates: { readonly [containerId: string]: Rates };
  readonly namespaces: readonly HostNamespace[];
  /** Null where nobody looks at the groups of the host. */
  readonly hostGroups: HostGroups | null;
  readonly engines: readonly EngineReport[];
};

/** Per second over the last interval; null until two samples were taken, or where the counter is unknown. */
export type Rates = {
  readonly readBytes: number | null;
  readonly writeBytes: number | null;
  readonly rxBytes: number | null;
  readonly txBytes: number | null;
};
