import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import {
  compileUsualFilters,
  leaveOutUnused,
  loadBuiltinsLate,
  loadStringWidthLate,
  requireBuiltins,
} from './bundle-plugins.ts';
import { codeCache } from './code-cache.ts';

/** A file of dist/. */
export type BundleFile = { readonly name: string; readonly contents: Uint8Array | string };

const ENTRY = 'src/main.ts';

/**
 * Parts that are loaded whole, each with its compiled code beside it: loaded so, a command starts in half the time. Each
 * may load those before it.
 */
const PARTS = [
  'src/cli/run/foreign-target.ts',
  'src/cli/run/run-program.ts',
  'src/cli/run/exec-program.ts',
  'src/cli/run/union-program.ts',
  'src/cli/run/runtime-program.ts',
  'src/cli/dashboard.ts',
  'src/cli/program.ts',
  'src/cli/whole-program.ts',
];

/** What those load later, if at all: too much to be compiled with them. Ink can be a module only. */
const MODULES = [
  'src/ui/run-dashboard.tsx',
  'src/cli/inspect/schema-document.ts',
  'src/probes/engines/socket.ts',
  'src/probes/engines/socket-follow.ts',
];

/** Bundles the program. The entry comes last. */
export async function bundle(root: string): Promise<readonly BundleFile[]> {
  const files = [...(await bundleModules(root))];
  const places = new Map<string, string>();
  for (const entry of PARTS) {
    const contents = asFunction(await bundleScript(root, entry, places));
    // The name holds the hash, so that no code is ever taken for another script's.
    const hash = createHash('sha256').update(contents).digest('hex').slice(0, 8);
    const name = `${posix.basename(entry, '.ts')}-${hash}.cjs`;
    places.set(entry, name);
    files.push({ name, contents }, { name: `${name}.cache`, contents: codeCache(contents) });
  }
  return [...files, { name: 'nsview.cjs', contents: await bundleScript(root, ENTRY, places) }];
}

function shared(root: string): BuildOptions & { write: false } {
  return {
    write: false,
    absWorkingDir: root,
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node22',
    minify: true,
    legalComments: 'linked',
    define: { 'process.env.NODE_ENV': '"production"', 'Intl.Segmenter': 'LazySegmenter' },
    inject: [fileURLToPath(import.meta.resolve('./lazy-segmenter.ts'))],
    logLevel: 'warning',
  };
}

/** Split ES modules. */
async function bundleModules(root: string): Promise<readonly BundleFile[]> {
  const { outputFiles } = await build({
    ...shared(root),
    entryPoints: MODULES,
    entryNames: '[name]',
    splitting: true,
    format: 'esm',
    // Dependencies in CommonJS call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [leaveOutUnused, requireBuiltins, loadStringWidthLate],
  });
  return outputFiles.map(({ path, contents }) => ({ name: posix.basename(path), contents }));
}

/** A script in CommonJS as a function of what it expects around it. */
function asFunction(script: string): string {
  return `(function (exports, require, module, __filename, __dirname) {${script}})\n`;
}

/** One script, in ASCII. */
async function bundleScript(root: string, entry: string, places: ReadonlyMap<string, string>): Promise<string> {
  const options = shared(root);
  const { outputFiles } = await build({
    ...options,
    entryPoints: [entry],
    format: 'cjs',
    legalComments: 'none',
    define: { ...options.define, 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [leaveOutUnused, loadStringWidthLate, loadBuiltinsLate, compileUsualFilters, importFromDist(root, places)],
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** What a script imports later: a module that stands beside it, or a part, which is run with its compiled code. */
function importFromDist(root: string, places: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'import-from-dist',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        if (kind !== 'dynamic-import') {
          return null;
        }
        const source = posix.relative(root, posix.join(resolveDir, path));
        if (MODULES.includes(source)) {
          return { path: `./${posix.basename(source).replace(/\.tsx?$/, '.js')}`, external: true };
        }
        const part = places.get(source);
        return part === undefined ? null : { path: part, namespace: 'part' };
      });
      onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
        contents: `const { loadPart } = require('./load-part.ts');
          module.exports = loadPart(__dirname + ${JSON.stringify(`/${path}`)}, require);`,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      }));
    },
  };
}
