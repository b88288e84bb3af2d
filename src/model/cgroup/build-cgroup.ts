import type { Cgroup } from '../document/cgroup.ts';
import type { Problem } from '../document/problem.ts';
import { valueOr } from '../reading.ts';
import { buildCpu } from './build-cpu.ts';
import { buildIo } from './build-io.ts';
import { buildMemory } from './build-memory.ts';
import { effectiveLimit } from './effective-limit.ts';
import { type Ledger, openLedger } from './ledger.ts';
import type { CgroupSample } from './sample.ts';

/**
 * The figures of one container's groups as the document has them: effective limits, and rates where the sample before
 * is known. Every null that comes from an error has a problem.
 */
export function buildCgroup(
  sample: CgroupSample,
  previous: CgroupSample | null,
  layout: Cgroup['layout'],
): { readonly cgroup: Cgroup; readonly problems: readonly Problem[] } {
  const ledger = openLedger(sample.paths);
  warnOfPlace(sample, ledger);
  const cgroup = {
    layout,
    version: sample.version,
    paths: { ...sample.paths },
    cpu: buildCpu(sample, previous, ledger),
    memory: buildMemory(sample, ledger),
    pids: buildPids(sample, ledger),
    io: buildIo(sample, previous, ledger),
    pressure: buildPressure(sample, ledger),
    frozen: ledger.value('frozen', sample.frozen),
    files: ledger.files,
    warnings: ledger.warnings,
  };
  return { cgroup, problems: ledger.problems };
}

function warnOfPlace({ inRoot, borrowed, ancestorsHidden }: CgroupSample, ledger: Ledger): void {
  if (inRoot.length > 0) {
    ledger.warnings.push(
      `${inRoot.join(', ')}: in the root group, where nothing is limited and the figures are the host's, not its own`,
    );
  }
  for (const { controller, path } of borrowed) {
    ledger.warnings.push(`${controller}: not enabled for this group; the figures are those of ${path}`);
  }
  if (ancestorsHidden) {
    ledger.warnings.push('groups above are outside this cgroup namespace: the effective limits may be tighter');
  }
}

/** Threads against the smallest pids.max. An ancestor with a larger limit may still have less room left. */
function buildPids({ pids }: CgroupSample, ledger: Ledger): Cgroup['pids'] {
  const { limit, limitedBy } = effectiveLimit(pids.limits, ({ reading }) => valueOr(reading, null));
  const current = ledger.value('pids.current', pids.current);
  ledger.chain('pids.limit', pids.limits, limitedBy);
  const rooms = (pids.limits ?? []).flatMap((link) => {
    const [max, used] = [valueOr(link.reading, null), valueOr(link.current, null)];
    return typeof max === 'number' && used !== null ? [{ path: link.path, room: Math.max(0, max - used) }] : [];
  });
  const shown = rooms.find(({ path }) => path === limitedBy);
  const least = rooms.reduce((a, b) => (a === undefined || b.room < a.room ? b : a), shown);
  if (least !== undefined && least !== shown) {
    ledger.warnings.push(`pids: ${least.path} has room for ${least.room} more, less than the limit shown leaves`);
  }
  return { current, limit, limitedBy };
}

/** Without PSI in the kernel all three files fail alike: one problem says it. */
function buildPressure({ pressure }: CgroupSample, ledger: Ledger): Cgroup['pressure'] {
  if (pressure === null) {
    return null;
  }
  const { cpu, memory, io } = pressure;
  if ([cpu, memory, io].every(({ reading }) => reading.status === 'unsupported')) {
    ledger.problem(cpu.reading, cpu.file ?? '');
    return null;
  }
  return {
    cpu: ledger.value('pressure.cpu', cpu),
    memory: ledger.value('pressure.memory', memory),
    io: ledger.value('pressure.io', io),
  };
}
