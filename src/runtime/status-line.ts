import { constants } from 'node:os';
import type { ProcessRef } from './spec.ts';

/** What nsview-init writes to descriptor 4; native/init/plan.h has the form. */
export type StatusLine =
  | { readonly kind: 'pause'; readonly id: number }
  | { readonly kind: 'step'; readonly id: number; readonly error: string | null; readonly detail: string }
  | { readonly kind: 'pid'; readonly process: ProcessRef }
  | { readonly kind: 'running' }
  /** `id` -1: before the first step. */
  | { readonly kind: 'failed'; readonly id: number; readonly error: string | null; readonly detail: string }
  | { readonly kind: 'exit'; readonly code: number; readonly signal: number | null };

/** Null for what is no such line. */
export function parseStatusLine(text: string): StatusLine | null {
  const match = /^(pause|step|pid|running|failed|exit)(?: (-?\d+))?(?: (\d+))?(?: (.*))?$/.exec(text);
  if (match === null) return null;
  const [, kind, first, second, rest] = match;
  const number = Number(first);
  switch (kind) {
    case 'pause':
      return { kind, id: number };
    case 'step':
    case 'failed':
      return { kind, id: number, error: errnoName(Number(second)), detail: unescapeText(rest ?? '') };
    case 'pid':
      return { kind, process: { pid: number, startTicks: Number(second) } };
    case 'exit':
      return { kind, code: number, signal: Number(second) === 0 ? null : Number(second) };
    default:
      return kind === 'running' ? { kind } : null;
  }
}

/** `ENOENT` for 2; null for 0. */
export function errnoName(errno: number): string | null {
  if (errno === 0) return null;
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}

function unescapeText(text: string): string {
  const bytes = text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
