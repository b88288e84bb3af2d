import { untouchedFiles } from '../../model/layers/two-branches.ts';
import { printable } from '../../present/printable.ts';
import { changeFile, deleteFile } from '../../runtime/union/write-through.ts';
import { startKeeper } from '../../ui/terminal/keeper.ts';
import { screenOf } from '../../ui/terminal/screen.ts';
import type { Output } from '../output.ts';
import { frame, scrolled, tableRoom, typedKeys, within } from './union-frame.ts';
import type { Job, ShownUnion } from './union-program.ts';
import { legend, wayIn } from './union-text.ts';

/** What somebody else changes in C is seen after this, or later where a look itself takes long: at most a fifth of a core. */
const LOOK_MS = 400;
const REST = 4;

const KEYS = 'c change a file  d delete one  ↑ ↓ PgUp PgDn scroll  q end';

/** Of a larger tree the beginning is listed. */
const MOST_ENTRIES = 1000;

/** What a terminal in raw mode sends for Ctrl-C, Ctrl-D and Ctrl-Z. */
const ENDS: readonly string[] = ['q', 'Q', '\u0003', '\u0004', '\u001b'];
const SUSPEND = '\u001a';

/** The union on the whole terminal, as it changes, until the person ends it, or it is gone before. */
export async function showLive(shown: ShownUnion, output: Output, job: Job): Promise<'ended' | 'gone'> {
  const { stdin, stdout } = process;
  const screen = screenOf(stdin, stdout);
  const ended = Promise.withResolvers<'ended'>();
  let says = '';
  let top = 0;
  /** The path that was written to last, until it was brought into sight. */
  let written: string | null = null;

  function around() {
    const head = [...legend(shown), ''];
    const foot = [
      'What is written to C goes to the writable branch, in memory: A and B stay.',
      `another shell: ${wayIn(shown)}`,
      says,
      KEYS,
    ];
    return { head, foot };
  }

  function draw(): void {
    const { columns, rows } = stdout;
    const listed = shown.list(MOST_ENTRIES);
    const scene = around();
    const reveal = written === null ? -1 : listed.entries.findIndex(({ entry }) => entry.path === written);
    top = within(top, listed.entries.length, tableRoom(scene, rows), reveal);
    written = null;
    screen.print(frame({ ...scene, listed, top }, { columns, rows }, output));
  }

  function write(kind: 'change' | 'remove'): void {
    const { merged } = shown.mounted.reachable;
    const entry = untouchedFiles(shown.list(MOST_ENTRIES).entries, shown.spec.user)[kind];
    if (entry === null) {
      says = `there is no small file left at the top to ${kind === 'change' ? 'change' : 'delete'}`;
      return;
    }
    const refused = kind === 'change' ? changeFile(merged, entry.name) : deleteFile(merged, entry.name);
    const line = kind === 'change' ? `echo … >> C/${entry.name}` : `rm C/${entry.name}`;
    written = entry.path;
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
  const onKey = (key: string) => {
    if (ENDS.includes(key)) {
      ended.resolve('ended');
    } else if (key === SUSPEND) {
      job.suspend();
    } else if (key === 'c' || key === 'd') {
      write(key === 'c' ? 'change' : 'remove');
      draw();
    } else {
      const to = scrolled(top, key, tableRoom(around(), stdout.rows));
      if (to !== null) {
        top = to;
        draw();
      }
    }
  };
  const onKeys = (typed: Buffer) => typedKeys(typed.toString('latin1')).forEach(onKey);
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
