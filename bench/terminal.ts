import path from 'node:path';
import { build } from 'esbuild';
import { launcher } from '../test/support/nsview.ts';
import { openTerminal } from '../test/support/terminal.ts';
import { makeWorkDir, removeWorkDir } from '../test/support/work-dir.ts';
import { interleave, type Row, timedProgram } from './measure.ts';

/** One Ink file, bundled and minified as we bundle our own. Returns its path. */
async function bundleBareInk(workDir: string): Promise<string> {
  const outfile = path.join(workDir, 'bare-ink.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'bare-ink.tsx')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    plugins: [
      {
        name: 'no-developer-tools',
        setup(bundler) {
          bundler.onResolve({ filter: /^react-devtools-core$/ }, (args) => ({ path: args.path, namespace: 'empty' }));
          bundler.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }));
        },
      },
    ],
    logLevel: 'error',
  });
  return outfile;
}

/** Milliseconds from the start of the program until its screen shows the text. */
async function firstFrame(command: readonly [string, ...string[]], text: string): Promise<number> {
  const start = performance.now();
  const terminal = openTerminal({ command });
  await terminal.waitFor(text);
  const elapsed = performance.now() - start;
  await terminal.close();
  return elapsed;
}

/** The first picture of the dashboard against Ink's, and `ps` against Node's own start. */
export async function benchStart(): Promise<Row[]> {
  const workDir = makeWorkDir();
  try {
    const ink = await bundleBareInk(workDir);
    const node = process.execPath;
    const [frame = 0, bare = 0, ps = 0, empty = 0] = await interleave(
      11,
      () => firstFrame([launcher, '--engine', 'none'], 'nsview'),
      () => firstFrame([node, ink], 'hello from ink, row 20'),
      () => timedProgram(launcher, 'ps'),
      () => timedProgram(node, '-e', '0'),
    );
    return [
      { what: 'first frame', ours: frame, peer: { name: 'bare Ink', value: bare }, unit: 'ms', target: 0.5 },
      { what: 'nsview ps', ours: ps, peer: { name: 'node -e 0', value: empty }, unit: 'ms', target: 2.5 },
    ];
  } finally {
    await removeWorkDir(workDir);
  }
}
