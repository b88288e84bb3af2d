import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export type MouseReport =
  | { readonly kind: 'press'; readonly x: number; readonly y: number }
  | { readonly kind: 'wheel'; readonly lines: number };

/** What Ink's key parser swallows, and we want. */
type Outside = {
  readonly onMouse: (report: MouseReport) => void;
  readonly onKey: (key: string) => void;
};

/** SGR mouse reports and the three ways to say F1: xterm's ctlseqs. */
const OUTSIDE = /\u001b\[<(\d+);(\d+);(\d+)([Mm])|\u001bOP|\u001b\[11~|\u001b\[\[A/g;
/** The beginning of a mouse report whose rest is still to come. */
const BEGUN = /\u001b(\[(<[\d;]*)?)?$/;
/** How long the beginning may be waited for: it may be the Escape key. */
const WAIT_MS = 20;
const WHEEL_LINES = 3;
const ESCAPE = '\u001b';

/** Takes out of typed text what is for us, and says what of it is left for the key parser. */
function sift(text: string, outside: Outside): { readonly keys: string; readonly begun: string } {
  const begun = BEGUN.exec(text)?.[0] ?? '';
  const whole = begun === '' ? text : text.slice(0, -begun.length);
  const keys = whole.replace(OUTSIDE, (_all, button, x, y, end) => {
    if (button === undefined) {
      outside.onKey('f1');
      return '';
    }
    const report = reportOf(Number(button), Number(x) - 1, Number(y) - 1, end === 'M');
    if (report !== null) {
      outside.onMouse(report);
    }
    return '';
  });
  return { keys, begun };
}

function reportOf(button: number, x: number, y: number, pressed: boolean): MouseReport | null {
  if (button === 64 || button === 65) {
    return { kind: 'wheel', lines: button === 64 ? -WHEEL_LINES : WHEEL_LINES };
  }
  return button === 0 && pressed ? { kind: 'press', x, y } : null;
}

/** Standard input as Ink reads it, without mouse reports. */
export type Input = {
  readonly stream: NodeJS.ReadStream;
  /** Leaves what is typed to somebody else. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => void;
};

export function openInput(stdin: NodeJS.ReadStream, outside: Outside): Input {
  const passed = new PassThrough();
  const decoder = new StringDecoder('utf8');
  let begun = '';
  let timer: NodeJS.Timeout | undefined;
  const pass = (keys: string) => {
    if (keys !== '') {
      passed.write(keys);
    }
  };
  const giveUp = () => {
    pass(begun);
    begun = '';
  };
  const onData = (chunk: Buffer | string) => {
    clearTimeout(timer);
    const text = begun + (typeof chunk === 'string' ? chunk : decoder.write(chunk));
    const sifted = text === ESCAPE ? { keys: text, begun: '' } : sift(text, outside);
    begun = sifted.begun;
    pass(sifted.keys);
    timer = begun === '' ? undefined : setTimeout(giveUp, WAIT_MS);
  };
  stdin.on('data', onData);
  const stream = Object.assign(passed, {
    isTTY: true,
    setRawMode: (on: boolean) => {
      stdin.setRawMode(on);
      return stream;
    },
    ref: () => {
      stdin.ref();
      return stream;
    },
    unref: () => {
      stdin.unref();
      return stream;
    },
  }) as unknown as NodeJS.ReadStream;
  const pause = () => {
    clearTimeout(timer);
    begun = '';
    stdin.off('data', onData);
    stdin.pause();
  };
  return {
    stream,
    pause,
    resume: () => {
      stdin.on('data', onData);
      stdin.resume();
    },
    close: () => {
      pause();
      passed.destroy();
    },
  };
}
