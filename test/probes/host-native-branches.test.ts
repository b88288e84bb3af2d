import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { isInstalled, run } from '../support/command.ts';
import { makeWorkDir } from '../support/work-dir.ts';

const work = makeWorkDir();
afterAll(() => rmSync(work, { recursive: true, force: true }));
mkdirSync(`${work}/in`);

const isRoot = process.getuid?.() === 0 && isInstalled('unshare');
if (!isRoot) console.log('skipped: a watch without /proc: it takes root and unshare(1) to mount something over it');

/** Where the library is loaded, and only then something else mounted at /proc: Node itself needs that to start. */
const program = `
import { execFileSync } from 'node:child_process';
const { openHost } = await import(process.argv[1]);
const { branches } = openHost();
const [root] = process.argv.slice(2);
const watch = (path) => {
  const reading = branches.watch(root, path, () => undefined);
  if (reading.status === 'ok') reading.value();
  return reading;
};
const found = [watch('/in').status];
execFileSync('mount', ['-t', 'tmpfs', 'none', '/proc']);
console.log(JSON.stringify([...found, watch('/in'), watch('/nowhere')]));
`;

describe.skipIf(!isRoot)('a watch of a directory of a branch', () => {
  it('says, without a /proc to name it by, that it is not to be had, and not that the directory is gone', async () => {
    const host = new URL('../../src/probes/open-host.ts', import.meta.url).href;
    const node = ['--input-type=module', '-e', program, host, work];
    const told: unknown = JSON.parse(await run('unshare', '--mount', process.execPath, ...node));
    expect(told).toEqual([
      'ok',
      { status: 'unsupported', path: '/in', code: 'ENOSYS' },
      { status: 'unsupported', path: `${work}/nowhere`, code: 'ENOENT' },
    ]);
  });
});
