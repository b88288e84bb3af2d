import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.ts';

/** Makes dist/: the program, so that a command loads only what it needs, and the native library. */

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = `${ROOT}dist`;

/** Writes file by file, the entry last: a program that starts meanwhile finds the old one or the new one. */
async function writeBundle(): Promise<void> {
  const files = await bundle(ROOT);
  mkdirSync(DIST, { recursive: true });
  for (const { name, contents } of files) {
    writeFileSync(`${DIST}/${name}.new`, contents);
    renameSync(`${DIST}/${name}.new`, `${DIST}/${name}`);
  }
  const written = new Set(files.map(({ name }) => name));
  for (const name of readdirSync(DIST)) {
    if (name !== 'native' && !written.has(name)) {
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

await writeBundle();
buildNative();
chmodSync(`${ROOT}bin/nsview`, 0o755);
