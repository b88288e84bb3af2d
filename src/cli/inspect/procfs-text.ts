import type { Procfs, ProcfsFile } from '../../model/document/procfs.ts';
import { printable } from '../../present/printable.ts';
import {
  factConclusion,
  formatFactLimit,
  formatFigure,
  limitsTitle,
  lxcfsSentence,
  procfsVerdict,
  verdictSign,
} from '../../present/procfs.ts';
import { UNKNOWN } from '../../present/units.ts';
import { renderTable } from './text-table.ts';

/** The comparison for people: facts first, then what programs conclude, then the lines that differ. */
export function procfsText(procfs: Procfs, columns: number | null): string {
  const verdict = procfsVerdict(procfs);
  const sentences = [lxcfsSentence(procfs), verdict, firstRead(procfs)].filter((sentence) => sentence !== null);
  return [
    `${sentences.map((sentence) => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`).join('\n')}\n`,
    factsTable(procfs, columns),
    programsTable(procfs, columns),
    ...procfs.files
      .filter(({ lines, problem }) => lines.length > 0 || problem !== null)
      .map((file) => linesTable(file, procfs, columns)),
  ].join('\n');
}

/** Flags stay as they are typed. */
function limitsHead(procfs: Procfs): string {
  return limitsTitle(procfs).replace(/^lxcfs/, 'LXCFS');
}

/** One look knows nothing of the reads before it. */
function firstRead({ flags, release }: Procfs): string | null {
  const files = [
    ...(flags.includes('-l') ? ['/proc/loadavg'] : []),
    ...(flags.includes('--enable-cfs') && release === '5.0.3' ? ['/proc/stat'] : []),
  ];
  return files.length === 0
    ? null
    : `with these flags ${files.join(' and ')} begin${files.length > 1 ? '' : 's'} at zero when lxcfs is first asked, as here`;
}

function factsTable(procfs: Procfs, columns: number | null): string {
  const rows = procfs.files.flatMap(({ path, facts }) =>
    facts.map((fact) => [
      path,
      fact.name,
      formatFigure(fact.seen, fact.unit),
      verdictSign(fact.verdict),
      formatFigure(fact.limits, fact.unit),
      formatFigure(fact.host, fact.unit),
      formatFactLimit(fact),
      factConclusion(fact),
    ]),
  );
  const head = ['FILE', 'WHAT', 'SEEN INSIDE', '', limitsHead(procfs), 'HOST', 'LIMIT', 'CONCLUSION'];
  return renderTable(
    head.map((title, index) => ({ title, align: 'left' as const, shrink: index === 0 || index === head.length - 1 })),
    rows,
    columns,
  );
}

function programsTable({ programs }: Procfs, columns: number | null): string {
  const head = ['PROGRAM', 'CONCLUDES', '', 'BY WHICH RULE', 'SOURCE'];
  return renderTable(
    head.map((title, index) => ({ title, align: 'left' as const, shrink: index >= 3 })),
    programs.map(({ name, value, unit, concludes, verdict, rule, source }) => [
      name,
      `${concludes} ${formatFigure(value, unit)}`,
      verdictSign(verdict),
      rule,
      source,
    ]),
    columns,
  );
}

function linesTable({ path, cover, lines, problem }: ProcfsFile, procfs: Procfs, columns: number | null): string {
  const by = cover === 'kernel' ? '' : ` (${cover})`;
  const title = `${path}${by}${problem === null ? '' : `: ${problem}`}\n`;
  if (lines.length === 0) {
    return title;
  }
  const head = ['LINE', 'SEEN INSIDE', '', limitsHead(procfs), 'HOST'];
  const cell = (text: string | null) => (text === null ? UNKNOWN : printable(text));
  return `${title}${renderTable(
    head.map((text, index) => ({ title: text, align: 'left' as const, shrink: index > 0 && index !== 2 })),
    lines.map(({ label, seen, limits, host }) => [
      printable(label),
      cell(seen),
      seen === limits ? '' : '✗',
      cell(limits),
      cell(host),
    ]),
    columns,
  )}`;
}
