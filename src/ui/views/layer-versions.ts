import type { Container } from '../../model/document/container.ts';
import type { Branch } from '../../model/document/layers.ts';
import { type DiffLine, lineDiff } from '../../model/layers/line-diff.ts';
import { pathDocument } from '../../model/layers/path-document.ts';
import { type Contents, linesOf, previewOf, textOf } from '../../model/layers/preview.ts';
import { mountedOver } from '../../model/layers/resolve-path.ts';
import type { PathVersions } from '../../model/layers/tree.ts';
import type { Version } from '../../model/layers/union.ts';
import { madeBy, mountedSentence, partOf, pathSentence } from '../../present/layers-path.ts';
import { printable, shorten } from '../../present/printable.ts';
import { formatBytesShort, UNKNOWN } from '../../present/units.ts';
import { bold, type Row, select, span, wrap } from '../rows.ts';
import type { Overlay } from '../state.ts';
import { modeOf } from './layer-tree.ts';

type VersionsOverlay = Extract<Overlay, { kind: 'versions' }>;

const MARGIN = 4;

/** The rows that stay: what is to be said of the path, and its versions. */
export function versionsHead(
  { path, answer, index }: VersionsOverlay,
  container: Container,
  width: number,
): readonly Row[] {
  const room = width - MARGIN;
  if (answer === null) {
    return [[span(printable(path), 'accent')], [span('reading…', 'dim')]];
  }
  const { entry } = answer;
  if (entry === null) {
    return [[span(printable(path), 'accent')], [span('no branch has it any more', 'warn')]];
  }
  const document = pathDocument(container, entry);
  const mounted = mountedSentence(document);
  const parts = [
    ...(document.provided === null ? [] : ['seen']),
    ...document.shadows.map((each) => partOf(document, each)),
  ];
  // Where a whiteout above hides it, the document has that one first.
  const offset = parts.length - answer.contents.length;
  const branchOf = (at: number): Branch | undefined => container.layers?.branches.find((each) => each.index === at);
  const lines = versionsOf(answer).map((version, at): Row => {
    const { entry: disk } = version;
    const cells = [
      String(version.index).padStart(3),
      (branchOf(version.index)?.role ?? '').padEnd(5),
      version.kind.padEnd(8),
      (parts[at + offset] ?? '').padEnd(8),
      modeOf(disk.mode),
      `${disk.uid}:${disk.gid}`.padEnd(9),
      formatBytesShort(disk.sizeBytes).padStart(6),
      timeOf(disk.mtimeSeconds),
    ].join(' ');
    const made = madeBy(branchOf(version.index));
    const left = room - cells.length - 4;
    const row: Row = [
      at === index ? bold('▸ ', 'accent') : span('  '),
      span(cells),
      span(left > 8 ? ` ${shorten(made === UNKNOWN ? '' : made, left)}` : '', 'dim'),
    ];
    return at === index ? select(row) : row;
  });
  return [
    ...[
      `${printable(entry.path)}: ${pathSentence(document)}`,
      ...(mounted === null ? [] : [mounted]),
      ...whySays(container, entry.path, versionsOf(answer)),
    ].flatMap((text, at) => wrap(text, room).map((line): Row => [span(line, at === 0 ? 'accent' : 'warn')])),
    [span(`  ${'#'.padStart(3)} ROLE  KIND     PART     MODE OWNER       SIZE MODIFIED`, 'dim')],
    ...lines,
  ];
}

/** What the engine's own branch and mounts mean for a commit. */
function whySays(container: Container, path: string, versions: readonly Version[]): readonly string[] {
  const roleOf = (at: number) => container.layers?.branches.find(({ index }) => index === at)?.role;
  const init = versions.find(({ index }) => roleOf(index) === 'init');
  const isWritten = versions.some(({ index, kind }) => roleOf(index) === 'rw' && kind !== 'dir' && kind !== 'whiteout');
  const over = mountedOver(path, container.mounts ?? []);
  const place =
    init === undefined ? '' : ` What branch ${init.index} (init) has was made by the engine, and goes into no image.`;
  if (over !== null && over.kind !== 'kernel') {
    const isCovered = versions.some(({ index, kind }) => roleOf(index) === 'rw' && kind === 'dir');
    const held = isCovered ? 'only the directory that is covered' : 'nothing';
    const nothing = isWritten ? '' : `, which has ${held} here`;
    return [
      `A commit takes the writable branch alone${nothing}. What the container writes here is not in an image made of it, nor in the next container.${place}`,
    ];
  }
  return init === undefined ? [] : [`A commit takes the writable branch alone.${place}`];
}

