import type { Procfs, ProcfsFact, ProcfsFile, ProcfsProgram, Verdict } from '../../model/document/procfs.ts';
import { fitText, printable, shorten } from '../../present/printable.ts';
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
import { bold, type Row, span, type Tone, wrap } from '../rows.ts';
import type { Viewed } from '../state.ts';
import { section } from './fields.ts';
import { unreadRows } from './unread.ts';

const TONES: { readonly [verdict in Verdict]: Tone } = { misleading: 'bad', right: 'good', unlimited: 'dim' };

/** What its processes see in /proc, beside what lxcfs would show and what is true; and what programs make of it. */
export function procfsRows({ container, gone }: Pick<Viewed, 'container' | 'gone'>, width: number): readonly Row[] {
  const { procfs, problems } = container;
  if (procfs === null) {
    // It is read only while this tab is open, so that it is still to come where nothing is known to be in the way.
    const reading = !gone && !problems.some(({ path }) => /\/(cgroup|ns\/pid)$/.test(path));
    return unreadRows(container, 'what it sees in /proc', reading, width);
  }
  return [
    ...sentenceRows(procfs, width),
    ...factRows(procfs, width),
    ...programRows(procfs, width),
    ...procfs.files.flatMap((file) => fileRows(file, procfs, width)),
  ];
}

function sentenceRows(procfs: Procfs, width: number): readonly Row[] {
  const verdict = procfsVerdict(procfs);
  const broken = procfs.daemon?.state === 'stale';
  const rows = (text: string, tone?: Tone) =>
    wrap(printable(text), width - 2).map((line): Row => [span(' '), span(line, tone)]);
  return [
    [],
    ...rows(capital(lxcfsSentence(procfs)), broken ? 'bad' : undefined),
    ...(verdict === null ? [] : rows(capital(verdict), 'bad')),
  ];
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Widths of the columns: what stands between the name and the conclusion. */
const NAME = 14;
const FIGURE = 17;
const SIGN = 2;
const LIMIT = 11;

/** A name, three figures with the sign after the first, and what else there is room for. */
function tableRow(
  cells: readonly [string, string, string, string, string, string],
  tones: {
    readonly sign: string;
    readonly tone?: Tone | undefined;
    readonly dim?: boolean;
  },
  width: number,
): Row {
  const [name, seen, limits, host, limit, conclusion] = cells;
  const used = 1 + NAME + 3 * FIGURE + SIGN + LIMIT;
  const text = (cell: string, room: number) => `${fitText(cell, room - 1, 'left')} `;
  const plain = tones.dim === true ? 'dim' : undefined;
  return [
    span(` ${text(name, NAME)}`, plain),
    span(text(seen, FIGURE), tones.dim === true ? 'dim' : tones.tone),
    span(fitText(tones.sign, SIGN, 'left'), tones.tone),
    span(text(limits, FIGURE), plain),
    span(text(host, FIGURE), plain),
    ...(width > used - LIMIT + 8 ? [span(text(limit, LIMIT), plain)] : []),
    ...(width > used + 8 ? [span(shorten(conclusion, width - used), 'dim')] : []),
  ];
}

function factRows(procfs: Procfs, width: number): readonly Row[] {
  const title = tableRow(
    ['', 'seen inside', limitsTitle(procfs), 'host', 'limit', 'conclusion'],
    { sign: '', dim: true },
    width,
  );
  return [
    [],
    title,
    ...procfs.files.flatMap(({ path, facts }) =>
      facts.length === 0 ? [] : [[span(' '), bold(path, 'accent')], ...facts.map((fact) => factRow(fact, width))],
    ),
  ];
}

function factRow(fact: ProcfsFact, width: number): Row {
  const figure = (value: number | null) => formatFigure(value, fact.unit);
  return tableRow(
    [
      ` ${fact.name}`,
      figure(fact.seen),
      figure(fact.limits),
      figure(fact.host),
      formatFactLimit(fact),
      factConclusion(fact),
    ],
    { sign: verdictSign(fact.verdict), tone: fact.verdict === null ? undefined : TONES[fact.verdict] },
    width,
  );
}

const PROGRAM = 36;

function programRows({ programs }: Procfs, width: number): readonly Row[] {
  return [...section('What programs conclude'), ...programs.map((program) => programRow(program, width))];
}

function programRow({ name, value, unit, verdict, rule }: ProcfsProgram, width: number): Row {
  const tone = verdict === null ? undefined : TONES[verdict];
  const used = 2 + PROGRAM + 12 + SIGN;
  return [
    span(`  ${fitText(name, PROGRAM - 1, 'left')} `),
    span(`${fitText(formatFigure(value, unit), 11, 'left')} `, tone),
    span(fitText(verdictSign(verdict), SIGN, 'left'), tone),
    ...(width > used + 8 ? [span(shorten(rule, width - used), 'dim')] : []),
  ];
}

/** The lines that differ, and why a file cannot be read. */
function fileRows({ path, lines, problem, cover }: ProcfsFile, procfs: Procfs, width: number): readonly Row[] {
  if (lines.length === 0 && problem === null) {
    return [];
  }
  const by =
    cover === 'kernel' ? '' : cover === 'lxcfs' ? '  answered by lxcfs' : '  something else is mounted over it';
  const label = Math.min(20, Math.max(8, ...lines.map((line) => line.label.length)));
  const room = Math.max(8, Math.floor((width - label - 4) / 3) - 1);
  const columns = (seen: string, limits: string, host: string, sign: Row[number]): Row => [
    span(`${fitText(seen, room, 'left')} `),
    sign,
    span(` ${fitText(limits, room, 'left')} `),
    span(shorten(host, room - 1), 'dim'),
  ];
  const cell = (text: string | null) => (text === null ? UNKNOWN : printable(text));
  const head: Row = [
    span(` ${fitText('', label, 'left')} `),
    ...columns('seen inside', limitsTitle(procfs), 'host', span(' ')),
  ];
  return [
    [],
    [span(' '), bold(path, 'accent'), span(by, 'dim')],
    ...(problem === null
      ? []
      : wrap(printable(problem), width - 3).map((line): Row => [span('  '), span(line, 'bad')])),
    ...(lines.length === 0 ? [] : [head.map((piece) => ({ ...piece, tone: 'dim' as const }))]),
    ...lines.map(
      (line): Row => [
        span(` ${fitText(printable(line.label), label, 'left')} `, 'dim'),
        ...columns(
          cell(line.seen),
          cell(line.limits),
          cell(line.host),
          line.seen === line.limits ? span(' ') : span('✗', 'bad'),
        ),
      ],
    ),
  ];
}
