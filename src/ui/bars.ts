import { type Row, type Span, span, type Tone } from './rows.ts';

const EIGHTHS = ['', '▎', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Shares of a limit from which on a bar warns, and alarms. */
const WARN_PERCENT = 80;
const BAD_PERCENT = 95;

/** Of a share of a limit, in percent. */
export function shareTone(share: number): Tone {
  return share >= BAD_PERCENT ? 'bad' : share >= WARN_PERCENT ? 'warn' : 'accent';
}

/**
 * `▕███▊    ▏`: a share in `width` columns, at least 3, with eighth blocks. Whatever is above 0 shows; where there is no
 * limit there is no bar, only its room.
 */
export function bar(percent: number | null, width: number): Row {
  if (percent === null) {
    return [span(' '.repeat(width))];
  }
  const room = width - 2;
  const share = Math.min(100, Math.max(0, percent));
  const eighths = share === 0 ? 0 : Math.max(1, Math.round((share * room * 8) / 100));
  const full = Math.floor(eighths / 8);
  const filled = '█'.repeat(full) + (EIGHTHS[eighths % 8] ?? '');
  const rest: Span = span(' '.repeat(Math.max(0, room - filled.length)));
  return [span('▕', 'dim'), span(filled, shareTone(percent)), rest, span('▏', 'dim')];
}
