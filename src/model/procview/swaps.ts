import { least, linesWithEnds, scanUnsigned, wrap } from './c-text.ts';
import { type LxcfsOptions, type LxcfsRelease, type ViewInput, viewerPath } from './input.ts';
import { memoryView, swapIsOn } from './memory.ts';

const HEADER = 'Filename\t\t\t\tType\t\tSize\tUsed\tPriority\n';
/** lxcfs reads no more of the host's SwapTotal. */
const HOST_DIGITS = 8;

/** lxcfs's /proc/swaps: one line for all swap there is, or none. */
export function swapsView(input: ViewInput, release: LxcfsRelease, options: LxcfsOptions): string {
  const path = viewerPath(input, 'memory');
  if (path === null) {
    return input.host.swaps ?? '';
  }
  const view = memoryView(input, release, options, path);
  const host = input.host.meminfo ?? '';
  if (view.usage === null || view.limit === null || host === '') {
    return '';
  }
  let total = view.swap.total;
  if (swapIsOn(input, release, options)) {
    if (input.version === 1 || release === '5.0.3') {
      total = wrap(view.limit / 1024n + total);
    }
    total = least(hostSwapTotal(host), total);
    total = view.swap.swappiness === 0n ? view.swap.used : total;
  }
  return total > 0n ? `${HEADER}none${' '.repeat(36)}virtual\t\t${total}\t${view.swap.used}\t0\n` : HEADER;
}

function hostSwapTotal(meminfo: string): bigint {
  let total = 0n;
  for (const line of linesWithEnds(meminfo)) {
    if (line.startsWith('SwapTotal:')) {
      total = scanUnsigned(line.slice('SwapTotal:'.length), HOST_DIGITS) ?? total;
    }
  }
  return total;
}
