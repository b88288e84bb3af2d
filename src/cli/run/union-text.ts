import { printable } from '../../present/printable.ts';
import type { UnionSpan } from '../../present/union-table.ts';
import type { Output } from '../output.ts';
import type { ShownUnion } from './union-program.ts';

/** What A, B and C are. */
export function legend({ below, above, spec, mounted }: ShownUnion): readonly string[] {
  const where =
    spec.at === null ? ` in the mount namespace of process ${mounted.pid}` : ', as long as this command runs';
  return [
    `A  ${printable(below)}`,
    `B  ${printable(above)}, above A: where both have a name, B’s is seen`,
    `C  their union, at ${printable(mounted.merged)}${where}`,
  ];
}

/** How another shell gets to it, ours excepted. */
export function wayIn({ spec, mounted }: ShownUnion): string {
  const { pid, merged } = mounted;
  if (spec.at !== null) {
    return `cd ${printable(merged)}`;
  }
  const user = spec.user === null ? '' : ' -U --preserve-credentials';
  return `nsenter -t ${pid}${user} -m  then  cd ${merged}`;
}

const EMPHASES = { plain: null, hidden: 'dim', written: 'green', deleted: 'red' } as const;

/** One line of the table; a colour says nothing that the words do not. */
export function painted(line: readonly UnionSpan[], output: Output): string {
  return line
    .map(({ text, tone }) => {
      const emphasis = EMPHASES[tone];
      return emphasis === null ? text : output.emphasise(emphasis, text);
    })
    .join('');
}
