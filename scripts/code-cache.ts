import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** The code of a bundled script, every function compiled, for the very V8 that runs this. The script is ASCII. */
export function codeCache(script: string): Uint8Array {
  setFlagsFromString('--no-lazy');
  const compiled = new Script(script);
  // As it was when Node started: V8 compares the flags, too.
  setFlagsFromString('--lazy');
  return compiled.createCachedData();
}
