/** Why something asked of a container cannot be: one line, and what to do about it. */
export class RequestFailed extends Error {
  readonly what: string;
  readonly why: string;
  readonly remedy: string | null;

  constructor(what: string, why: string, remedy: string | null = null) {
    super(`${what}: ${why}`);
    this.name = 'RequestFailed';
    this.what = what;
    this.why = why;
    this.remedy = remedy;
  }
}

/** How a failure calls a container: `container 'web'`. */
export function called(name: string): string {
  return `container '${name}'`;
}
