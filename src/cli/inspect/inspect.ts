import { alsoAsked, findAgain, findContainer, listingOf, refArgument } from '../find-container.ts';
import { jsonDocument } from '../output.ts';
import type { Verb } from '../verb.ts';
import { inspectText } from './inspect-text.ts';

export const inspect: Verb = {
  define(command, run) {
    command
      .argument(...refArgument)
      .option('--json', 'print JSON')
      .action((ref: string, options: { json?: boolean }) =>
        run.look(async ({ session, output }) => {
          const listed = findContainer(await session.look(listingOf(ref)), ref);
          const stopped = listed.init === null;
          const snapshot = await session.look({
            detail: [listed],
            ...alsoAsked(ref),
            procfs: true,
            network: true,
            namespaces: true,
            stopped,
          });
          const container = findAgain(snapshot, listed);
          output.write(
            options.json === true
              ? jsonDocument({ schema: 'nsview/1', ...container })
              : inspectText(container, snapshot.atMs, output.columns),
          );
        }),
      );
  },
};
