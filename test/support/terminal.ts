import { type IPty, spawn } from '@lydell/node-pty';
import headless from '@xterm/headless';
import { cleanEnvironment } from './command.ts';
import { launcher } from './nsview.ts';

/** Keys by name, as a terminal sends them; anything else is typed as it stands. */
const keys = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  'ctrl-c': '\x03',
  'ctrl-z': '\x1a',
} as const;

type Key = keyof typeof keys;

export type Terminal = {
  readonly pid: number;
  /** The lines of the screen, without the blanks at their ends. */
  screen(): readonly string[];
  /** Sends named keys, one after the other. */
  press(...names: readonly Key[]): void;
  /** Sends text as a person types it. */
  type(text: string): void;
  resize(columns: number, rows: number): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves as soon as the screen shows the text or satisfies the predicate; it is asked after each output. */
  waitFor(what: string | RegExp | ((screen: readonly string[]) => boolean), milliseconds?: number): Promise<void>;
  /** Resolves with the status of the program, when everything that it wrote has been drawn. */
  exited: Promise<{ readonly exitCode: number; readonly signal: number }>;
  isAlternate(): boolean;
  isCursorShown(): boolean;
  hasMouse(): boolean;
  /** Every byte that came, for what no screen shows. */
  transcript(): string;
  /** Ends the program if it still runs. */
  close(): Promise<void>;
};

export type TerminalOptions = {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: { readonly [name: string]: string };
  /** What runs in the terminal; nsview unless said otherwise. */
  readonly command?: readonly [string, ...string[]];
};

/** Runs a program in a real pseudo terminal whose screen a headless emulator keeps. */
export function openTerminal({ columns = 100, rows = 30, env = {}, command = [launcher] }: TerminalOptions): Terminal {
  const emulator = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  const [file, ...args] = command;
  const pty: IPty = spawn(file, args, {
    name: 'xterm-256color',
    cols: columns,
    rows,
    env: { ...cleanEnvironment, TERM: 'xterm-256color', COLORTERM: 'truecolor', ...env },
  });
  let transcript = '';
  let hasExited = false;
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  // A question of the program (cursor position, attributes) is answered as a terminal does.
  emulator.onData((answer) => {
    if (!hasExited) pty.write(answer);
  });
  pty.onData((data) => {
    transcript += data;
    emulator.write(data, changed);
  });
  const exited = new Promise<{ exitCode: number; signal: number }>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      hasExited = true;
      emulator.write('', () => {
        changed();
        resolve({ exitCode, signal: signal ?? 0 });
      });
    });
  });
  const screen = () => {
    const { active } = emulator.buffer;
    return Array.from({ length: emulator.rows }, (_, index) => {
      return active.getLine(active.viewportY + index)?.translateToString(true) ?? '';
    });
  };
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (!hasExited) process.kill(pty.pid, signal);
    } catch {
      // It ended a moment ago, and the news is on its way.
    }
  };
  return {
    pid: pty.pid,
    screen,
    press: (...names) => {
      for (const name of names) pty.write(keys[name]);
    },
    type: (text) => pty.write(text),
    resize(newColumns, newRows) {
      emulator.resize(newColumns, newRows);
      pty.resize(newColumns, newRows);
    },
    kill,
    waitFor(what, milliseconds = 20_000) {
      const holds = () => {
        if (typeof what === 'function') return what(screen());
        const text = screen().join('\n');
        return typeof what === 'string' ? text.includes(what) : what.test(text);
      };
      return new Promise((resolve, reject) => {
        const settle = (end: () => void) => {
          clearTimeout(timer);
          watchers.delete(look);
          end();
        };
        const fail = (why: string) => reject(new Error(`${why}: ${what}\n${screen().join('\n')}`));
        const look = () => {
          if (holds()) settle(resolve);
          else if (hasExited) settle(() => fail('the program ended before the screen showed'));
        };
        const timer = setTimeout(() => settle(() => fail('the screen did not show')), milliseconds);
        watchers.add(look);
        look();
      });
    },
    exited,
    isAlternate: () => emulator.buffer.active.type === 'alternate',
    isCursorShown: () => transcript.lastIndexOf('\x1b[?25h') >= transcript.lastIndexOf('\x1b[?25l'),
    hasMouse: () => emulator.modes.mouseTrackingMode !== 'none',
    transcript: () => transcript,
    async close() {
      kill('SIGKILL');
      await exited;
      emulator.dispose();
    },
  };
}
