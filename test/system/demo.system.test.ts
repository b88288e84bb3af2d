import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { demos } from '../../src/runtime/demos/table.ts';
import { LXCFS } from '../../src/runtime/lifecycle/lxcfs.ts';
import { isInstalled, run } from '../support/command.ts';
import { launcher, nsview } from '../support/nsview.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const root = makeWorkDir();
const names = demos.flatMap(({ containers }) =>
  containers.filter(({ wantsLxcfs }) => wantsLxcfs !== true).map(({ name }) => name),
);

const namespace = z.object({ type: z.string(), sharedWith: z.array(z.string()) });
const branch = z.object({
  role: z.string(),
  digest: z.string().nullable(),
  createdBy: z.string().nullable(),
  files: z.int().nullable(),
  whiteouts: z.int().nullable(),
});
const cgroup = z.object({
  paths: z.record(z.string(), z.string()),
  cpu: z.object({ quotaUs: z.union([z.int(), z.literal('max')]).nullable() }),
  memory: z.object({ ofLimitPercent: z.number().nullable(), oomKills: z.int().nullable() }),
  pids: z.object({ current: z.int().nullable(), limit: z.union([z.int(), z.literal('max')]).nullable() }),
});
const container = z.object({
  id: z.string(),
  name: z.string().nullable(),
  image: z.string().nullable(),
  engine: z.string(),
  status: z.string(),
  init: z.object({ pid: z.int() }).nullable(),
  processes: z.array(z.object({ state: z.string(), argv: z.array(z.string()).nullable() })),
  namespaces: z.array(namespace),
  cgroup,
  layers: z.object({ branches: z.array(branch) }),
});

