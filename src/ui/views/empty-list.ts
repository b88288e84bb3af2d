import type { Problem } from '../../model/document/problem.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { printable } from '../../present/printable.ts';
import { bold, type Row, span, wrap } from '../rows.ts';

/** What the list says when there is nothing to list: how to start something, and what may be hidden from us. */
export function emptyList(snapshot: Snapshot, width: number): readonly Row[] {
  const { notices } = snapshot.host;
  const room = Math.max(1, width - 4);
  const silent = snapshot.engines.filter(({ status }) => status !== 'ok' && status !== 'absent');
  return [
    [],
    [span('  '), bold('No container is running here.')],
    [],
    [span('  D', 'accent'), span(' offers demo containers: nothing to install, nothing to download.')],
    [],
    ...paragraph('Or start one of your own, and it shows up within a second:', room, 'dim'),
    [],
    [span('    docker run -d nginx', 'accent')],
    [span('    podman run -d nginx', 'accent')],
    [span('    unshare --fork --pid --mount-proc sleep 1000', 'accent')],
    ...(notices.length + silent.length === 0 ? [] : [[], [span('  '), bold('Not readable', 'warn')]]),
    ...notices.flatMap((notice) => problemRows(notice, room)),
    ...silent.flatMap(({ engine, where, message, remedy }) => [
      ...paragraph(printable(`${engine}: ${where}: ${message}`), room),
      ...(remedy === null ? [] : paragraph(printable(remedy), room, 'dim')),
    ]),
  ];
}

/** A problem in words: where, what, which errno, what to do. */
export function problemRows(problem: Problem, room: number): readonly Row[] {
  const { path, code, message, remedy } = problem;
  return [
    ...paragraph(printable(`${path}: ${message.includes(code) ? message : `${message} (${code})`}`), room),
    ...(remedy === null ? [] : paragraph(printable(remedy), room, 'dim')),
  ];
}

function paragraph(text: string, room: number, tone?: 'dim'): readonly Row[] {
  return wrap(text, room).map((line) => [span('  '), span(line, tone)]);
}
