import { launcher } from './nsview.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** The dashboard of one Docker, with the Layers tab of a container open; `shows` is in its tree. */
export async function openLayersTab(
  socket: string | undefined,
  name: string,
  rows: number,
  shows: RegExp,
): Promise<Terminal> {
  const command = [launcher, '--engine', `docker=${socket}`] as const;
  const terminal = openTerminal({ columns: 160, rows, command });
  await terminal.waitFor(/quit/);
  terminal.type(`/${name}`);
  await terminal.waitFor(`/${name}`);
  terminal.press('enter');
  await terminal.waitFor(`▸${name}`);
  terminal.press('enter');
  terminal.type('5');
  await terminal.waitFor(shows);
  return terminal;
}