async function json<S extends z.ZodType>(schema: S, ...args: string[]): Promise<z.infer<S>> {
  const { stdout, stderr, exitCode } = await nsview(['--root', root, ...args, '--json']);
  if (exitCode !== 0) throw new Error(`nsview ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return schema.parse(JSON.parse(stdout));
}

const inspect = (name: string) => json(container, 'inspect', name);
const rates = z.object({
  containers: z.tuple([
    z.object({
      cpuCores: z.number().nullable(),
      throttledPercent: z.number().nullable(),
      readBytesPerSecond: z.number().nullable(),
      writeBytesPerSecond: z.number().nullable(),
    }),
  ]),
});
const ratesOf = async (name: string, interval: string) =>
  (await json(rates, 'stats', name, '--interval', interval, '--count', '1')).containers[0];

const logsOf = async (name: string) => (await nsview(['--root', root, 'logs', name])).stdout;
const logged = (name: string, text: string) =>
  waitUntil(`${name}: ${text}`, async () => (await logsOf(name)).includes(text));

/** What the kernel has of these containers: mounts, groups, processes. */
function traces(ids: readonly string[]): string[] {
  const groups = readdirSync('/sys/fs/cgroup').flatMap((controller) => {
    try {
      return readdirSync(`/sys/fs/cgroup/${controller}/nsview`).map(
        (name) => `/sys/fs/cgroup/${controller}/nsview/${name}`,
      );
    } catch {
      return [];
    }
  });
  const processes = readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [`${pid} ${readFileSync(`/proc/${pid}/cgroup`, 'utf8')}`] : [];
    } catch {
      return [];
    }
  });
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return [...groups, ...processes, ...mounts].filter(
    (line) => ids.some((id) => line.includes(id)) || line.includes(root),
  );
}

const idsOf = () => new Map(readdirSync(`${root}/names`).map((name) => [name, readlinkSync(`${root}/names/${name}`)]));

describe('nsview demo', () => {
  let started: Awaited<ReturnType<typeof nsview>>;

  beforeAll(async () => {
    started = await nsview(['--root', root, 'demo']);
  });
  afterAll(async () => {
    await nsview(['--root', root, 'demo', '--rm']);
    await nsview(['--root', root, 'gc']);
    await removeWorkDir(root);
  });

  it('starts them all and says of each what to look at and what to type', () => {
    expect(started).toMatchObject({ exitCode: 0, stderr: '' });
    for (const { name, says, tries } of demos) {
      expect(started.stdout).toContain(`${name}: ${says}`);
      for (const line of tries) expect(started.stdout).toContain(`nsview --root ${root} ${line}\n`);
    }
    expect([...idsOf().keys()].toSorted()).toEqual(names.toSorted());
  });

  it.each(names)('%s is found as a running container of ours', async (name) => {
    const image = name === 'demo-union' ? 'nsview/union' : 'nsview/demo';
    expect(await inspect(name)).toMatchObject({
      name,
      engine: 'nsview',
      image,
      status: 'running',
      id: idsOf().get(name),
    });
  });

  it('burn: a fifth of a core, throttled the rest of the time', async () => {
    // On a busy host a period may end before the loop had its share of it.
    await waitUntil('a fifth of a core', async () => {
      const { cpuCores, throttledPercent } = await ratesOf('demo-burn', '2s');
      expect(cpuCores).toBeLessThan(0.25);
      return (cpuCores ?? 0) > 0.15 && (throttledPercent ?? 0) > 50;
    });
  });

  it('hog: just below its limit; over it the kernel kills a child and not the container', async () => {
    await logged('demo-hog', 'holding 285 MiB');
    const { memory } = (await inspect('demo-hog')).cgroup;
    expect(memory).toMatchObject({ oomKills: 0 });
    expect(memory.ofLimitPercent).toBeGreaterThan(94);
    expect(memory.ofLimitPercent).toBeLessThan(100);
    expect(await logsOf('demo-hog')).toContain(/^MemTotal:.*$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[0]);
    process.kill((await inspect('demo-hog')).init?.pid ?? 0, 'SIGUSR1');
    await logged('demo-hog', 'the kernel killed it');
    expect(await inspect('demo-hog')).toMatchObject({ status: 'running', cgroup: { memory: { oomKills: 1 } } });
  });

  it('forks: as many processes as it may have, and more refused', async () => {
    await logged('demo-forks', '19 children made, the next one refused');
    const { pids, paths } = (await inspect('demo-forks')).cgroup;
    expect(pids).toEqual({ current: 20, limit: 20, limitedBy: undefined });
    const group = paths['pids'] ?? '';
    const events = () => readFileSync(`/sys/fs/cgroup/pids${group}/pids.events`, 'utf8');
    const refused = () => Number(/^max (\d+)$/m.exec(events())?.[1]);
    const before = refused();
    expect(before).toBeGreaterThan(0);
    await waitUntil('another refusal', () => refused() > before);
  });

  it('tmp: the second mount namespace alone changes nothing, the tmpfs in it does', async () => {
    await logged('demo-tmp', '5. the first process still sees');
    const { id, init } = await inspect('demo-tmp');
    const sees = (await logsOf('demo-tmp')).match(/^\d\. .*: (.*)$/gm)?.map((line) => line.split(': ').at(-1));
    expect(sees).toEqual(['made-before', 'made-before', 'nothing', 'made-inside', 'made-before']);
    const [second] = readFileSync(`/proc/${init?.pid}/task/${init?.pid}/children`, 'utf8').split(' ');
    expect(readdirSync(`/proc/${init?.pid}/root/tmp`)).toEqual(['made-before']);
    expect(readdirSync(`/proc/${second}/root/tmp`)).toEqual(['made-inside']);
    const all = z.object({
      namespaces: z.array(z.object({ type: z.string(), processes: z.array(z.int()), containers: z.array(z.string()) })),
    });
    const { namespaces } = await json(all, 'ns');
    const own = namespaces.filter(({ type, containers }) => type === 'mnt' && containers.includes('demo-tmp'));
    expect(own.flatMap(({ processes }) => processes).toSorted()).toEqual([init?.pid, Number(second)].toSorted());
    expect(own).toHaveLength(2);
    expect(id).toBe(idsOf().get('demo-tmp'));
  });

  it('zombie: orphans that nobody waits for', async () => {
    await logged('demo-zombie', '5 orphans ended here');
    const { processes } = await inspect('demo-zombie');
    expect(processes.filter(({ state }) => state === 'Z')).toHaveLength(5);
  });

  it('shared: the network and the processes of the other, and a root of its own', async () => {
    await logged('demo-sidecar', '127.0.0.1:80 answers');
    const { namespaces, layers } = await inspect('demo-sidecar');
    const shared = namespaces.filter(({ sharedWith }) => sharedWith.includes('demo-web')).map(({ type }) => type);
    expect(shared.toSorted()).toEqual(['net', 'pid']);
    expect(layers.branches[0]).toMatchObject({ role: 'rw' });
    expect(await logsOf('demo-sidecar')).toMatch(/processes that it sees: 1 /);
  });

  it('union: both branches with the instructions that made them, the change and the deletion in the writable one', async () => {
    await logged('demo-union', 'b is deleted; now it has');
    const { branches } = (
      await json(z.object({ layers: z.object({ branches: z.array(branch) }) }), 'layers', 'demo-union')
    ).layers;
    expect(branches.map(({ role }) => role)).toEqual(['rw', 'init', 'image', 'image', 'image', 'image', 'image']);
    expect(branches[0]).toMatchObject({ files: 1, whiteouts: 1 });
    expect(branches[2]).toMatchObject({ createdBy: 'COPY B/b B/x /union/', files: 2 });
    expect(branches[3]).toMatchObject({ createdBy: 'COPY A/a A/x /union/', files: 2 });
    for (const { digest, createdBy } of branches.slice(2)) {
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(createdBy).not.toBeNull();
    }
    expect(await logsOf('demo-union')).toContain('x, which both have, reads: x, of B');
  });

  it('io: the block device counts what it writes and reads', async () => {
    if (!(await logsOf('demo-io')).includes('past the page cache')) return;
    const { readBytesPerSecond, writeBytesPerSecond } = await ratesOf('demo-io', '2s');
    expect(writeBytesPerSecond).toBeGreaterThan(256 << 10);
    expect(readBytesPerSecond).toBeGreaterThan(256 << 10);
  });

  it('leaves those that run as they are, and makes anew what has ended', async () => {
    const before = idsOf();
    process.kill((await inspect('demo-zombie')).init?.pid ?? 0, 'SIGKILL');
    const again = await nsview(['--root', root, 'demo']);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    const after = idsOf();
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect(after.get('demo-zombie')).not.toBe(before.get('demo-zombie'));
    after.delete('demo-zombie');
    before.delete('demo-zombie');
    expect(after).toEqual(before);
  });

  it('removes those of one demo, and then all, and leaves nothing of them', async () => {
    const ids = [...idsOf().values()];
    expect((await nsview(['--root', root, 'demo', '--rm', 'shared'])).stdout).toBe('demo-sidecar\ndemo-web');
    expect([...idsOf().keys()].toSorted()).toEqual(names.filter((name) => !/web|sidecar/.test(name)).toSorted());
    expect(await nsview(['--root', root, 'demo', '--rm'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(`${root}/containers`)).toEqual([]);
    expect(readdirSync(`${root}/names`)).toEqual([]);
    expect(traces(ids)).toEqual([]);
    expect(await nsview(['--root', root, 'demo', '--rm'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('is one start, however many start it at once', async () => {
    await nsview(['--root', root, 'demo', '--rm']);
    const many = await Promise.all(
      Array.from({ length: 4 }, () => nsview(['--root', root, 'demo', 'zombie', 'shared'])),
    );
    expect(many.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
      many.map(() => ({ exitCode: 0, stderr: '' })),
    );
    expect([...idsOf().keys()].toSorted()).toEqual(['demo-sidecar', 'demo-web', 'demo-zombie']);
    expect(readdirSync(`${root}/containers`)).toHaveLength(3);
  });

  it.skipIf(!isInstalled('lxcfs'))('hog: one without lxcfs and, where it runs, one with it', async () => {
    const other = makeWorkDir();
    const inside = `mkdir -p ${LXCFS} && mount -t tmpfs tmpfs ${LXCFS} && { lxcfs -f -p "$2/pid" ${LXCFS} & } &&
      for try in $(seq 200); do grep -q ' ${LXCFS} .* fuse.lxcfs ' /proc/self/mountinfo && break; sleep 0.05; done &&
      "$1" --root "$2" demo hog && for name in demo-hog demo-hog-lxcfs; do
        for try in $(seq 200); do "$1" --root "$2" logs $name | grep holding && break; sleep 0.05; done
        "$1" --root "$2" logs $name
      done; "$1" --root "$2" demo --rm; kill $!; wait $! || true`;
    const told = await run('unshare', '--mount', 'sh', '-c', inside, 'sh', launcher, other);
    await removeWorkDir(other);
    expect(told).toContain('demo-hog-lxcfs is started');
    const [host, limit] = [...told.matchAll(/^what \/proc\/meminfo says it has: (.*)$/gm)].map(([, line]) => line);
    expect(readFileSync('/proc/meminfo', 'utf8')).toContain(`${host}\n`);
    expect(limit).toBe('MemTotal:         307200 kB');
  });

  it('says which demos there are, and what is wrong', async () => {
    expect((await nsview(['demo', '--list'])).stdout.match(/^\w+/gm)).toEqual(demos.map(({ name }) => name));
    const wrong = await nsview(['--root', root, 'demo', 'brun']);
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toBe(
      "nsview: demo: there is no demo 'brun'\nThere are burn, hog, forks, tmp, zombie, shared, union, io.",
    );
    expect(await nsview(['--root', root, '--read-only', 'demo', 'burn'])).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('leaves a container alone that only has the name of one', async () => {
    await nsview(['--root', root, 'demo', '--rm']);
    const own = ['--root', root, 'run', '-d', '--name', 'demo-io', 'nsview/demo', 'nsview-demo', 'sleep'];
    expect((await nsview(own)).exitCode).toBe(0);
    const before = idsOf().get('demo-io');
    const refused = await nsview(['--root', root, 'demo', 'io']);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^nsview: demo io: .*demo-io/);
    await nsview(['--root', root, 'demo', '--rm']);
    expect([...idsOf()]).toEqual([['demo-io', before]]);
    expect((await nsview(['--root', root, 'rm', '-f', 'demo-io'])).exitCode).toBe(0);
  });
});
