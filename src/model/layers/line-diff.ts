/** `-` was there before, `+` is there now, a blank is in both. */
export type DiffLine = { readonly sign: ' ' | '-' | '+'; readonly text: string };

/** Of larger changes the lines are not matched: what was is told whole, then what is. */
const MOST_PAIRS = 1_000_000;
/** So many unchanged lines are shown around a change. */
const CONTEXT = 3;

/**
 * What changed from one text to another, line by line, each change with a few lines around it; null in the place of
 * what is left out. The longest common subsequence of what is between the common ends; empty where nothing changed.
 */
export function lineDiff(before: readonly string[], now: readonly string[]): readonly (DiffLine | null)[] {
  let head = 0;
  while (head < before.length && head < now.length && before[head] === now[head]) {
    head += 1;
  }
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < now.length - head &&
    before[before.length - 1 - tail] === now[now.length - 1 - tail]
  ) {
    tail += 1;
  }
  const middle = between(before.slice(head, before.length - tail), now.slice(head, now.length - tail));
  const same = (text: string): DiffLine => ({ sign: ' ', text });
  return middle.length === 0
    ? []
    : withoutMost([...before.slice(0, head).map(same), ...middle, ...before.slice(before.length - tail).map(same)]);
}

function between(before: readonly string[], now: readonly string[]): readonly DiffLine[] {
  if (before.length * now.length > MOST_PAIRS) {
    return [
      ...before.map((text) => ({ sign: '-', text }) as const),
      ...now.map((text) => ({ sign: '+', text }) as const),
    ];
  }
  const width = now.length + 1;
  // lengths[i * width + j]: how many lines `before` from i and `now` from j have in common.
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        before[i] === now[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < now.length) {
    const [old, fresh] = [before[i], now[j]];
    if (old !== undefined && old === fresh) {
      lines.push({ sign: ' ', text: old });
      i += 1;
      j += 1;
    } else if (
      old !== undefined &&
      (fresh === undefined || (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      lines.push({ sign: '-', text: old });
      i += 1;
    } else {
      lines.push({ sign: '+', text: fresh ?? '' });
      j += 1;
    }
  }
  return lines;
}

/** Leaves out what is far from every change. */
function withoutMost(lines: readonly DiffLine[]): readonly (DiffLine | null)[] {
  const near = new Uint8Array(lines.length);
  for (const [at, { sign }] of lines.entries()) {
    if (sign !== ' ') {
      near.fill(1, Math.max(0, at - CONTEXT), at + CONTEXT + 1);
    }
  }
  return lines.flatMap((line, at) => (near[at] === 1 ? [line] : at === 0 || near[at - 1] === 1 ? [null] : []));
}
