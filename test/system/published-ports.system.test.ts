import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PortSpec } from '../../src/runtime/spec.ts';
import { containerSpec, type Ground } from '../support/container-spec.ts';
import { freshState, makeGround, type Started, start } from '../support/own-container.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

let workDir: string;
let ground: Ground;

beforeAll(() => {
  workDir = makeWorkDir();
  ground = makeGround(workDir);
});
afterAll(() => removeWorkDir(workDir));

const publish = (containerPort: number, hostPort = 0): PortSpec => ({
  hostAddress: '127.0.0.1',
  hostPort,
  containerPort,
  protocol: 'tcp',
});

type Served = Started & {
  /** The port of the host for each that was asked for. */
  readonly ports: readonly number[];
  readonly proxy: number;
  readonly pid: number;
  stop(): Promise<void>;
};

/** A container that sleeps or serves, with its ports; what listens in it may come later. */
async function serve(script: string, ...asked: readonly PortSpec[]): Promise<Served> {
  freshState(ground);
  const run = containerSpec(ground, { ports: asked, process: { argv: ['sh', '-c', script] } });
  const started = start(ground, { run }, null, '--steps');
  let told = '';
  started.launcher.stderr?.on('data', (chunk) => {
    told += chunk;
  });
  await started.running;
  const ports = [...told.matchAll(/^step ok publish .*:(\d+)$/gm)].map(([, port]) => Number(port));
  const proxy = Number(/^step ok proxy pid (\d+)$/m.exec(told)?.[1]);
  const { pid } = await started.process;
  return {
    ...started,
    ports,
    proxy,
    pid,
    async stop() {
      started.launcher.kill('SIGKILL');
      await started.ended;
      await waitUntil('the proxy is gone', () => !isAlive(proxy));
      await waitUntil('the container is gone', () => !isAlive(pid));
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** A program of ours in the container's network, since busybox serves one connection at a time. */
function within(pid: number, program: string): { ready: Promise<unknown>; kill(): void } {
  const child = spawn('nsenter', ['-t', `${pid}`, '-n', process.execPath, '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  return { ready: once(child.stdout, 'data'), kill: () => child.kill('SIGKILL') };
}

const server = (handler: string, address = '127.0.0.1') => `
  import net from 'node:net';
  net.createServer({ allowHalfOpen: true }, (socket) => { socket.on('error', () => {}); ${handler} })
    .listen(80, '${address}', 4096, () => console.log('ready'));`;

async function readAll(socket: net.Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const connect = (port: number) => net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });

describe('published ports', () => {
  test('are bound before the start, named by the proxy, and gone with the container', async () => {
    const served = await serve('sleep 1000', publish(80), publish(81));
    const [first = 0, second = 0] = served.ports;
    const listening = readFileSync('/proc/net/tcp', 'latin1');
    for (const port of [first, second]) {
      expect(listening).toMatch(
        new RegExp(`0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`),
      );
    }
    expect(readFileSync(`/proc/${served.proxy}/cmdline`, 'latin1').split('\0').slice(0, -1)).toEqual([
      'nsview-init',
      'proxy',
      `127.0.0.1:${first}:80`,
      `127.0.0.1:${second}:81`,
    ]);
    const status = readFileSync(`/proc/${served.proxy}/status`, 'latin1');
    expect(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])).toBeLessThan(1024);
    expect(/CapEff:\s+(\w+)/.exec(status)?.[1]).toBe('0'.repeat(16));
    expect(/NoNewPrivs:\s+(\d)/.exec(status)?.[1]).toBe('1');
    await served.stop();
    const taken = net.createServer().listen(first, '127.0.0.1');
    await once(taken, 'listening');
    freshState(ground);
    const run = containerSpec(ground, { ports: [publish(80, first)], process: { argv: ['true'] } });
    const refused = await start(ground, { run }, '', '--quiet').ended;
    expect(refused.status).toBe(125);
    expect(JSON.parse(refused.stderr.slice(refused.stderr.indexOf('{')))).toEqual({
      code: 125,
      step: 'publish',
      error: 'EADDRINUSE',
      detail: `127.0.0.1:${first}`,
    });
    expect(readdirSync(`${ground.state}/upper`)).toEqual([]);
    taken.close();
  });

  test.each(['127.0.0.1', '::1', '0.0.0.0'])(
    'reach what listens on %s inside, also again after it began anew',
    async (address) => {
      const served = await serve('sleep 1000', publish(80));
      const [port = 0] = served.ports;
      const before = connect(port);
      await expect(once(before, 'data')).rejects.toThrow('ECONNRESET');
      for (const answer of ['first', 'second']) {
        const inside = within(served.pid, server(`socket.end('${answer}')`, address));
        await inside.ready;
        expect((await readAll(connect(port))).toString()).toBe(answer);
        inside.kill();
        await waitUntil('it listens no more', async () => {
          const socket = connect(port);
          return once(socket, 'data').then(
            () => false,
            () => true,
          );
        });
      }
      await served.stop();
    },
  );

  test('pass on the end of each direction by itself, large answers whole', async () => {
    const served = await serve('sleep 1000', publish(80));
    const inside = within(
      served.pid,
      server(`let n = 0; socket.on('data', (c) => { n += c.length }); socket.on('end', () => {
        socket.write(n + '\\n'); for (let i = 0; i < 64; i++) socket.write(Buffer.alloc(1 << 20, i)); socket.end(); });`),
    );
    await inside.ready;
    const socket = connect(served.ports[0] ?? 0);
    for (let i = 0; i < 32; i++) socket.write(Buffer.alloc(1 << 20, i));
    socket.end();
    const got = await readAll(socket);
    const expected = createHash('sha256').update(`${32 << 20}\n`);
    for (let i = 0; i < 64; i++) expected.update(Buffer.alloc(1 << 20, i));
    expect(createHash('sha256').update(got).digest('hex')).toBe(expected.digest('hex'));
    inside.kill();
    await served.stop();
  });

  test('2,000 connections at once, and none of them leaves a descriptor behind', async () => {
    const served = await serve('sleep 1000', publish(80));
    const inside = within(served.pid, server(`socket.pipe(socket)`));
    await inside.ready;
    const descriptors = () => readdirSync(`/proc/${served.proxy}/fd`).length;
    const before = descriptors();
    const sockets = Array.from({ length: 2000 }, () => connect(served.ports[0] ?? 0));
    const answers = await Promise.all(
      sockets.map(async (socket, index) => {
        socket.write(`${index}`);
        const [answer] = await once(socket, 'data');
        return `${answer}` === `${index}`;
      }),
    );
    expect(answers.every((right) => right)).toBe(true);
    expect(descriptors()).toBeGreaterThanOrEqual(before + 4000);
    for (const [index, socket] of sockets.entries()) {
      if (index % 2 === 0) socket.end();
      else socket.resetAndDestroy();
    }
    await waitUntil('all are closed', () => descriptors() <= before + 32);
    inside.kill();
    await served.stop();
  });

  test('deliver what a container said last, and end with it', async () => {
    const served = await serve('printf last-words | nc -l -p 80', publish(80));
    const [port = 0] = served.ports;
    let answer = '';
    await waitUntil('nc listens and answers', async () => {
      const socket = connect(port);
      const words = readAll(socket).catch(() => Buffer.alloc(0));
      socket.end();
      answer = (await words).toString();
      return answer !== '';
    });
    expect(answer).toBe('last-words');
    expect((await served.ended).status).toBe(0);
    expect(isAlive(served.proxy)).toBe(false);
  });
});
