import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cleanEnvironment } from '../test/support/command.ts';
import { containerSpec } from '../test/support/container-spec.ts';
import { makeGround, start } from '../test/support/own-container.ts';
import { makeWorkDir, removeWorkDir } from '../test/support/work-dir.ts';
import { interleave, type Row } from './measure.ts';

/** A web server as people publish one: 1 kB for every request, over connections that stay or close. */
const server = `
  import http from 'node:http';
  http.createServer((request, response) => response.end('x'.repeat(1000)))
    .listen(80, '127.0.0.1', 4096, () => console.log('ready'));`;

/** Prints the milliseconds of so many requests over so many connections at once. */
const client = `
  import http from 'node:http';
  const [port, requests, connections, keepAlive] = process.argv.slice(1).map(Number);
  const agent = new http.Agent({ keepAlive: keepAlive === 1, maxSockets: connections });
  const get = () => new Promise((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', agent }, (answer) => answer.resume().on('end', resolve)).on('error', reject);
  });
  let left = requests;
  const worker = async () => { while (left-- > 0) await get(); };
  const work = () => Promise.all(Array.from({ length: connections }, worker));
  await work();
  left = requests;
  const start = performance.now();
  await work();
  console.log(performance.now() - start);
  agent.destroy();`;

const REQUESTS = 4000;
const ROUNDS = 5;

/** Requests to a server in a container, through its published port and from within its network. */
export async function benchPublishedPort(): Promise<Row[]> {
  const workDir = makeWorkDir();
  const ground = makeGround(workDir);
  const ports = [{ hostAddress: '127.0.0.1', hostPort: 0, containerPort: 80, protocol: 'tcp' as const }];
  const run = containerSpec(ground, { ports, process: { argv: ['sleep', '1000000'] } });
  const container = start(ground, { run }, null, '--steps');
  let told = '';
  container.launcher.stderr?.on('data', (chunk) => {
    told += chunk;
  });
  try {
    await container.running;
    const published = /^step ok publish .*:(\d+)$/m.exec(told)?.[1] ?? '';
    const within = ['nsenter', '-t', `${(await container.process).pid}`, '-n', '--'];
    const serving = spawn(...command([...within, ...program(server)]), { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(serving.stdout, 'data');
    const measure = (prefix: readonly string[], port: string, connections: number, keepAlive: boolean) => () =>
      printed([...prefix, ...program(client), port, `${REQUESTS}`, `${connections}`, keepAlive ? '1' : '0']);
    const rows: Row[] = [];
    for (const [what, connections, keepAlive] of [
      ['one connection', 1, true],
      ['16 connections', 16, true],
      ['16 at once, a connection each', 16, false],
    ] as const) {
      const [ours = 0, direct = 0] = await interleave(
        ROUNDS,
        measure([], published, connections, keepAlive),
        measure(within, '80', connections, keepAlive),
      );
      rows.push({
        what: `${REQUESTS} requests to a published port, ${what}`,
        ours,
        peer: { name: 'direct', value: direct },
        unit: 'ms',
        // 0.8 of the requests per second.
        target: 1.25,
      });
    }
    serving.kill('SIGKILL');
    return rows;
  } finally {
    container.launcher.kill('SIGKILL');
    await container.ended;
    await removeWorkDir(workDir);
  }
}

const program = (text: string) => [process.execPath, '--input-type=module', '-e', text];

function command(line: readonly string[]): [string, string[]] {
  const [file = '', ...args] = line;
  return [file, args];
}

function printed(line: readonly string[]): number {
  const { status, stdout, stderr } = spawnSync(...command(line), { env: cleanEnvironment, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}
