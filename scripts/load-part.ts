import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { constants, Script } from 'node:vm';

/**
 * Runs a bundled script, which is one function of what CommonJS expects around it. The code that was compiled when it was
 * bundled stands beside it and is trusted as it is. V8 refuses the code of another version of itself, and then compiles
 * the script as ever. Returns its exports.
 */
export function loadPart(path: string, require: NodeJS.Require): unknown {
  const module = { exports: {} };
  const script = new Script(readFileSync(path, 'latin1'), {
    filename: path,
    cachedData: readFileSync(`${path}.cache`),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const run: (...scope: unknown[]) => void = script.runInThisContext();
  run(module.exports, require, module, path, dirname(path));
  return module.exports;
}
