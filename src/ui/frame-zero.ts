import process from 'node:process';
import { firstModel } from './first-model.ts';
import type { DashboardPorts } from './ports.ts';
import { frameOf } from './scene.ts';
import { screenOf } from './terminal/screen.ts';
import { followSignals } from './terminal/signals.ts';
import { paintRow, themeOf } from './theme.ts';

/**
 * The first picture, before React and Ink are loaded. They begin with the same rows on the same screen. Until then a
 * signal finds the terminal already ours: returns what ends the watch over it, once the dashboard has its own.
 */
export function paintFrameZero(ports: DashboardPorts): () => void {
  const { stdin, stdout, env } = ports;
  const theme = themeOf(env);
  const rows = frameOf(firstModel(ports)).map((row) => paintRow(row, theme));
  const screen = screenOf(stdin, stdout);
  const onEnd = (status: number) => {
    screen.leave();
    process.exit(status);
  };
  const unguard = followSignals({ onEnd, onSuspend: () => undefined, onExit: screen.leave });
  screen.enter();
  screen.print(rows);
  return unguard;
}
