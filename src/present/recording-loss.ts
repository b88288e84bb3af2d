import { formatBytes, formatMany } from './units.ts';

/** What a crash or a bad disk took of a recording, and what is left of it; null where nothing is lost. */
export function recordingLoss(
  lost: { readonly bytes: number; readonly samples: number },
  left: number,
): { readonly lost: string; readonly left: string } | null {
  if (lost.bytes === 0 && lost.samples === 0) {
    return null;
  }
  const followers = lost.samples === 0 ? '' : `, and ${formatMany(lost.samples, 'sample', 'samples')} after them`;
  return {
    lost: `${formatBytes(lost.bytes)} are torn or damaged${followers}`,
    left: `${formatMany(left, 'sample', 'samples')} can be read`,
  };
}
