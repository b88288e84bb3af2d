import type { DashboardPorts } from './ports.ts';
import type { Size } from './rows.ts';
import { readSettings } from './settings.ts';
import { initialState, type Model } from './state.ts';
import { move } from './update/navigate.ts';

/** What frame zero shows, and what Ink begins with: the same screen. The first row is selected by its key. */
export function firstModel(ports: DashboardPorts): Model {
  const { actions, history, initial, intervalMs, replay, settings, stdout } = ports;
  const ui = initialState(sizeOf(stdout), intervalMs, readSettings(settings), actions.demos);
  const span = replay === null ? null : { firstMs: replay.firstMs, lastMs: replay.lastMs, speed: 1, seek: null };
  const lost = replay?.lost ?? null;
  const message = lost === null ? null : ({ text: lost, tone: 'warn' } as const);
  return move({ snapshot: initial, history, ui: { ...ui, replay: span, message } }, { lines: 0 }).model;
}

/** tty(4) may not know its size. */
export function sizeOf(stdout: NodeJS.WriteStream): Size {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}
