import type { ProcfsLine } from '../document/procfs.ts';
import { type Answer, answerText } from './answers.ts';
import type { ViewFile } from './input.ts';

/** More differing lines than anybody reads. */
const MOST_LINES = 500;

type Keyed = ReadonlyMap<string, string>;

/**
 * Lines of the three texts side by side by what they are about. Figures that change from one reading to the next do not
 * count as a difference: only where lxcfs changes a line of the host's, or something else than the kernel answers.
 */
export function differingLines(answer: Answer): readonly ProcfsLine[] {
  const { file, cover } = answer;
  const host = keyed(file, answer.host ?? '');
  const limits = answer.limits === null ? host : keyed(file, answer.limits);
  const seenText = answerText(answer, 'seen');
  const seen =
    cover === 'kernel' && seenText !== null ? stillAs(host, keyed(file, seenText)) : keyed(file, seenText ?? '');
  const isTold = cover !== 'kernel' && seenText !== null;
  const labels = new Set([...host.keys(), ...limits.keys(), ...seen.keys()]);
  const lines: ProcfsLine[] = [];
  for (const label of labels) {
    const three = [host, limits, seen].map((texts) => texts.get(label) ?? null);
    const [hostLine = null, limitsLine = null, seenLine = null] = three;
    // Of a CPU that is not shown, one line tells enough.
    const isHidden = file === 'cpuinfo' && (limitsLine === null || seenLine === null) && !label.endsWith(' processor');
    const differs = hostLine !== limitsLine || (isTold && hostLine !== seenLine);
    if (differs && !isHidden && lines.length < MOST_LINES) {
      lines.push({ label, seen: seenLine, limits: limitsLine, host: hostLine });
    }
  }
  return lines;
}

/** What the kernel answers inside is what it answers here, where both have the line. */
function stillAs(host: Keyed, seen: Keyed): Keyed {
  return new Map([...seen].map(([label, line]) => [label, host.get(label) ?? line]));
}

function keyed(file: ViewFile, text: string): Keyed {
  const lines = new Map<string, string>();
  let block = -1;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') {
      continue;
    }
    const words = line.trim().split(/\s+/);
    if (file === 'cpuinfo') {
      const colon = line.indexOf(':');
      const name = (colon === -1 ? line : line.slice(0, colon)).trim();
      block += name === 'processor' ? 1 : 0;
      lines.set(`cpu ${Math.max(0, block)} ${name}`, colon === -1 ? line : line.slice(colon + 1).trim());
    } else if (file === 'meminfo') {
      const colon = line.indexOf(':');
      lines.set(line.slice(0, colon), line.slice(colon + 1).trim());
    } else if (file === 'stat' || file.startsWith('pressure/')) {
      lines.set(words[0] ?? '', words.slice(1).join(' '));
    } else if (file === 'diskstats') {
      lines.set(words[2] ?? '', words.slice(3).join(' '));
    } else if (file === 'slabinfo') {
      lines.set(line.startsWith('#') ? `line ${index + 1}` : (words[0] ?? ''), words.slice(1).join(' '));
    } else {
      lines.set(file === 'swaps' ? `line ${index + 1}` : file, words.join(' '));
    }
  }
  return lines;
}
