import { expect, test } from 'vitest';
import { recordHost } from '../../scripts/capture/record.ts';
import { countThreads, scrub } from '../../scripts/capture/scrub.ts';
import { memoryHost } from '../support/memory-host.ts';
import { formatTree, parseTree } from '../support/tree-text.ts';

const TREE = `=== proc/loadavg
0.10 0.20 0.30 1/900 4242
=== proc/sys/kernel/hostname
build7
=== proc/self/mountinfo -> ../1/mountinfo
=== proc/1/stat
1 (systemd) S 0
=== proc/1/status
Name:\tsystemd
Threads:\t1
=== proc/1/cgroup
0::/init.scope
=== proc/1/cmdline
/sbin/init\\0splash\\0
=== proc/1/mountinfo
20 1 0:19 / /proc rw - proc proc rw
21 1 0:20 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
22 1 0:21 / /${'x'.repeat(300)} rw - tmpfs build7 rw
=== proc/1/ns/mnt -> mnt:[1]
=== proc/1/ns/pid -> pid:[2]
=== proc/1/environ
PASSWORD=secret\\0
=== proc/1/attr/current !EINVAL
=== proc/50/stat
50 (bash) S 1
=== proc/50/status
Name:\tbash
Threads:\t2
=== proc/50/cgroup
0::/init.scope
=== proc/50/cmdline
bash\\0/home/alice/notes\\0
=== proc/50/mountinfo -> ../1/mountinfo
=== proc/50/ns/mnt -> mnt:[1]
=== proc/50/ns/pid -> pid:[2]
=== proc/50/fd/3 -> net:[7]
=== proc/50/fd/4 -> socket:[8]
=== proc/60/stat
60 (app) S 1
=== proc/60/status
Name:\tapp
Threads:\t4
=== proc/60/cgroup
0::/lxc.payload.shop
=== proc/60/cmdline
app\\0--name=shop\\0/home/alice\\0
=== proc/60/ns/mnt -> mnt:[3]
=== proc/60/ns/pid -> pid:[4]
=== proc/60/io !EACCES
=== namespaces/pid:[4]
parent 2
owner 9
=== sys/fs/cgroup/init.scope/pids.current
2
=== sys/fs/cgroup/lxc.payload.shop/memory.max
max
=== sys/fs/cgroup/lxc.payload.shop/memory.reclaim
=== sys/fs/cgroup/other.scope/pids.current
3
`;

test('what is captured from a host is what that host reads', () => {
  const captured = recordHost(memoryHost(TREE), [60, 1, 50]);
  const unread = [
    '/proc/1/environ',
    '/proc/50/fd/4',
    '/proc/60/io',
    '/proc/self/mountinfo',
    '/sys/fs/cgroup/lxc.payload.shop/memory.reclaim',
    '/sys/fs/cgroup/other.scope/pids.current',
  ];
  const expected = new Map([...parseTree(TREE)].filter(([path]) => !unread.includes(path)));
  expected.set('/proc/50/mountinfo', { kind: 'link', target: '../../proc/1/mountinfo' });
  expected.set('/proc/self', { kind: 'link', target: String(process.pid) });
  expect(captured).toEqual(expected);
  const again = memoryHost(formatTree(captured));
  expect(again.readText('/proc/50/mountinfo', 'gone')).toEqual(memoryHost(TREE).readText('/proc/1/mountinfo', 'gone'));
});

test('names and what people typed are taken out, containers keep their command lines', () => {
  const tree = scrub(recordHost(memoryHost(TREE), [1, 50, 60]), [['init.scope', 'boot.scope']]);
  const text = formatTree(tree);
  expect(text).not.toMatch(/build7|alice|shop|splash|notes|init\.scope/);
  expect(tree.get('/proc/1/cmdline')).toEqual({ kind: 'file', text: '/sbin/init\0' });
  expect(tree.get('/proc/50/cmdline')).toEqual({ kind: 'file', text: 'bash\0' });
  expect(tree.get('/proc/60/cmdline')).toEqual({ kind: 'file', text: 'app\0--name=name1\0/home/user1\0' });
  expect(tree.has('/sys/fs/cgroup/lxc.payload.name1/memory.max')).toBe(true);
  expect(tree.get('/proc/60/ns/pid')).toEqual({ kind: 'link', target: 'pid:[4]' });
});

test('processes that were left out do not look hidden', () => {
  const tree = recordHost(memoryHost(TREE), [1, 60]);
  countThreads(tree);
  expect(tree.get('/proc/loadavg')).toEqual({ kind: 'file', text: '0.10 0.20 0.30 1/5 4242\n' });
});
