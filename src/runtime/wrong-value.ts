/** A value that a person gave and that cannot be used: which (`--ulimit nofile=x`), and why or what is allowed. */
export class WrongValue extends Error {
  readonly what: string;
  readonly why: string;
  readonly remedy: null = null;

  constructor(what: string, why: string) {
    super(`${what}: ${why}`);
    this.name = 'WrongValue';
    this.what = what;
    this.why = why;
  }
}
