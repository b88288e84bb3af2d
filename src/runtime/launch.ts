import type { Step } from './plan/step.ts';
import type { ProcessRef } from './spec.ts';

/** What the helper said of one step. */
export type StepReport = {
  readonly step: Step;
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
      readonly code: 125 | 126 | 127;
      /** Null: the helper itself could not be started, or died. */
      readonly step: Step | null;
      readonly error: string;
    };

export type LaunchOptions = {
  /** Called for every step done or refused, in order; leaving it out makes the start faster. */
  readonly onStep?: (report: StepReport) => void;
  /** The helper waits before each step until this settles. */
  readonly beforeStep?: (step: Step) => Promise<void>;
  /** Once, when the command runs. */
  readonly onRunning?: (process: ProcessRef) => void;
};
