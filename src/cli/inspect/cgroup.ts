import type { Container } from '../../model/document/container.ts';
import { requestFailed } from '../failure.ts';
import { alsoAsked, findAgain, findContainer, listingOf, refArgument } from '../find-container.ts';
import { jsonDocument, jsonLine } from '../output.ts';
import type { Verb } from '../verb.ts';
import { cgroupText } from './cgroup-text.ts';
import { containerTitle } from './inspect-text.ts';
import { everyInterval } from './ticks.ts';

type CgroupOptions = { readonly watch?: boolean; readonly json?: boolean };

/** A rate needs two looks: near enough to feel immediate, far enough apart to be far above the kernel's own steps. */
const ONCE_MS = 250;
const WATCH_MS = 1000;

export const cgroup: Verb = {
  define(command, run) {
    command
      .argument(...refArgument)
      .option('-w, --watch', 'again every second until Ctrl-C')
      .option('--json', 'print JSON; with --watch one document per line')
      .action((ref: string, options: CgroupOptions) =>
        run.watch(async ({ session, output }) => {
          const listed = findContainer(await session.look(listingOf(ref)), ref);
          const watch = options.watch === true;
          await everyInterval(watch ? WATCH_MS : ONCE_MS, watch ? null : 1, async () => {
            const container = findAgain(await session.look({ rates: true, ...alsoAsked(ref) }), listed);
            output.write(
              options.json === true ? cgroupJson(container, watch) : cgroupReport(container, ref, output.columns),
            );
            return true;
          });
        }),
      );
  },
};

function cgroupJson({ id, name, cgroup: group }: Container, oneLine: boolean): string {
  const document = { schema: 'nsview/1', id, name, cgroup: group };
  return oneLine ? jsonLine(document) : jsonDocument(document);
}

function cgroupReport(container: Container, ref: string, columns: number | null): string {
  if (container.cgroup === null) {
    throw requestFailed(
      `cgroup of '${ref}'`,
      'it is in no control group that is mounted here',
      "See 'nsview doctor' for what this host offers.",
    );
  }
  return `${containerTitle(container)}\n${cgroupText(container.cgroup, columns)}\n`;
}
