import { posix } from 'node:path';
import type { Container } from '../../model/document/container.ts';
import type { Layers } from '../../model/document/layers.ts';
import type { Problem } from '../../model/document/problem.ts';
import { pathDocument } from '../../model/layers/path-document.ts';
import { resolvePath } from '../../model/layers/resolve-path.ts';
import { finish } from '../../model/steps.ts';
import { shownInstruction } from '../../present/instruction.ts';
import { belowMount } from '../../present/layers-path.ts';
import { unwritable } from '../../present/layers-use.ts';
import { printable } from '../../present/printable.ts';
import { formatBytes, formatCount, UNKNOWN } from '../../present/units.ts';
import type { Host } from '../../probes/host.ts';
import { openUnion } from '../../probes/layers/open-union.ts';
import { otherRoot } from '../../probes/layers/other-root.ts';
import { requestFailed } from '../failure.ts';
import { lookInto, refArgument } from '../find-container.ts';
import { jsonDocument, type Output } from '../output.ts';
import type { Verb } from '../verb.ts';
import { layersPathText } from './layers-path-text.ts';
import { renderTable } from './text-table.ts';
import { layersOf, unionIn } from './union-in.ts';

export const layers: Verb = {
  define(command, run) {
    command
      .argument(...refArgument)
      .argument('[path]', 'which branch provides it, and which others it hides')
      .option('--json', 'print JSON')
      .action((ref: string, path: string | undefined, options: { json?: boolean }) =>
        run.look(async ({ session, output }) => {
          const container = await lookInto(session, ref, { figures: 'summary', walkLayers: path === undefined });
          if (path !== undefined) {
            writePath(session.host, container, { ref, path, json: options.json === true }, output);
          } else if (options.json === true) {
            const { id, name } = container;
            output.write(jsonDocument({ schema: 'nsview/1', id, name, layers: container.layers }));
          } else {
            output.write(layersText(layersOf(container, ref), output.columns));
            output.notices([...unknownOf(container), ...otherBranches(session.host, container)]);
          }
        }),
      );
  },
};

/** Where what is unknown of branches was looked for: stores of engines, and mount tables. */
const SOURCES =
  /\/(?:layerdb|imagedb|overlay-layers|overlay-images|snapshots)\b|\/metadata\.db$|\/images\.json$|\/mountinfo$/;

function unknownOf({ problems, layers }: Container): readonly Problem[] {
  const paths = new Set(layers?.branches.map(({ path }) => path));
  return problems.filter(({ path }) => SOURCES.test(path) || paths.has(path));
}

function otherBranches(host: Host, container: Container): readonly Problem[] {
  const { layers, init } = container;
  const open = layers === null || init === null ? null : openUnion(host, container, layers);
  const other = open === null || init === null ? null : finish(otherRoot(host, init, open));
  return other === null ? [] : [other];
}

type Asked = { readonly ref: string; readonly path: string; readonly json: boolean };

function writePath(host: Host, container: Container, { ref, path, json }: Asked, output: Output): void {
  const { union, branches, isOther } = unionIn(host, container, ref, output);
  const entry = resolvePath(union, branches, path);
  if (entry === null) {
    const covered = belowMount(posix.resolve('/', path), container.mounts ?? []);
    const why = isOther ? 'no branch has it as seen from here' : 'no branch has it, and none ever had it';
    throw requestFailed(`${path} in '${ref}'`, covered ?? why);
  }
  const document = pathDocument(container, entry);
  output.write(json ? jsonDocument(document) : layersPathText(document, layersOf(container, ref), output.columns));
}

export function layersText(layers: Layers, columns: number | null): string {
  const source = layers.source === null ? '' : ` from ${printable(layers.source)}`;
  const driver = layers.driver === 'none' ? 'no union mount' : layers.driver;
  const without = unwritable(layers);
  const title = `${driver} on ${printable(layers.mountPoint)}${source}${without === '' ? '' : `, ${without}`}\n`;
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
      { title: 'CONTAINERS', align: 'right', shrink: false },
      { title: 'IMAGES', align: 'right', shrink: false },
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
      formatCount(branch.containers),
      formatCount(branch.images),
      printable(branch.path),
      branch.createdBy === null ? (branch.digest ?? UNKNOWN) : shownInstruction(branch.createdBy),
    ]),
    columns,
  );
  return `${title}\n${table}`;
}
