import { untouchedFiles } from '../../model/layers/two-branches.ts';
import { toAscii } from '../../present/ascii.ts';
import { displayWidth, printable, shorten } from '../../present/printable.ts';
import { type UnionSpan, unionTable } from '../../present/union-table.ts';
import { changeFile, deleteFile } from '../../runtime/union/write-through.ts';
import { startKeeper } from '../../ui/terminal/keeper.ts';
import { screenOf } from '../../ui/terminal/screen.ts';
import type { Output } from '../output.ts';
import type { Job, ShownUnion } from './union-program.ts';
import { legend, painted, wayIn } from './union-text.ts';

/** What somebody else changes in C is seen after this, or later where a look itself takes long: at most a fifth of a core. */
const LOOK_MS = 400;
const REST = 4;

const KEYS = 'c change a file  d delete one  q end';

/** What a terminal in raw mode sends for Ctrl-C, Ctrl-D and Ctrl-Z. */
const ENDS: readonly string[] = ['q', 'Q', '\u0003', '\u0004', '\u001b'];
const SUSPEND = '\u001a';

/** The union on the whole terminal, as it changes, until the person ends it, or it is gone before. */
export async function showLive(shown: ShownUnion, output: Output, job: Job): Promise<'ended' | 'gone'> {
  const { stdin, stdout } = process;
  const screen = screenOf(stdin, stdout);
  const ended = Promise.withResolvers<'ended'>();
  let says = '';

  function draw(): void {
    const { columns, rows } = stdout;
    screen.print(frame(shown, says, { columns, rows }, output));
  }

  function write(kind: 'change' | 'remove'): void {
    const { merged } = shown.mounted.reachable;
    const entry = untouchedFiles(shown.list(stdout.rows).entries, shown.spec.user)[kind];
    if (entry === null) {
      says = `there is no small file left at the top to ${kind === 'change' ? 'change' : 'delete'}`;
      return;
    }
    const refused = kind === 'change' ? changeFile(merged, entry.name) : deleteFile(merged, entry.name);
    const line = kind === 'change' ? `echo … >> C/${entry.name}` : `rm C/${entry.name}`;
    says = `${printable(line)}${refused === null ? '' : `: refused: ${refused}`}`;
  }

  const keeper = startKeeper(stdout);
  job.leave = () => {
    screen.leave();
    keeper.tell('left');
  };
  job.enter = () => {
    screen.enter();
    keeper.tell('entered');
    draw();
  };
  const onKeys = (typed: Buffer) => {
    const keys = typed.toString('latin1');
    if (ENDS.includes(keys)) {
      ended.resolve('ended');
    } else if (keys === SUSPEND) {
      job.suspend();
    } else if (keys === 'c' || keys === 'd') {
      write(keys === 'c' ? 'change' : 'remove');
      draw();
    }
  };
  const onResize = () => {
    screen.forget();
    draw();
  };
  screen.enter();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const began = performance.now();
    try {
      draw();
    } catch (error) {
      ended.reject(error);
    }
    timer = setTimeout(look, Math.max(LOOK_MS, REST * (performance.now() - began)));
  };
  stdin.on('data', onKeys).resume();
  stdout.on('resize', onResize);
  try {
    look();
    return await Promise.race([ended.promise, shown.mounted.ended.then(() => 'gone' as const)]);
  } finally {
    clearTimeout(timer);
    stdin.off('data', onKeys).pause();
    stdout.off('resize', onResize);
    job.leave();
  }
}

type Size = { readonly columns: number; readonly rows: number };

/** Every line of the screen, in its full width. */
function frame(shown: ShownUnion, says: string, { columns, rows }: Size, output: Output): readonly string[] {
  const head = [...legend(shown), ''].map(plain);
  const foot = [
    'What is written to C goes to the writable branch, in memory: A and B stay.',
    `another shell: ${wayIn(shown)}`,
    says,
    KEYS,
  ].map(plain);
  const room = Math.max(0, rows - head.length - foot.length - 2);
  const { entries, more, unread } = shown.list(room);
  const table = unionTable(entries, columns);
  const notes = [
    ...(more ? ['… and more'] : []),
    ...unread.slice(0, 1).map(({ path }) => `${printable(path)} cannot be read in one of them`),
  ].map(plain);
  const body = [...head, ...table, ...notes].slice(0, Math.max(0, rows - foot.length));
  const gap = Array.from({ length: Math.max(0, rows - body.length - foot.length) }, () => plain(''));
  return [...body, ...gap, ...foot].slice(0, rows).map((line) => painted(fitted(line, columns, output.utf8), output));
}

function plain(text: string): readonly UnionSpan[] {
  return [{ text, tone: 'plain' }];
}

/** Cut or padded to `width` columns. */
function fitted(line: readonly UnionSpan[], width: number, utf8: boolean): readonly UnionSpan[] {
  let left = width;
  const spans = line.map(({ text, tone }): UnionSpan => {
    const cut = shorten(utf8 ? text : toAscii(text), left);
    left -= displayWidth(cut);
    return { text: cut, tone };
  });
  return [...spans, { text: ' '.repeat(Math.max(0, left)), tone: 'plain' }];
}
