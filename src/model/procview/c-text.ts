/** What C does with numbers and text where JavaScript does otherwise. Numbers of 64 bits are bigint. */

const U64 = 64;
const U64_MAX = 2n ** 64n - 1n;
const KIB = 1024n;

/** Unsigned arithmetic wraps. */
export function wrap(value: bigint): bigint {
  return BigInt.asUintN(U64, value);
}

export function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

export function toKib(bytes: bigint): bigint {
  return wrap(bytes) / KIB;
}

/** scanf(3)'s `%lu`: blanks, a sign, digits; as `strtoul` it saturates. Null where there is no number. */
export function scanUnsigned(text: string, width = Number.POSITIVE_INFINITY): bigint | null {
  const found = /^\s*([+-]?)(\d+)/.exec(text);
  if (found === null) {
    return null;
  }
  const [, sign = '', digits = ''] = found;
  const kept = digits.slice(0, Math.max(0, width - sign.length));
  if (kept === '') {
    return null;
  }
  const value = BigInt(kept);
  const saturated = value > U64_MAX ? U64_MAX : value;
  return sign === '-' && saturated !== U64_MAX ? wrap(-saturated) : saturated;
}

/** A whole file that is one unsigned decimal; null where it is anything else. */
export function wholeUnsigned(text: string): bigint | null {
  const digits = /^\s*\+?(\d+)$/.exec(text)?.[1];
  const value = digits === undefined ? null : BigInt(digits);
  return value === null || value > U64_MAX ? null : value;
}

/** scanf(3)'s `%d` at the start of a text. */
export function scanInteger(text: string): number | null {
  const found = /^\s*([+-]?\d+)/.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

/** printf(3)'s `%8lu`. */
export function eightColumns(value: bigint): string {
  return String(value).padStart(8);
}

/**
 * printf(3)'s `%.2f`: of two texts that are equally near, the even one. JavaScript takes the greater. Only halves,
 * quarters and eighths can be in the middle exactly.
 */
export function twoDecimals(value: number): string {
  const eighths = Math.abs(value) * 8;
  const text = value.toFixed(2);
  if (eighths > Number.MAX_SAFE_INTEGER || eighths % 2 !== 1) {
    return text;
  }
  const below = Math.floor(Math.abs(value) * 100);
  const even = below % 2 === 0 ? below : below + 1;
  const sign = value < 0 ? '-' : '';
  return `${sign}${Math.floor(even / 100)}.${String(even % 100).padStart(2, '0')}`;
}

/** getline(3): each line with its newline, the last one perhaps without. */
export function linesWithEnds(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
