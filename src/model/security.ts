import { decodeCapabilities, isFullSet } from './capabilities.ts';
import type { IdMap, Security } from './document/isolation.ts';
import type { Problem } from './document/problem.ts';
import { problemOf } from './problem.ts';
import type { ProcessStatus } from './process.ts';
import type { Reading } from './reading.ts';
import { findRisks, type RiskFacts } from './risks.ts';
import type { IdMapLine, SecuritySample } from './sample.ts';

/** What a container's confinement is judged by. */
export type SecurityFacts = Pick<RiskFacts, 'hostNamespaces' | 'mounts' | 'memoryLimit' | 'pidsLimit'> & {
  /** Of the init. */
  readonly status: Reading<ProcessStatus>;
  readonly sample: SecuritySample;
  /** What the engine was told; null where no engine says. */
  readonly privileged: boolean | null;
};

/** How a container is confined, and what is dangerous about it. */
export function buildSecurity(facts: SecurityFacts): {
  readonly security: Security;
  readonly problems: readonly Problem[];
} {
  const { sample, status } = facts;
  const problems = [
    failureOf(status, '/proc/PID/status'),
    failureOf(sample.uidMap, '/proc/PID/uid_map'),
    failureOf(sample.gidMap, '/proc/PID/gid_map'),
    // No security module, and no devices hierarchy on v2: that is how it is, not a problem.
    sample.lsm.status === 'unsupported' ? null : failureOf(sample.lsm, '/proc/PID/attr/current'),
    sample.devices.status === 'unsupported' ? null : failureOf(sample.devices, 'devices.list'),
  ].filter((problem) => problem !== null);
  const capabilities = status.status === 'ok' ? capabilitiesOf(status.value) : null;
  const seccomp = status.status === 'ok' ? (SECCOMP[status.value.seccomp ?? -1] ?? null) : null;
  const rootless = rootlessOf(sample.uidMap);
  const allDevices = sample.devices.status === 'ok' ? /^a \*:\* rwm$/m.test(sample.devices.value) : null;
  const confined = capabilities === null || seccomp === null || rootless === null;
  const judged = confined
    ? null
    : isFullSet(capabilities.bounding) && seccomp === 'disabled' && !rootless && allDevices !== false;
  const security = {
    privileged: facts.privileged ?? judged,
    capabilities,
    seccomp,
    noNewPrivileges: status.status === 'ok' ? status.value.noNewPrivileges : null,
    lsm: sample.lsm.status === 'ok' && sample.lsm.value !== '' ? sample.lsm.value : null,
    uidMap: idMap(sample.uidMap),
    gidMap: idMap(sample.gidMap),
    rootless,
  };
  const { hostNamespaces, mounts, memoryLimit, pidsLimit } = facts;
  const risks = findRisks({ security, allDevices, hostNamespaces, mounts, memoryLimit, pidsLimit });
  return { security: { ...security, risks }, problems };
}

/** SECCOMP_MODE_* as `Seccomp:` of proc_pid_status(5) shows it. */
const SECCOMP: { readonly [mode: number]: Security['seccomp'] } = { 0: 'disabled', 1: 'strict', 2: 'filter' };

function capabilitiesOf(status: ProcessStatus): Security['capabilities'] {
  const effective = decodeCapabilities(status.capEffective);
  const bounding = decodeCapabilities(status.capBounding);
  return effective === null || bounding === null ? null : { effective: [...effective], bounding: [...bounding] };
}

/** Whether its root is an ordinary user outside. Null while the map is unknown or not written yet. */
function rootlessOf(map: Reading<readonly IdMapLine[]>): boolean | null {
  if (map.status !== 'ok' || map.value.length === 0) {
    return null;
  }
  return !map.value.some(({ inside, outside }) => inside === 0 && outside === 0);
}

function idMap(map: Reading<readonly IdMapLine[]>): IdMap[] {
  return map.status === 'ok' ? [...map.value] : [];
}

function failureOf(reading: Reading<unknown>, path: string): Problem | null {
  return reading.status === 'ok' ? null : problemOf(reading, path);
}
