import type { Container } from '../../model/document/container.ts';
import { type Row, span } from '../rows.ts';
import { problemRows } from './empty-list.ts';

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
