import type { Layers } from '../../model/document/layers.ts';
import { printable } from '../../present/printable.ts';
import { formatBytes, formatCount, UNKNOWN } from '../../present/units.ts';
import { requestFailed } from '../failure.ts';
import { alsoAsked, findAgain, findContainer, listingOf, refArgument } from '../find-container.ts';
import { jsonDocument } from '../output.ts';
import type { Verb } from '../verb.ts';
import { renderTable } from './text-table.ts';

export const layers: Verb = {
  define(command, run) {
    command
      .argument(...refArgument)
      .option('--json', 'print JSON')
      .action((ref: string, options: { json?: boolean }) =>
        run.look(async ({ session, output }) => {
          const listed = findContainer(await session.look(listingOf(ref)), ref);
          const container = findAgain(
            await session.look({ detail: [listed], walkLayers: true, ...alsoAsked(ref) }),
            listed,
          );
          if (options.json === true) {
            const { id, name } = container;
            output.write(jsonDocument({ schema: 'nsview/1', id, name, layers: container.layers }));
            return;
          }
          if (container.layers === null) {
            const [problem] = container.problems.filter(({ path }) => /mountinfo|overlay|layer/.test(path));
            throw requestFailed(
              `layers of '${ref}'`,
              problem === undefined ? 'its root file system could not be read' : `${problem.message} (${problem.code})`,
              problem?.remedy ?? null,
            );
          }
          output.write(layersText(container.layers, output.columns));
        }),
      );
  },
};

export function layersText(layers: Layers, columns: number | null): string {
  const source = layers.source === null ? '' : ` from ${printable(layers.source)}`;
  const title = `${layers.driver === 'none' ? 'no union mount' : layers.driver} on ${printable(layers.mountPoint)}${source}\n`;
  if (layers.branches.length === 0) {
    return title;
  }
  const table = renderTable(
    [
      { title: 'INDEX', align: 'right', shrink: false },
      { title: 'ROLE', align: 'left', shrink: false },
      { title: 'ACCESS', align: 'left', shrink: false },
      { title: 'FILES', align: 'right', shrink: false },
      { title: 'SIZE', align: 'right', shrink: false },
      { title: 'WHITEOUTS', align: 'right', shrink: false },
      { title: 'PATH', align: 'left', shrink: true },
      { title: 'CREATED BY', align: 'left', shrink: true },
    ],
    layers.branches.map((branch) => [
      String(branch.index),
      branch.role,
      branch.access,
      formatCount(branch.files),
      formatBytes(branch.bytes),
      formatCount(branch.whiteouts),
      printable(branch.path),
      branch.createdBy === null ? (branch.digest ?? UNKNOWN) : printable(branch.createdBy),
    ]),
    columns,
  );
  return `${title}\n${table}`;
}
