/** A limit as the kernel has it: a figure, or none. Never -1, never 9223372036854771712. */
export type Limit = number | 'max';

/** The tighter of two limits. */
export function tighter(a: Limit, b: Limit): Limit {
  if (a === 'max') {
    return b;
  }
  return b === 'max' ? a : Math.min(a, b);
}
