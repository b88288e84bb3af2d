import { demoContainers } from '../../model/action.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { printable } from '../../present/printable.ts';
import { keyName } from '../key-name.ts';
import { bold, fitRow, type Row, select, span, wrap } from '../rows.ts';
import type { UiState } from '../state.ts';
import type { Body } from './body.ts';

const MARGIN = 4;
const NAME_WIDTH = 14;

/** A demo's name, and below it, where no cursor stops, what to look at. */
type Line = { readonly name: string; readonly state: Row } | { readonly text: string };

/** The built-in containers that show one thing each, and which of them run. */
export function demosBody(snapshot: Snapshot, ui: UiState): Body {
  const { columns } = ui.size;
  const room = Math.max(1, columns - MARGIN - 1);
  const lines = ui.demos.flatMap((demo): Line[] => {
    const running = demoContainers(demo, snapshot.containers).length;
    const count = demo.containers.length;
    const state: Row =
      running === 0
        ? [span('not running', 'dim')]
        : running < count
          ? [span(`${running} of ${count} run`, 'warn')]
          : [span('running', 'good')];
    return [{ name: demo.name, state }, ...wrap(printable(demo.says), room).map((text) => ({ text }))];
  });
  return {
    head: headRows(ui.demos.length, columns),
    count: lines.length,
    selectable: lines.length > 0,
    keyAt: (index) => {
      const line = lines[index];
      return line !== undefined && 'name' in line ? line.name : null;
    },
    line: (index, selected) => {
      const line = lines[index];
      if (line === undefined) {
        return [];
      }
      if ('text' in line) {
        return [span(' '.repeat(MARGIN)), span(line.text, 'dim')];
      }
      const row = [span(selected ? '▸' : ' ', 'accent'), bold(printable(line.name).padEnd(NAME_WIDTH)), ...line.state];
      return selected ? select(fitRow(row, columns)) : row;
    },
    columnAt: () => null,
    copyAt: (index) => {
      const line = lines[index];
      return line !== undefined && 'name' in line ? line.name : null;
    },
  };
}

function headRows(count: number, columns: number): readonly Row[] {
  const text =
    count === 0
      ? 'There are no demo containers here.'
      : `Demo containers: each shows one thing. ${keyName('enter')} starts one, or opens what runs; a removes.`;
  return [...wrap(text, Math.max(1, columns - 2)).map((line): Row => [span(' '), bold(line, 'accent')]), []];
}
