import { buildContainer } from './build-container.ts';
import { ioRates, perSecond } from './cgroup/io-rates.ts';
import { containerId } from './container-id.ts';
import { sumCosts } from './cost.ts';
import { isBareProcess } from './discovery/bare-process.ts';
import type { Container } from './document/container.ts';
import type { HostSummary } from './document/outputs.ts';
import type { Problem } from './document/problem.ts';
import type { EngineReport } from './engine-facts.ts';
import { takeCensus } from './group-census.ts';
import { hostGroupsInSteps } from './host-groups/build-host-groups.ts';
import { buildNamespaces } from './namespaces/build-namespaces.ts';
import type { ScannedProcess } from './process.ts';
import type { ContainerSample, NetworkSample, Sample } from './sample.ts';
import { type Before, sampledBefore } from './sampled-before.ts';
import type { Rates, Snapshot } from './snapshot.ts';
import { finish, type Steps } from './steps.ts';
import { stoppedContainer } from './stopped-container.ts';
import { unlessUnchanged } from './unchanged-container.ts';

const MICROSECONDS = 1e6;

/** So many containers are joined between two steps: some two milliseconds. */
const CONTAINERS_PER_STEP = 50;

/** Joins a sample with the one before it. Pure: a recorded sample gives the same snapshot as a live one. */
export function buildSnapshot(sample: Sample, previous: Sample | null): Snapshot {
  return finish(snapshotInSteps(sample, previous));
}

/** The same, for whoever must not be kept long. */
export function* snapshotInSteps(sample: Sample, previous: Sample | null): Steps<Snapshot> {
  const before = sampledBefore(sample, previous);
  const byPid = new Map(sample.processes.map((process) => [process.stat.pid, process]));
  const found = Object.values(sample.containers).filter(isContainer);
  const namespaces = buildNamespaces(sample, found, byPid);
  yield;
  const rates: { [id: string]: Rates } = {};
  const running: Container[] = [];
  const census = takeCensus(sample.processes);
  const ids = new Map(found.map((container) => [container.candidate.key, containerIdOf(container, byPid)]));
  for (const container of found) {
    const { key, parent } = container.candidate;
    const input = {
      sample,
      container,
      id: ids.get(key) ?? key,
      parent: parent === null ? null : (ids.get(parent) ?? null),
      namespaces: namespaces.ofContainer.get(key) ?? [],
      byPid,
      before,
      census,
    };
    const built = unlessUnchanged(input, buildContainer);
    rates[built.id] = ratesOf(container, before);
    running.push(built);
    if (running.length % CONTAINERS_PER_STEP === 0) {
      yield;
    }
  }
  const hostGroups = yield* hostGroupsInSteps(sample, previous, before, running, ids);
  const alive = new Set(ids.values());
  const stopped = sample.stopped.filter(({ id }) => !alive.has(id)).map(stoppedContainer);
  return {
    atMs: sample.at.wallMs,
    elapsedUs: before?.elapsedUs ?? null,
    host: hostSummary(sample, before, running),
    containers: running,
    stopped,
    rates,
    namespaces: namespaces.host,
    hostGroups,
    engines: sample.engines,
  };
}

/** The namespaces of the host alone, without joining the containers; and what keeps us from seeing them all. */
export function hostNamespacesOf(sample: Sample): Pick<Snapshot, 'namespaces'> & Pick<HostSummary, 'notices'> {
  const byPid = new Map(sample.processes.map((process) => [process.stat.pid, process]));
  const found = Object.values(sample.containers).filter(isContainer);
  return { namespaces: buildNamespaces(sample, found, byPid).host, notices: noticesOf(sample) };
}

function noticesOf({ observer, engines }: Sample): Problem[] {
  return [...observer.notices, ...engineNotices(engines)];
}

function containerIdOf({ candidate, facts }: ContainerSample, byPid: ReadonlyMap<number, ScannedProcess>): string {
  return facts?.id ?? containerId(candidate, byPid);
}

/** A Flatpak sandbox has namespaces like a container's; the mark in its root tells. */
function isContainer({ rootMarks }: ContainerSample): boolean {
  return !rootMarks.includes('/.flatpak-info');
}

function hostSummary(sample: Sample, before: Before | null, running: readonly Container[]): HostSummary {
  const { host, observer } = sample;
  const used = before === null ? null : observer.cpuSeconds - before.observerCpuSeconds;
  return {
    name: host.name,
    kernel: host.kernel,
    layout: sample.layout.kind,
    cpus: host.cpus,
    memoryBytes: host.memoryBytes,
    processes: sample.processes.length,
    threads: host.threads,
    containers: running.filter((container) => !isBareProcess(container)).length,
    cost: sumCosts(running),
    bootedAt: host.bootedAtMs === null ? null : new Date(host.bootedAtMs).toISOString(),
    self: {
      cpuCores: before === null || used === null || used < 0 ? null : used / (before.elapsedUs / MICROSECONDS),
      rssBytes: observer.rssBytes,
    },
    notices: noticesOf(sample),
  };
}

/** An engine that is not there is nothing to tell of; one that does not answer is, or that somebody said is there. */
export function engineNotices(engines: readonly EngineReport[]): readonly Problem[] {
  return engines.map(silentEngine).filter((notice) => notice !== null);
}

function silentEngine({ where, status, message, remedy }: EngineReport): Problem | null {
  const codes = {
    ok: null,
    absent: null,
    missing: 'ENOENT',
    denied: 'EACCES',
    dead: 'ECONNREFUSED',
    slow: 'ETIMEDOUT',
  };
  const code = codes[status];
  return code === null ? null : { path: where, code, message, remedy };
}

function ratesOf(container: ContainerSample, before: Before | null): Rates {
  const earlier = before?.container(container.candidate.key) ?? null;
  const { network } = container;
  const netUs = before === null || network?.earlier == null ? 0 : network.readAtUs - network.earlier.readAtUs;
  const net = (key: 'rxBytes' | 'txBytes') =>
    perSecond(netTotal(network, key), netTotal(network?.earlier ?? null, key), netUs);
  const io = ioRates(container.cgroup, earlier?.cgroup ?? null);
  return { ...io, rxBytes: net('rxBytes'), txBytes: net('txBytes') };
}

/** Of all interfaces but the loopback. */
function netTotal(network: Pick<NetworkSample, 'devices'> | null, key: 'rxBytes' | 'txBytes'): number | null {
  const devices = network?.devices;
  return devices?.status === 'ok'
    ? devices.value.filter(({ name }) => name !== 'lo').reduce((sum, device) => sum + device[key], 0)
    : null;
}
