import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isLockHeld } from '../../../src/runtime/state/lock-held.ts';

it('a lock is held from when it is taken until its holder ends, however that ends', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nsview-lock-'));
  const file = join(directory, 'lock');
  expect(isLockHeld(file)).toBe(false);
  writeFileSync(file, '');
  expect(isLockHeld(file)).toBe(false);
  const holder = spawn('flock', ['--no-fork', file, 'sh', '-c', 'echo held; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(holder.stdout, 'data');
  expect(isLockHeld(file)).toBe(true);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(isLockHeld(file)).toBe(false);
  rmSync(directory, { recursive: true });
});
