const LEVELS = '▁▂▃▄▅▆▇█';

/** Figures from 0 to `top`, a column each; a blank where a figure is unknown. */
export function sparkline(values: readonly number[], top: number): string {
  return values
    .map((value) => {
      if (!Number.isFinite(value)) {
        return ' ';
      }
      const level = top > 0 ? Math.ceil((Math.min(value, top) / top) * LEVELS.length) : 0;
      return LEVELS[Math.max(0, level - 1)];
    })
    .join('');
}
