import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { constants, Script } from 'node:vm';

/**
 * Runs a bundled script, which is one function of what CommonJS expects around it. The code that was compiled when it was
 * bundled stands beside it and is trusted as it is. Where it is not there, or V8 refuses it for another version's, the
 * script is compiled as ever. Returns its exports.
 */
export function loadPart(path: string, require: NodeJS.Require): unknown {
  const module = { exports: {} };
  const cache = `${path}.cache`;
  const script = new Script(readFileSync(path, 'latin1'), {
    filename: path,
    ...(existsSync(cache) ? { cachedData: readFileSync(cache) } : {}),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const run: (...scope: unknown[]) => void = script.runInThisContext();
  run(module.exports, require, module, path, dirname(path));
  return module.exports;
}
