import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Makes dist/: the program as split ES modules, so that a command loads only what it needs, and the native library. */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = `${ROOT}dist`;

/** What a dependency asks for and nsview never uses: React's developer tools, Docker over ssh. */
const UNUSED = /^(react-devtools-core|ssh2|cpu-features)$/;

/** What Commander imports for rare needs, at a price of 5 ms: other programs as subcommands, text without its colours. */
const COMMANDERS: { readonly [module: string]: string } = {
  'node:child_process': 'export default {};',
  'node:util': `export const stripVTControlCharacters = (text) =>
    process.getBuiltinModule('node:util').stripVTControlCharacters(text);`,
};

const leaveOutUnused: Plugin = {
  name: 'leave-out-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'export default {};' }));
    onResolve({ filter: /^node:/ }, ({ importer, path }) =>
      importer.includes('/node_modules/commander/') && path in COMMANDERS ? { path, namespace: 'commander' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'commander' }, ({ path }) => ({ contents: COMMANDERS[path] ?? '' }));
  },
};

/**
 * An import of one of Node's modules reads all of its properties, and so makes process open stdin and fs load its streams
 * (8 ms of every start); `require` reads those that are used.
 */
const requireBuiltins: Plugin = {
  name: 'require-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      namespace === 'builtin' ? { path, external: true } : { path, namespace: 'builtin' },
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};

/**
 * string-width compiles its Unicode patterns when it is loaded (10 ms); plain ASCII never needs them. A `require` within a
 * function is what the bundler turns into loading on first use.
 */
const loadStringWidthLate: Plugin = {
  name: 'load-string-width-late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ namespace, path, resolveDir }) =>
      namespace === 'late' ? null : { path, namespace: 'late', pluginData: resolveDir },
    );
    onLoad({ filter: /.*/, namespace: 'late' }, ({ pluginData }) => ({
      contents: `let measure;
        export default (text, options) => (measure ??= require('string-width').default)(text, options);`,
      resolveDir: pluginData,
    }));
  },
};

/** Writes the bundle file by file, the entry last: a program that starts meanwhile finds the old one or the new one. */
async function bundle(): Promise<void> {
  const { outputFiles } = await build({
    write: false,
    absWorkingDir: ROOT,
    entryPoints: { nsview: 'src/main.ts' },
    outdir: DIST,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minify: true,
    legalComments: 'linked',
    external: ['koffi'],
    define: { 'process.env.NODE_ENV': '"production"', 'Intl.Segmenter': 'LazySegmenter' },
    inject: [fileURLToPath(import.meta.resolve('./lazy-segmenter.ts'))],
    // Dependencies in CommonJS call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [leaveOutUnused, requireBuiltins, loadStringWidthLate],
    logLevel: 'warning',
  });
  mkdirSync(DIST, { recursive: true });
  const entry = `${DIST}/nsview.js`;
  for (const { path, contents } of outputFiles.sort((a, b) => Number(a.path === entry) - Number(b.path === entry))) {
    writeFileSync(`${path}.new`, contents);
    renameSync(`${path}.new`, path);
  }
  const written = new Set(outputFiles.map(({ path }) => path));
  for (const name of readdirSync(DIST)) {
    if (name !== 'native' && !written.has(`${DIST}/${name}`)) {
      rmSync(`${DIST}/${name}`, { recursive: true });
    }
  }
}

/** What `make` is asked for, for which architecture, with which compiler, and where below build/ it leaves it. */
type Target = { readonly name: string; readonly arch: string; readonly compiler: string; readonly folder: string };

const OWN: Target = { name: 'all', arch: process.arch, compiler: 'cc', folder: '' };
const CROSS: Target = { name: 'arm64', arch: 'arm64', compiler: 'aarch64-linux-gnu-gcc', folder: 'linux-arm64/' };

const NATIVE_FILES: readonly string[] = ['libnsview.so', 'nsview-init', 'nsview-demo'];

/** Builds the native parts for this machine, and for arm64 where its compiler is at hand. */
function buildNative(): void {
  if (!present(OWN.compiler) || !compile(OWN)) {
    console.log('no native library for this machine: plain Node will read /proc instead');
  }
  if (OWN.arch !== CROSS.arch && present(CROSS.compiler)) {
    compile(CROSS);
  }
}

function present(compiler: string): boolean {
  return spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status === 0;
}

function compile({ name, arch, folder }: Target): boolean {
  const made = spawnSync('make', ['-C', `${ROOT}native`, '-s', name], { stdio: 'inherit' });
  if (made.status !== 0) {
    return false;
  }
  mkdirSync(`${DIST}/native/linux-${arch}`, { recursive: true });
  for (const file of NATIVE_FILES) {
    const place = `${DIST}/native/linux-${arch}/${file}`;
    // A container that starts meanwhile finds the old program or the new one.
    cpSync(`${ROOT}native/build/${folder}${file}`, `${place}.new`);
    renameSync(`${place}.new`, place);
  }
  return true;
}

await bundle();
buildNative();
chmodSync(`${ROOT}bin/nsview`, 0o755);
