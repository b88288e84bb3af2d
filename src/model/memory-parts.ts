import type { Cgroup } from './document/cgroup.ts';

export type MemoryPart = {
  readonly name: Kind | 'other' | 'free';
  readonly bytes: number;
  /** Kinds that are unknown, and therefore in this part and in none of their own. */
  readonly includes: readonly Kind[];
};
type Kind = 'anon' | 'file' | 'kernel';

/**
 * What a group's limit is spent on, and what is left of it; without a limit, what its use is made of. `other` is what is
 * charged and in none of the known kinds. The parts are read one after the other: what is counted in several at once may
 * be more than the use, and is no less free for it. Empty where the use is unknown.
 */
export function memoryParts({
  usageBytes,
  anonBytes,
  fileBytes,
  kernelBytes,
  limitBytes,
}: Cgroup['memory']): readonly MemoryPart[] {
  if (usageBytes === null || limitBytes === null) {
    return [];
  }
  const kinds = { anon: anonBytes, file: fileBytes, kernel: kernelBytes };
  const names = ['anon', 'file', 'kernel'] as const;
  const known = names.flatMap((name) => {
    const bytes = kinds[name];
    return bytes === null ? [] : [{ name, bytes, includes: [] }];
  });
  const told = known.reduce((sum, { bytes }) => sum + bytes, 0);
  const used = Math.max(told, usageBytes);
  return [
    ...known,
    { name: 'other', bytes: used - told, includes: names.filter((name) => kinds[name] === null) },
    ...(limitBytes === 'max' ? [] : [{ name: 'free' as const, bytes: Math.max(0, limitBytes - used), includes: [] }]),
  ];
}
