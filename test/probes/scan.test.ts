import { describe, expect, test } from 'vitest';
import { finish } from '../../src/model/steps.ts';
import { openProcessScan } from '../../src/probes/scan.ts';
import { memoryHost } from '../support/memory-host.ts';

const TYPES = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'];

function stat(pid: number, comm: string, startTicks: number, ppid = 1): string {
  return `${pid} (${comm}) S ${ppid} 1 1 0 -1 4194560 1 0 0 0 7 11 0 0 20 0 1 0 ${startTicks} 4706304 371 1\n`;
}

function processTree(pid: number, comm: string, startTicks: number, pidNamespace: number, group = '/docker/x'): string {
  const links = TYPES.map((type) => `=== proc/${pid}/ns/${type} -> ${type}:[${type === 'pid' ? pidNamespace : 1}]`);
  return `=== proc/${pid}/stat\n${stat(pid, comm, startTicks)}=== proc/${pid}/cgroup\n0::${group}\n=== proc/${pid}/status\nUid:\t0\nGid:\t0\nNSpid:\t${pid}\t1\n${links.join('\n')}\n`;
}

const HOST = '=== proc/self/ns/pid -> pid:[100]\n';

describe('openProcessScan', () => {
  test('reads every process, and the inside pids of those in another pid namespace', () => {
    const scan = openProcessScan(memoryHost(HOST + processTree(7, 'host', 10, 100) + processTree(42, 'sh', 20, 200)));
    const [first, second] = finish(scan.scan());
    expect(first).toMatchObject({ stat: { pid: 7, comm: 'host' }, nsPids: null });
    expect(second).toMatchObject({
      stat: { pid: 42 },
      nsPids: [42, 1],
      cgroups: { value: [{ path: '/docker/x' }] },
      namespaces: { value: { pid: 200, mnt: 1 } },
    });
  });

  test('a glance leaves the place of kernel threads to the next scan', () => {
    const thread = processTree(9, 'kdevtmpfs', 10, 100, '/').replace(' 4194560 ', ' 69238880 ');
    const scan = openProcessScan(memoryHost(HOST + processTree(7, 'host', 10, 100) + thread));
    const [user, glanced] = finish(scan.scan(true));
    expect(user).toMatchObject({ cgroups: { value: [{ path: '/docker/x' }] }, namespaces: { value: { mnt: 1 } } });
    expect(glanced).toMatchObject({ stat: { pid: 9 }, cgroups: { value: [] }, namespaces: { value: {} } });
    const [, seen] = finish(scan.scan());
    expect(seen).toMatchObject({ cgroups: { value: [{ path: '/' }] }, namespaces: { value: { mnt: 1 } } });
  });

  test('of a pid namespace only the oldest is asked for its pids', () => {
    const tree =
      HOST + processTree(42, 'sh', 20, 200) + processTree(43, 'app', 30, 200) + processTree(44, 'b', 20, 200);
    const pids = finish(openProcessScan(memoryHost(tree)).scan()).map(({ nsPids }) => nsPids);
    expect(pids).toEqual([[42, 1], null, [44, 1]]);
  });

  test('a number that is used again is another process', () => {
    const host = memoryHost(HOST + processTree(42, 'old', 20, 200));
    const scan = openProcessScan(host);
    finish(scan.scan());
    finish(scan.scan());
    host.remove('/proc/42');
    host.write('/proc/42/stat', stat(42, 'new', 99));
    host.write('/proc/42/cgroup', '0::/elsewhere\n');
    expect(finish(scan.scan())).toMatchObject([
      { stat: { pid: 42, comm: 'new', startTicks: 99 }, nsPids: null, cgroups: { value: [{ path: '/elsewhere' }] } },
    ]);
  });

  test('a process that ended is gone at the next tick', () => {
    const host = memoryHost(HOST + processTree(7, 'a', 10, 100) + processTree(42, 'b', 20, 200));
    const scan = openProcessScan(host);
    expect(finish(scan.scan())).toHaveLength(2);
    host.remove('/proc/42');
    expect(finish(scan.scan()).map(({ stat }) => stat.pid)).toEqual([7]);
  });

  test('a move of a watched process is seen at once', () => {
    const host = memoryHost(HOST + processTree(50, 'b', 5, 200) + processTree(51, 'c', 6, 200));
    const scan = openProcessScan(host);
    finish(scan.scan());
    finish(scan.scan());
    for (let tick = 0; tick < 16; tick += 1) {
      const path = `/moved-${tick}`;
      host.write('/proc/50/cgroup', `0::${path}\n`);
      expect(finish(scan.scan(false, [50]))[0]).toMatchObject({ cgroups: { value: [{ path }] } });
    }
  });

  test('a move to another group is seen at once after an exec, and within sixteen ticks without a sign', () => {
    const host = memoryHost(
      HOST + processTree(42, 'runc:[2:INIT]', 20, 200, '/docker/x') + processTree(50, 'b', 5, 200),
    );
    const scan = openProcessScan(host);
    finish(scan.scan());
    finish(scan.scan());
    host.write('/proc/42/stat', stat(42, 'app', 20));
    host.write('/proc/42/cgroup', '0::/moved\n');
    host.write('/proc/50/cgroup', '0::/moved\n');
    expect(finish(scan.scan())[0]).toMatchObject({ stat: { comm: 'app' }, cgroups: { value: [{ path: '/moved' }] } });
    for (let tick = 0; tick < 16; tick += 1) {
      finish(scan.scan());
    }
    expect(finish(scan.scan())[1]).toMatchObject({ cgroups: { value: [{ path: '/moved' }] } });
  });

  test('denied namespaces keep the process, its group and its inside pids', () => {
    const tree = processTree(42, 'sh', 20, 200).replaceAll(/(ns\/[a-z]+) -> .*/g, '$1 !EACCES');
    expect(finish(openProcessScan(memoryHost(HOST + tree)).scan())).toMatchObject([
      { namespaces: { status: 'denied', code: 'EACCES' }, nsPids: [42, 1], cgroups: { status: 'ok' } },
    ]);
  });

  test('a zombie shows the two links it has', () => {
    const tree = processTree(42, 'z', 20, 200).replaceAll(/=== proc\/42\/ns\/(?!pid|user).*\n/g, '');
    const [zombie] = finish(openProcessScan(memoryHost(HOST + tree)).scan());
    expect(zombie?.namespaces).toEqual({ status: 'ok', value: { pid: 200, user: 1 } });
  });

  test('a process whose stat is garbled is not listed', () => {
    const host = memoryHost(`${HOST}=== proc/42/stat\nnot a stat line\n${processTree(7, 'a', 1, 100)}`);
    expect(finish(openProcessScan(host).scan()).map(({ stat }) => stat.pid)).toEqual([7]);
  });
});
