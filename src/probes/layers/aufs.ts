import { garbled, ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { decimal, decodeOctal } from '../kernel-text.ts';

/** One branch of an aufs mount. `permission` is `rw`, `ro` or `rr` with its attributes: `ro+wh`, `rw+nolwh`. */
export type AufsBranch = { readonly path: string; readonly permission: string };

const SYSFS = '/sys/fs/aufs';

/**
 * One branch as `brN` of sysfs or the option `br:` writes it: `/a/b=ro+wh`. The path may hold `=`, the permission may
 * not (aufs, ABI/testing/sysfs-aufs).
 */
export function parseAufsBranch(text: string, path: string): Reading<AufsBranch> {
  const line = text.replace(/\n$/, '');
  const equals = line.lastIndexOf('=');
  if (equals <= 0 || line.includes('\n')) {
    return garbled(path, line);
  }
  return ok({ path: decodeOctal(line.slice(0, equals)), permission: line.slice(equals + 1) });
}

/**
 * The branches of an aufs mount, top first: from /sys/fs/aufs/si_ID/brN, else from the `br:` option, which replaces
 * those files where the module runs with brs=0.
 */
export function readAufsBranches(host: Host, superOptions: readonly string[]): Reading<readonly AufsBranch[]> {
  const listed = superOptions.find((option) => option.startsWith('br:') || option.startsWith('br='));
  if (listed !== undefined) {
    return all(
      listed
        .slice(3)
        .split(':')
        .map((text) => parseAufsBranch(text, 'br:')),
    );
  }
  const id = superOptions.find((option) => option.startsWith('si='))?.slice(3) ?? '';
  const directory = `${SYSFS}/si_${id}`;
  const names = host.list(directory, 'unsupported');
  if (names.status !== 'ok') {
    return names;
  }
  const indexes = names.value
    .map((name) => (name.startsWith('br') ? decimal(name.slice(2)) : null))
    .filter((index) => index !== null)
    .sort((a, b) => a - b);
  return all(
    indexes.map((index) => {
      const path = `${directory}/br${index}`;
      const text = host.readText(path, 'unsupported');
      return text.status === 'ok' ? parseAufsBranch(text.value, path) : text;
    }),
  );
}

function all<T>(readings: readonly Reading<T>[]): Reading<readonly T[]> {
  const values: T[] = [];
  for (const reading of readings) {
    if (reading.status !== 'ok') {
      return reading;
    }
    values.push(reading.value);
  }
  return ok(values);
}
