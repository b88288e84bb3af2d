import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { nativeFile } from '../native/native-file.ts';
import { type HelperProcess, startHelperProcess } from './helper-process.ts';
import { encodePlan } from './plan/encode.ts';
import type { Step } from './plan/step.ts';
import type { ProcessRef } from './spec.ts';
import { isRunning } from './state/process-ref.ts';
import { parseStatusLine, type StatusLine } from './status-line.ts';

/** What the helper said of one step. */
export type StepReport = {
  readonly step: Step;
  /** How many steps the plan has. */
  readonly total: number;
  /** The errno's name, `ENOENT`; null: done. */
  readonly error: string | null;
  /** What the kernel answered or shows now: a process id, a value read back, a namespace. */
  readonly detail: string;
};

/** How the command ended, or why it never began. */
export type Outcome =
  | {
      readonly kind: 'ended';
      /** The command's own, or 128 + the signal. */
      readonly code: number;
      readonly signal: number | null;
    }
  /** The container runs on without this process: only where `detached`. */
  | { readonly kind: 'detached' }
  | {
      readonly kind: 'failed';
      /** 125 our failure, 126 not executable, 127 not found. */
      readonly code: number;
      /** Null: the helper itself could not be started, or died. */
      readonly step: Step | null;
      /** The errno's name; null where there is none. */
      readonly error: string | null;
      readonly detail: string;
    };

type Failed = Outcome & { readonly kind: 'failed' };

export type LaunchOptions = {
  /** `run` or `exec`, and the container's name: for who reads the process list. */
  readonly verb: 'run' | 'exec';
  readonly name: string;
  readonly detached: boolean;
  /** The helper is in a session of its own, as where `detached`: what ends our whole group leaves it time to clean up. */
  readonly apart?: boolean;
  /** The helper exists and has been told nothing yet: what must be known of it if we die is written here. */
  readonly onHelper?: (pid: number) => void;
  /** Called for every step done or refused, in order; leaving it out makes the start faster. */
  readonly onStep?: (report: StepReport) => void;
  /** The helper waits before each step until this settles. */
  readonly beforeStep?: (step: Step, total: number) => Promise<void>;
  /** The first process exists; its command may not run yet. */
  readonly onProcess?: (process: ProcessRef) => void;
  /** Once, when the command runs. */
  readonly onRunning?: () => void;
};

const { signals } = constants;

/** Signals that reach the helper by themselves or are handed on to it, so that they reach the container. */
const forwarded: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
];

/**
 * Hands the steps to nsview-init and follows it: to the command's end, or to its start where `detached`. Never throws.
 * The command may inherit our standard streams: who asks for `process.stdin` or writes by `process.stdout` meanwhile makes
 * them non-blocking for it too. Write by `writeSync`.
 */