/** What is in the chosen version, or what changed since the one below it. */
export function versionsText({ answer, index, asDiff }: VersionsOverlay, width: number): readonly Row[] {
  const contents = answer?.contents[index];
  if (answer == null || contents === undefined) {
    return [];
  }
  const versions = versionsOf(answer);
  const below = answer.contents.findIndex((each, at) => at > index && each.bytes !== null);
  if (!asDiff) {
    return previewRows(contents, width - MARGIN);
  }
  const [now, before] = [versions[index], versions[below]];
  const other = answer.contents[below];
  if (now === undefined || before === undefined || other === undefined) {
    return [[span('no version below this one has contents to compare with', 'dim')]];
  }
  const title = span(`from branch ${before.index} to branch ${now.index}:`, 'dim');
  return [[title], ...metadataRows(before, now), ...diffRows(other, contents, width - MARGIN)];
}

function versionsOf({ entry }: PathVersions): readonly Version[] {
  return entry === null ? [] : [...(entry.version === null ? [] : [entry.version]), ...entry.shadows];
}

function previewRows(contents: Contents, width: number): readonly Row[] {
  if (contents.bytes === null) {
    return [[span(shorten(printable(contents.why), width), 'dim')]];
  }
  const { lines, isWhole, kind } = previewOf(contents.bytes, contents.isWhole);
  return [
    ...(contents.bytes.length === 0 ? [[span('(empty)', 'dim')]] : []),
    ...lines.map((line): Row => [span(shown(line, width), kind === 'hex' ? 'dim' : undefined)]),
    ...(isWhole ? [] : [[span('… and more, which is not read', 'dim')]]),
  ];
}

const TAB = '    ';

function shown(line: string, width: number): string {
  return shorten(printable(line.replaceAll('\t', TAB).replace(/\r$/, '')), width);
}

function metadataRows(before: Version, now: Version): readonly Row[] {
  const facts: readonly (readonly [string, string, string])[] = [
    ['mode', modeOf(before.entry.mode), modeOf(now.entry.mode)],
    ['owner', `${before.entry.uid}:${before.entry.gid}`, `${now.entry.uid}:${now.entry.gid}`],
    ['size', String(before.entry.sizeBytes), String(now.entry.sizeBytes)],
    ['time', timeOf(before.entry.mtimeSeconds), timeOf(now.entry.mtimeSeconds)],
  ];
  return facts
    .filter(([, was, is]) => was !== is)
    .map(([what, was, is]): Row => [span(`${what.padEnd(6)}`, 'dim'), span(`${was} → ${is}`, 'warn')]);
}

const TONES = { '-': 'bad', '+': 'good', ' ': undefined } as const;

function diffRows(before: Contents, now: Contents, width: number): readonly Row[] {
  if (before.bytes === null || now.bytes === null) {
    return [[span(printable(before.why ?? now.why ?? ''), 'dim')]];
  }
  const [old, fresh] = [textOf(before.bytes, before.isWhole), textOf(now.bytes, now.isWhole)];
  if (old === null || fresh === null) {
    const isSame = Buffer.compare(before.bytes, now.bytes) === 0;
    return [[span(isSame ? 'the same bytes, as far as they were read' : 'not text: they differ', 'dim')]];
  }
  const lines = lineDiff(linesOf(old), linesOf(fresh));
  const cut = before.isWhole && now.isWhole ? [] : [[span('… only the beginning of each was compared', 'dim')]];
  const row = (line: DiffLine | null): Row =>
    line === null ? [span('…', 'dim')] : [span(`${line.sign}${shown(line.text, width - 1)}`, TONES[line.sign])];
  return [...(lines.length === 0 ? [[span('the same text', 'dim')]] : lines.map(row)), ...cut];
}

/** ECMA-262, "Time Values": a file may say any time. */
function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? '?'.padEnd(19) : date.toISOString().slice(0, 19).replace('T', ' ');
}
