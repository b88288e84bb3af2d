import type { Container } from '../../model/document/container.ts';
import { type Row, span, wrap } from '../rows.ts';
import { problemRows } from './empty-list.ts';

/** In the place of a part that no recording holds. */
export function unrecordedRows(what: string, command: string, width: number): readonly Row[] {
  const text = `A recording does not hold ${what}: ${command} tells it of a container that runs.`;
  return [[], ...wrap(text, width - 4).map((line): Row => [span('  '), span(line, 'dim')])];
}

/** In the place of a part that is not there: that it is being read, or what could not be read and why. */
export function unreadRows({ problems }: Container, what: string, reading: boolean, width: number): readonly Row[] {
  if (reading) {
    return [[], [span(`  Reading ${what}…`, 'dim')]];
  }
  return [
    [],
    [span(`  Nothing is known of ${what}.`, 'warn')],
    ...problems.flatMap((problem) => [[], ...problemRows(problem, width - 4)]),
  ];
}
