import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import headless from '@xterm/headless';
import { openTerminal } from '../test/support/terminal.ts';

/**
 * `npm run picture -- OUT.svg [KEYS…]`: runs the dashboard in a real terminal, presses keys, and draws what the screen
 * then shows as an SVG: the README's pictures are frames of this machine, never drawings.
 */

const COLUMNS = 110;
const ROWS = 30;
const CELL = { width: 8.4, height: 17, baseline: 13 } as const;
const MARGIN = 10;
const BACKGROUND = '#11151c';
const FOREGROUND = '#c8ccd4';

/** The 16 colours of a terminal; the rest of the 256 follow from xterm's cube and ramp. */
const BASIC = ['#1b1f27', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#c8ccd4'];
const BRIGHT = ['#5c6370', '#ff7b86', '#b1e08f', '#ffd68a', '#7cc1ff', '#dd92f2', '#6fd3df', '#ffffff'];
const RAMP_START = 232;
const CUBE_START = 16;
const CUBE = [0, 95, 135, 175, 215, 255];

function paletteColour(index: number): string {
  if (index < BASIC.length) {
    return BASIC[index] ?? FOREGROUND;
  }
  if (index < CUBE_START) {
    return BRIGHT[index - BASIC.length] ?? FOREGROUND;
  }
  if (index >= RAMP_START) {
    const grey = 8 + (index - RAMP_START) * 10;
    return `rgb(${grey},${grey},${grey})`;
  }
  const place = index - CUBE_START;
  const [red, green, blue] = [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map((step) => CUBE[step]);
  return `rgb(${red},${green},${blue})`;
}

type Cell = NonNullable<
  ReturnType<NonNullable<ReturnType<headless.Terminal['buffer']['active']['getLine']>>['getCell']>
>;

function styleOf(cell: Cell): string {
  const colour = cell.isFgRGB()
    ? `#${cell.getFgColor().toString(16).padStart(6, '0')}`
    : cell.isFgPalette()
      ? paletteColour(cell.getFgColor())
      : FOREGROUND;
  const background = cell.isBgPalette() ? paletteColour(cell.getBgColor()) : BACKGROUND;
  const fill = cell.isInverse() ? background : colour;
  const parts = [`fill="${fill}"`];
  if (cell.isBold()) {
    parts.push('font-weight="bold"');
  }
  if (cell.isDim()) {
    parts.push('opacity="0.6"');
  }
  if (cell.isUnderline()) {
    parts.push('text-decoration="underline"');
  }
  return parts.join(' ');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? character);
}

/** Runs of equal style become one element each; every run is stretched to its cells, whatever font is at hand. */
function drawLine(terminal: headless.Terminal, row: number): string {
  const line = terminal.buffer.active.getLine(row);
  const elements: string[] = [];
  let run = { text: '', style: '', column: 0, inverse: false };
  const flush = (): void => {
    const x = MARGIN + run.column * CELL.width;
    const width = run.text.length * CELL.width;
    if (run.inverse) {
      elements.push(
        `<rect x="${x}" y="${MARGIN + row * CELL.height}" width="${width}" height="${CELL.height}" fill="${FOREGROUND}"/>`,
      );
    }
    if (run.text.trim() !== '') {
      const y = MARGIN + row * CELL.height + CELL.baseline;
      elements.push(
        `<text x="${x.toFixed(1)}" y="${y}" textLength="${width.toFixed(1)}" ${run.style}>${escapeXml(run.text)}</text>`,
      );
    }
  };
  for (let column = 0; column < terminal.cols; column += 1) {
    const cell = line?.getCell(column);
    const style = cell === undefined ? '' : styleOf(cell);
    const inverse = cell !== undefined && cell.isInverse() !== 0;
    // A sign that the viewer's font lacks comes from another, of another width: it stands alone in its cell.
    const alone = /[^ -~]/.test(run.text) || /[^ -~]/.test(cell?.getChars() ?? '');
    if (style !== run.style || inverse !== run.inverse || alone) {
      flush();
      run = { text: '', style, column, inverse };
    }
    run.text += cell?.getChars() || ' ';
  }
  flush();
  return elements.join('');
}

const [out, ...keys] = process.argv.slice(2);
if (out === undefined) {
  console.error('usage: npm run picture -- OUT.svg [KEYS…]');
  process.exit(2);
}
const shown = openTerminal({ columns: COLUMNS, rows: ROWS });
await shown.waitFor(/\d+ containers/);
await shown.waitFor((screen) => !screen.join('\n').includes('…/'));
// A picture is for people: it may take its time, and shows a screen that stands still.
const SETTLED_MS = 2500;
for (const key of [...keys, '']) {
  shown.type(key);
  await setTimeout(SETTLED_MS);
}
const painted = new headless.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
await new Promise<void>((resolve) => painted.write(shown.transcript(), resolve));
const width = COLUMNS * CELL.width + 2 * MARGIN;
const height = ROWS * CELL.height + 2 * MARGIN;
const rows = Array.from({ length: ROWS }, (_, row) => drawLine(painted, row)).join('\n');
writeFileSync(
  out,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" xml:space="preserve">\n<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>\n${rows}\n</svg>\n`,
);
await shown.close();
console.log(`wrote ${out}`);
