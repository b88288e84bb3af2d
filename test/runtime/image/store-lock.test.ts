import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { imagePlaces } from '../../../src/runtime/image/image-store.ts';
import { withImageLock } from '../../../src/runtime/image/store-lock.ts';
import { bootId } from '../../../src/runtime/state/process-ref.ts';
import { cleanEnvironment } from '../../support/command.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nsview-lock-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const moduleUrl = (name: string) => fileURLToPath(new URL(`../../../src/runtime/image/${name}`, import.meta.url));

/** Each adds to the count that it reads, as slowly as others can come in between. */
const script = `const { withImageLock } = await import(${JSON.stringify(moduleUrl('store-lock.ts'))});
  const { imagePlaces } = await import(${JSON.stringify(moduleUrl('image-store.ts'))});
  const { readFileSync, writeFileSync } = await import('node:fs');
  const [root, times] = process.argv.slice(1);
  for (let i = 0; i < Number(times); i++) withImageLock(imagePlaces(root), () => {
    const count = Number(readFileSync(root + '/count', 'utf8'));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    writeFileSync(root + '/count', String(count + 1));
  });`;

it('goes on while some are killed that have it or want it', async () => {
  writeFileSync(`${root}/count`, '0');
  const counter = (times: number) =>
    execa(process.execPath, ['-e', script, root, `${times}`], {
      env: cleanEnvironment,
      extendEnv: false,
      reject: false,
    });
  const killed = [counter(1_000_000), counter(1_000_000)];
  const others = [counter(30), counter(30), counter(30)];
  const locks = `${root}/images-lock`;
  const count = () => Number(readFileSync(`${root}/count`, 'utf8'));
  await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(10);
  for (const process of killed) process.kill('SIGKILL');
  await Promise.all(killed);
  expect((await Promise.all(others)).map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(
    Array.from(others, () => [0, '']),
  );
  withImageLock(imagePlaces(root), () => undefined);
  expect(readdirSync(locks)).toEqual([]);
});

it('lets one in at a time', async () => {
  writeFileSync(`${root}/count`, '0');
  const counters = Array.from({ length: 4 }, () =>
    execa(process.execPath, ['-e', script, root, '25'], { env: cleanEnvironment, extendEnv: false }),
  );
  await Promise.all(counters);
  expect(readFileSync(`${root}/count`, 'utf8')).toBe('100');
});

it.each([
  ['that has ended', `999999999.1.${bootId()}`],
  ['of another start of the machine', `${process.pid}.1.00000000-0000-0000-0000-000000000000`],
  ['that is none', 'else'],
])('is not kept by one %s', (_, name) => {
  withImageLock(imagePlaces(root), () => writeFileSync(`${root}/images-lock/${name}`, ''));
  expect(withImageLock(imagePlaces(root), () => readdirSync(`${root}/images-lock`))).toHaveLength(1);
  expect(readdirSync(`${root}/images-lock`)).toEqual([]);
});

it('is given up where the work fails', () => {
  expect(() =>
    withImageLock(imagePlaces(root), () => {
      throw new Error('refused');
    }),
  ).toThrow('refused');
  expect(readdirSync(`${root}/images-lock`)).toEqual([]);
});
