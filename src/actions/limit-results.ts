import path from 'node:path';
import { type LiveResult, says } from '../runtime/cgroups/apply-live.ts';
import { cgroupFiles } from '../runtime/cgroups/cgroup-files.ts';
import { type GroupPlaces, type LiveWrite, parseLimit } from '../runtime/cgroups/live-change.ts';
import { liveLimits } from '../runtime/cgroups/live-limits.ts';
import { noResources, type Resources } from '../runtime/cgroups/resources.ts';

/** Of what was asked for, what was there before, as an engine is asked for it. */
export function beforeOf(asked: Resources, results: readonly LiveResult[], places: GroupPlaces): Resources {
  const texts = new Map(results.map(({ write, before }) => [write.file, before]));
  const live = liveLimits(places, (file) => texts.get(file) ?? cgroupFiles.read(file));
  const rates = (now: Resources['readRates'], wanted: Resources['readRates']) =>
    wanted.map(({ major, minor }) => {
      const rate = now.find((each) => each.major === major && each.minor === minor);
      return rate ?? { major, minor, bytesPerSecond: 'max' as const };
    });
  return {
    ...noResources,
    ...(asked.cpuQuotaUs !== null && { cpuQuotaUs: live.quotaUs }),
    ...((asked.cpuQuotaUs ?? asked.cpuPeriodUs) !== null && { cpuPeriodUs: live.periodUs }),
    ...(asked.cpuShares !== null && { cpuShares: live.shares }),
    ...(asked.cpusetCpus !== null && { cpusetCpus: live.cpus }),
    ...(asked.memoryBytes !== null && { memoryBytes: live.memoryBytes }),
    ...(asked.memorySwapBytes !== null && { memorySwapBytes: live.memorySwapBytes }),
    ...(asked.memoryReservationBytes !== null && { memoryReservationBytes: live.memoryReservationBytes }),
    ...(asked.pids !== null && { pids: live.pids }),
    readRates: rates(live.readRates, asked.readRates),
    writeRates: rates(live.writeRates, asked.writeRates),
  };
}

/** `cpu.cfs_quota_us 20000 -> 50000`, of what changed. */
export function keptText(results: readonly LiveResult[]): string {
  const changed = results.filter(({ before, after }) => before !== after);
  const texts = changed.map(({ write, before, after }) => {
    return `${write.file.slice(write.file.lastIndexOf('/') + 1)} ${kept(before)} -> ${kept(after)}`;
  });
  return texts.join(', ') || 'it was so already';
}

/** The writes that change something: what stays as it is needs none, and a file that a group does not have takes none. */
export function changingWrites(writes: readonly LiveWrite[]): readonly LiveWrite[] {
  return writes.filter((write) => {
    const now = cgroupFiles.read(write.file);
    // A group that is made first has files then.
    const isMade = () => cgroupFiles.read(`${path.dirname(write.file)}/cgroup.procs`) !== null;
    return now === null ? !(write.optional && isMade()) : !says(write, now);
  });
}

/** `FILE: 20000 -> -1 (max)`: where it is written, what is there, and exactly what is written. */
export function writeText({ file, value }: LiveWrite): string {
  const now = cgroupFiles.read(file);
  const word = value.trim() || '(none)';
  const written = parseLimit(word) === 'max' && word !== 'max' ? `${word} (max)` : word;
  // Of a group that is not made yet nothing can be read.
  return now === null ? `${file}: ${written}` : `${file}: ${kept(now)} -> ${written}`;
}

/** As the kernel writes it, "no limit" in one word. */
export function kept(text: string | null): string {
  if (text === null) {
    return '?';
  }
  return parseLimit(text) === 'max' ? 'max' : text.trim().replaceAll('\n', ', ') || '(none)';
}
