import { createPrinter, type Printer } from './printer.ts';

/**
 * The terminal while the dashboard has it: alternate screen, hidden cursor, raw mode. Entering and leaving happen here
 * and nowhere else; both may be asked for at any time and more than once.
 */
export type Screen = {
  readonly enter: () => void;
  readonly leave: () => void;
  /** Presses, releases and the wheel, as SGR reports: xterm's ctlseqs, "Mouse Tracking". */
  readonly setMouse: (on: boolean) => void;
  /** Nothing is written while somebody else has the terminal. */
  readonly print: Printer['print'];
  /** Something else wrote to the terminal, or it changed its size: every line is written next time. */
  readonly forget: () => void;
  readonly write: (text: string) => void;
};

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const MOUSE_ON = '\u001b[?1000h\u001b[?1006h';
const MOUSE_OFF = '\u001b[?1006l\u001b[?1000l';
/** Whatever was on, as a shell's printf(1) takes it. */
export const LEAVE_ALL = `${MOUSE_OFF}\u001b[0m${LEAVE}`.replaceAll('\u001b', '\\033');
const CLEAR = '\u001b[0m\u001b[H\u001b[2J';

const screens = new WeakMap<NodeJS.WriteStream, Screen>();

/** The one screen of a terminal. */
export function screenOf(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): Screen {
  const known = screens.get(stdout);
  if (known !== undefined) {
    return known;
  }
  const screen = createScreen(stdin, stdout);
  screens.set(stdout, screen);
  return screen;
}

function createScreen(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): Screen {
  let entered = false;
  let mouse = false;
  const write = (text: string) => {
    // A terminal that was closed takes nothing more; there is nobody left to tell.
    if (stdout.writable && !stdout.destroyed) {
      stdout.write(text);
    }
  };
  const printer = createPrinter(write);
  return {
    enter: () => {
      if (!entered) {
        entered = true;
        rawMode(stdin, true);
        write(ENTER + CLEAR + (mouse ? MOUSE_ON : ''));
        printer.forget();
      }
    },
    leave: () => {
      if (entered) {
        entered = false;
        write((mouse ? MOUSE_OFF : '') + LEAVE);
        rawMode(stdin, false);
      }
    },
    setMouse: (on) => {
      mouse = on;
      write(on ? MOUSE_ON : MOUSE_OFF);
    },
    print: (lines) => {
      if (entered) {
        printer.print(lines);
      }
    },
    forget: printer.forget,
    write,
  };
}

function rawMode(stdin: NodeJS.ReadStream, on: boolean): void {
  if (stdin.isTTY && !stdin.destroyed) {
    try {
      stdin.setRawMode(on);
    } catch {
      // EIO: the terminal was hung up.
    }
  }
}

/** OSC 52: the terminal copies it, also through ssh; where it does not know it, nothing happens. */
export function copySequence(text: string): string {
  return `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`;
}
