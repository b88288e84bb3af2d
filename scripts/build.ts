import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Makes dist/: the program as split ES modules, so that a command loads only what it needs, and the native library. */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = `${ROOT}dist`;

/**
 * What a dependency asks for and nsview never uses: React's developer tools, Docker over ssh, and Commander's way to
 * start other programs (which costs every start the loading of node:child_process).
 */
const UNUSED = /^(react-devtools-core|ssh2|cpu-features)$/;

const leaveOutUnused: Plugin = {
  name: 'leave-out-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    onResolve({ filter: /^node:child_process$/ }, ({ importer, path }) =>
      importer.includes('/node_modules/commander/') ? { path, namespace: 'unused' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'export default {};' }));
  },
};

async function bundle(): Promise<void> {
  await build({
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
    define: { 'process.env.NODE_ENV': '"production"' },
    // Dependencies in CommonJS call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [leaveOutUnused],
    logLevel: 'warning',
  });
}

/** What `make` is asked for, for which architecture, with which compiler, and what comes of it. */
type Target = { readonly name: string; readonly arch: string; readonly compiler: string; readonly library: string };

const OWN: Target = { name: 'all', arch: process.arch, compiler: 'cc', library: 'libnsview.so' };
const CROSS: Target = {
  name: 'arm64',
  arch: 'arm64',
  compiler: 'aarch64-linux-gnu-gcc',
  library: 'linux-arm64/libnsview.so',
};

/** Builds libnsview.so for this machine, and for arm64 where its compiler is at hand. */
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

function compile({ name, arch, library }: Target): boolean {
  const made = spawnSync('make', ['-C', `${ROOT}native`, '-s', name], { stdio: 'inherit' });
  if (made.status !== 0) {
    return false;
  }
  mkdirSync(`${DIST}/native/linux-${arch}`, { recursive: true });
  cpSync(`${ROOT}native/build/${library}`, `${DIST}/native/linux-${arch}/libnsview.so`);
  return true;
}

rmSync(DIST, { recursive: true, force: true });
await bundle();
buildNative();
chmodSync(`${ROOT}bin/nsview`, 0o755);
