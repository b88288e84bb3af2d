import type { Limit } from '../limit.ts';
import type { Reading } from '../reading.ts';
import type { Chain } from './sample.ts';

/** `limitedBy` is the path of the group that imposes the limit; null where it is "max" or unknown. */
export type EffectiveLimit = { readonly limit: Limit | null; readonly limitedBy: string | null };

const UNKNOWN: EffectiveLimit = { limit: null, limitedBy: null };

/**
 * The tightest limit over a group and its ancestors; of equals the one nearest to the group. An ancestor without the
 * file imposes nothing, but where the group itself has none, or one cannot be read, the limit is unknown.
 */
export function effectiveLimit<Link extends { readonly path: string; readonly reading: Reading<unknown> }>(
  chain: Chain<Link>,
  limitOf: (link: Link) => Limit | null,
): EffectiveLimit {
  if (chain === null) {
    return UNKNOWN;
  }
  if (chain[0]?.reading.status === 'unsupported') {
    return UNKNOWN;
  }
  const present = chain.filter((link) => link.reading.status !== 'unsupported');
  let effective: EffectiveLimit = { limit: 'max', limitedBy: null };
  for (const link of present) {
    const here = limitOf(link);
    if (here === null) {
      return UNKNOWN;
    }
    if (here !== 'max' && (effective.limit === 'max' || effective.limit === null || here < effective.limit)) {
      effective = { limit: here, limitedBy: link.path };
    }
  }
  return effective;
}