export function launch(steps: readonly Step[], options: LaunchOptions): Promise<Outcome> {
  const { verb, name, detached, onStep, beforeStep } = options;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let failed = null as Failed | null;
  let ended = null as Outcome | null;
  let settled = false;
  let waiting = false;
  let givenUp = null as NodeJS.Signals | null;
  let first = null as ProcessRef | null;
  let asked = 0;
  let grace = null as NodeJS.Timeout | null;
  let stopForwarding = () => {};

  let helper = null as HelperProcess | null;
  const settle = (outcome: Outcome) => {
    stopForwarding();
    if (grace !== null) clearTimeout(grace);
    helper?.hangUp();
    settled = true;
    resolve(grace !== null && outcome.kind === 'ended' ? { ...outcome, code: 128 + signals.SIGHUP } : outcome);
  };
  const take = (line: StatusLine) => {
    const step = 'id' in line ? (steps[line.id] ?? null) : null;
    if (line.kind === 'step' && step !== null) {
      options.onStep?.({ step, total: steps.length, error: line.error, detail: line.detail });
    }
    if (line.kind === 'pause' && step !== null && givenUp === null) {
      waiting = true;
      void options.beforeStep?.(step, steps.length).then(() => {
        waiting = false;
        helper?.send(GO_ON);
      });
    }
    if (line.kind === 'pid') {
      first = line.process;
      options.onProcess?.(line.process);
    }
    if (line.kind === 'failed') failed = { kind: 'failed', code: 125, step, error: line.error, detail: line.detail };
    if (line.kind === 'exit') ended = { kind: 'ended', code: line.code, signal: line.signal };
    if (line.kind !== 'running') return;
    options.onRunning?.();
    if (detached) settle({ kind: 'detached' });
  };
  const lines = linesTo(take);
  const started = startHelperProcess(helperPlace(), [verb, name], detached || options.apart === true, {
    onText: (text) => {
      if (!settled) lines(text);
      return settled;
    },
    onEnd: (code, signal) => {
      if (settled) return;
      if (givenUp !== null) {
        const detail = `given up before this step (${givenUp})`;
        settle({ kind: 'failed', code: 128 + signals[givenUp], step: failed?.step ?? null, error: null, detail });
      } else if (failed !== null) {
        settle({ ...failed, code: code ?? 125 });
      } else {
        const detail = `the helper ended by ${signal === null ? code : signalName(signal)}`;
        settle(ended ?? { kind: 'failed', code: 125, step: null, error: null, detail });
      }
    },
  });
  if (!('pid' in started)) {
    return Promise.resolve({ kind: 'failed', code: 125, step: null, ...started });
  }
  helper = started;
  const force = () => {
    // The helper ends what we may not, as at our own end.
    if (ended === null && (first === null || !killProcess(first))) started.hangUp();
  };
  const signalled = (signal: NodeJS.Signals, fromTerminal: boolean) => {
    if (ended !== null && signal !== 'SIGWINCH') {
      // Its last words only wait for a reader.
      started.hangUp();
    } else if (waiting && signal !== 'SIGWINCH') {
      // Its command is far away yet: the helper takes the end of its launcher for the end of the start.
      givenUp = signal;
      started.hangUp();
    } else {
      if (!fromTerminal) started.kill(signal);
      // A PID 1 ignores what it has no handler for: the terminal's end, and whoever insists, must end it all the same.
      if (signal === 'SIGHUP') grace ??= setTimeout(force, HANG_UP_MS);
      if (signal === 'SIGINT' || signal === 'SIGTERM') asked += 1;
      if (asked >= MOST_ASKED) force();
    }
  };
  if (!detached) stopForwarding = forwardSignals(signalled);
  options.onHelper?.(started.pid);
  // Only now: meanwhile the helper has got ready.
  started.send(encodePlan(steps, { report: onStep !== undefined, pause: beforeStep !== undefined, detached }));
  return promise;
}

/** How long a command has to end by itself once its terminal is gone. */
const HANG_UP_MS = 1000;

/** The SIGINT or SIGTERM that kills, as the one that ends Docker's client. */
const MOST_ASKED = 3;

/** Does nothing to another process that has its number by now. False: it belongs to another user. */
function killProcess(ref: ProcessRef): boolean {
  try {
    return !isRunning(ref) || process.kill(ref.pid, 'SIGKILL');
  } catch {
    return !isRunning(ref);
  }
}

/** What a helper that waits before a step goes on for. */
const GO_ON = Buffer.from('\n');

/** Puts together what comes in pieces. */
function linesTo(take: (line: StatusLine) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) {
      const line = parseStatusLine(each);
      if (line !== null) take(line);
    }
  };
}

function signalName(signal: number): string {
  return Object.entries(signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
}

/** What the terminal sends to its whole group: the helper has it already. */
const byTerminal = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT', 'SIGWINCH']);

/** Until it is undone, none of these ends us. */
function forwardSignals(take: (signal: NodeJS.Signals, fromTerminal: boolean) => void): () => void {
  const handlers = forwarded.map((signal) => {
    const handle = () => take(signal, byTerminal.has(signal) && isatty(0));
    process.on(signal, handle);
    return { signal, handle };
  });
  return () => {
    for (const { signal, handle } of handlers) process.off(signal, handle);
  };
}

export function helperPlace(): string {
  return nativeFile('nsview-init');
}
