import type { LimitKey } from '../model/limit-edit.ts';
import { cgroupFiles } from '../runtime/cgroups/cgroup-files.ts';
import { readHostCapacity } from '../runtime/cgroups/host-capacity.ts';
import { limitForm, parseLimitText } from '../runtime/cgroups/limit-fields.ts';
import type { GroupPlaces } from '../runtime/cgroups/live-change.ts';
import { liveLimits } from '../runtime/cgroups/live-limits.ts';
import { DEFAULT_PERIOD_US, type DeviceRate, type Resources } from '../runtime/cgroups/resources.ts';

/**
 * The flags that ask again for what holds now, before `resources` are asked for by the field `key`; none where the group
 * does not tell.
 */
export function undoingFlags(key: LimitKey, resources: Resources, places: GroupPlaces): readonly string[] {
  const live = liveLimits(places, cgroupFiles.read);
  const again = (field: LimitKey) =>
    flagsFor(field, limitForm(field, places, readHostCapacity(), cgroupFiles.read).now);
  switch (key) {
    case 'cpus':
      // CPUs are told in periods of the usual length: of another one both figures are named.
      return again(live.periodUs === DEFAULT_PERIOD_US ? 'cpus' : 'cpuQuota');
    case 'memory':
      // Memory that rises above what both together may have takes that along.
      return [...again('memory'), ...(resources.memorySwapBytes === null ? [] : again('memorySwap'))];
    case 'readRate':
      return ratesFlags(key, resources.readRates, live.readRates);
    case 'writeRate':
      return ratesFlags(key, resources.writeRates, live.writeRates);
    default:
      return again(key);
  }
}

/** Of the devices that are asked for alone: another's rate stays. */
function ratesFlags(key: LimitKey, asked: readonly DeviceRate[], live: readonly DeviceRate[]): readonly string[] {
  return asked.flatMap(({ major, minor }) => {
    const now = live.find((each) => each.major === major && each.minor === minor);
    return flagsFor(key, `${major}:${minor}:${now?.bytesPerSecond ?? 'max'}`);
  });
}

function flagsFor(key: LimitKey, text: string | null): readonly string[] {
  const parsed = text === null ? null : parseLimitText(key, text);
  return parsed === null || typeof parsed === 'string' ? [] : parsed.flags;
}
