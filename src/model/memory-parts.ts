import type { Cgroup } from './document/cgroup.ts';

export type MemoryPart = { readonly name: 'anon' | 'file' | 'kernel' | 'other' | 'free'; readonly bytes: number };

/**
 * What a group's limit is spent on, and what is left of it; without a limit, what its use is made of. `other` is what is
 * charged and in none of the kinds. The parts are read one after the other: what is counted in several at once may be
 * more than the use, and is no less free for it. Empty where the use is unknown.
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
  const kinds = [
    { name: 'anon', bytes: anonBytes ?? 0 },
    { name: 'file', bytes: fileBytes ?? 0 },
    { name: 'kernel', bytes: kernelBytes ?? 0 },
  ] as const;
  const told = kinds.reduce((sum, { bytes }) => sum + bytes, 0);
  const used = Math.max(told, usageBytes);
  return [
    ...kinds,
    { name: 'other', bytes: used - told },
    ...(limitBytes === 'max' ? [] : [{ name: 'free' as const, bytes: Math.max(0, limitBytes - used) }]),
  ];
}
