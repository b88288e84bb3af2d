import { ImageFailure } from '../../runtime/image/image-failure.ts';
import { RequestFailed } from '../../runtime/lifecycle/request-failed.ts';
import { StateFailure } from '../../runtime/state/state-failure.ts';
import { WrongValue } from '../../runtime/wrong-value.ts';

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
