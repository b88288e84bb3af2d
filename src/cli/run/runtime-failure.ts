import { ImageFailure } from '../../runtime/image/image-failure.ts';
import { RequestFailed } from '../../runtime/lifecycle/request-failed.ts';
import { StateFailure } from '../../runtime/state/state-failure.ts';
import { WrongValue } from '../../runtime/wrong-value.ts';
import { CliFailure, isCliFailure } from '../failure.ts';

type Told = { readonly what: string; readonly why: string; readonly remedy: string | null };

/** Whether the runtime said for people what went wrong. */
export function isTold(error: unknown): error is Told {
  return (
    error instanceof RequestFailed ||
    error instanceof StateFailure ||
    error instanceof ImageFailure ||
    error instanceof WrongValue
  );
}

/** What failed, as a command tells it. Throws what is a fault of ours. */
export function toldFailure(error: unknown): CliFailure {
  if (isTold(error)) {
    return new CliFailure(1, `${error.what}: ${error.why}`, error.remedy);
  }
  if (isCliFailure(error)) {
    return error;
  }
  throw error;
}
