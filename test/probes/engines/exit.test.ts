import { execFile } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { dockerAnswers, type FakeDaemon, startHttp, startRaw } from './fake-daemon.ts';

const run = promisify(execFile);
const child = fileURLToPath(new URL('exit-child.ts', import.meta.url));

const sound = () => {
  const seen = { events: new Set<ServerResponse>(), requests: [] as string[] };
  return startHttp(dockerAnswers(() => [{ Id: 'a'.repeat(64), name: 'web' }], seen));
};

describe('no socket keeps the process alive', () => {
  it.each<[string, () => Promise<FakeDaemon>, string, string]>([
    ['of a sound daemon, closed', sound, 'close', 'ok'],
    ['of a sound daemon, stopped', sound, 'stop', 'ok'],
    ['of a sound daemon that is still followed', sound, 'leave', 'ok'],
    ['of a daemon that hangs, closed', () => startRaw(() => {}), 'close', 'slow'],
    [
      'of a daemon that redirects',
      () => startHttp((_, response) => response.writeHead(302, { location: '/' }).write('x')),
      'close',
      'dead',
    ],
  ])('%s', async (_title, start, how, status) => {
    const daemon = await start();
    const { stdout, stderr } = await run(process.execPath, [child, daemon.path, how], { timeout: 10_000 });
    expect([stdout, stderr]).toEqual([status, '']);
  });
});
