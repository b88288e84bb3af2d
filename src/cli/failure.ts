import { printable } from '../present/printable.ts';

/** Exit status of interface: 1, the request failed; 2, wrong usage. */
type FailureStatus = 1 | 2;

/** What ends a command: one line for people, and what to do about it. */
export class CliFailure extends Error {
  readonly status: FailureStatus;
  readonly remedy: string | null;

  constructor(status: FailureStatus, message: string, remedy: string | null) {
    super(message);
    this.name = 'CliFailure';
    this.status = status;
    this.remedy = remedy;
  }
}

/** Also one that a part loaded later has thrown, whose class is its own. */
export function isCliFailure(error: unknown): error is CliFailure {
  return error instanceof Error && error.name === 'CliFailure';
}

/** `what: why`, and the remedy where there is one. */
export function requestFailed(what: string, why: string, remedy: string | null = null): CliFailure {
  return new CliFailure(1, `${what}: ${why}`, remedy);
}

export function wrongUsage(what: string, why: string, remedy: string | null = null): CliFailure {
  return new CliFailure(2, `${what}: ${why}`, remedy);
}

/** How a failure is told on stderr: one line, the remedy below it; the stack only for who asks for it. */
export function failureText(error: unknown, debug: boolean): string {
  const { message, remedy } = isCliFailure(error) ? error : toldOf(error);
  const lines = [`nsview: ${message}`, ...(remedy === null ? [] : [remedy])];
  const told = `${lines.map((line) => printable(line)).join('\n')}\n`;
  return debug && error instanceof Error ? `${told}${error.stack ?? ''}\n` : told;
}

/** A system call on a file of the user's that failed: `what: no space left on device (ENOSPC)`. Other errors stay as they are. */
export function fileFailure(what: string, error: unknown, remedy: string | null = null): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === undefined || syscall === undefined ? error : requestFailed(what, whyOf(error as Error), remedy);
}

/** Node's `ENOENT: no such file or directory, open '/x'` without what was called for which path. */
function whyOf({ message, code, syscall }: NodeJS.ErrnoException): string {
  const why = message.replace(`${code}: `, '');
  const call = why.lastIndexOf(`, ${syscall}`);
  return `${call === -1 ? why : why.slice(0, call)} (${code})`;
}

/** A failed system call speaks for itself; anything else is a fault of ours. */
function toldOf(error: unknown): Pick<CliFailure, 'message' | 'remedy'> {
  const { code, syscall, message }: Partial<NodeJS.ErrnoException> = error instanceof Error ? error : {};
  if (code !== undefined && syscall !== undefined) {
    const why = message?.replace(`${code}: `, '').replace(`, ${syscall}`, '');
    return { message: `${syscall}: ${why} (${code})`, remedy: null };
  }
  return {
    message: `unexpected failure: ${message ?? String(error)}`,
    remedy: 'Run it again with NSVIEW_DEBUG=1 to see where.',
  };
}
