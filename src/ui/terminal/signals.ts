import { constants } from 'node:os';
import process from 'node:process';

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Handlers = {
  /** The exit status a shell expects: 128 and the signal's number. */
  readonly onEnd: (status: number) => void;
  readonly onSuspend: () => void;
  /** Called on every way out that can be seen, a crash included; it must not throw. */
  readonly onExit: () => void;
};

/** Listens for what ends or stops the program; returns what ends the listening. */
export function followSignals({ onEnd, onSuspend, onExit }: Handlers): () => void {
  const ends = ENDING.map((signal) => [signal, () => onEnd(128 + constants.signals[signal])] as const);
  for (const [signal, end] of ends) {
    process.on(signal, end);
  }
  process.on('SIGTSTP', onSuspend);
  process.on('exit', onExit);
  process.on('uncaughtExceptionMonitor', onExit);
  return () => {
    for (const [signal, end] of ends) {
      process.off(signal, end);
    }
    process.off('SIGTSTP', onSuspend);
    process.off('exit', onExit);
    process.off('uncaughtExceptionMonitor', onExit);
  };
}

/** A stop that the kernel refuses (nobody is there to continue us: an orphaned process group) is over at once. */
const REFUSED_MS = 300;

/** Stops the whole job, as Ctrl-Z does; resolves when it was continued. */
export function stopJob(onSuspend: () => void): Promise<void> {
  return new Promise((resolve) => {
    const goOn = () => {
      clearTimeout(timer);
      process.off('SIGCONT', goOn);
      process.on('SIGTSTP', onSuspend);
      resolve();
    };
    const timer = setTimeout(goOn, REFUSED_MS);
    process.on('SIGCONT', goOn);
    process.off('SIGTSTP', onSuspend);
    process.kill(0, 'SIGTSTP');
  });
}
