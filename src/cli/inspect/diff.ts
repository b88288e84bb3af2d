import { type Change, changes } from '../../model/layers/changes.ts';
import { printable } from '../../present/printable.ts';
import { lookInto, refArgument } from '../find-container.ts';
import { jsonDocument } from '../output.ts';
import type { Verb } from '../verb.ts';
import { unionIn, unreadNotices } from './union-in.ts';

/** So many lines are written at once. */
const LINES_PER_WRITE = 1000;

export const diff: Verb = {
  define(command, run) {
    command
      .argument(...refArgument)
      .option('--json', 'print JSON')
      .action((ref: string, options: { json?: boolean }) =>
        run.look(async ({ session, output }) => {
          const container = await lookInto(session, ref, { figures: 'summary' });
          const { union, branches } = unionIn(session.host, container, ref, output);
          const told: Change[] = [];
          const steps = changes(union, branches);
          const flush = () => {
            output.write(told.map(({ kind, path }) => `${kind} ${printable(path)}\n`).join(''));
            told.length = 0;
          };
          for (let step = steps.next(); ; step = steps.next()) {
            if (step.done === true) {
              unreadNotices(output, step.value);
              break;
            }
            if (step.value !== undefined) {
              told.push(step.value);
            }
            if (options.json !== true && told.length >= LINES_PER_WRITE) {
              flush();
            }
          }
          if (options.json === true) {
            output.write(jsonDocument({ schema: 'nsview/1', id: container.id, changes: told }));
          } else {
            flush();
          }
        }),
      );
  },
};
