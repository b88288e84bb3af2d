import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBusyboxRoot } from '../support/engines/busybox.ts';
import { launcher, nsview } from '../support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
const store = ['--root', path.join(workDir, 'store')];
let root = '';

const profile = (name: string, text: string): string => {
  const file = path.join(workDir, name);
  writeFileSync(file, text);
  return file;
};

describe.skipIf(process.getuid?.() !== 0)('how nsview run confines', () => {
  beforeAll(async () => {
    root = await makeBusyboxRoot(workDir);
  });
  afterAll(() => removeWorkDir(workDir));

  const runIt = (options: readonly string[], ...command: readonly string[]) =>
    nsview([...store, 'run', '--rm', '--rootfs', root, ...options, '--', ...command]);

  it.each<[string, readonly string[], string, string]>([
    ['by default', [], 'grep -E "^Cap(Inh|Eff|Amb)|NoNew|Seccomp:" /proc/self/status', '0 a80425fb 0 1 2'],
    ['by less', ['--cap-drop=all', '--cap-add', 'net_admin'], 'grep CapEff /proc/self/status', '1000'],
    [
      'by neither filter nor flag',
      ['--security-opt', 'seccomp=unconfined', '--security-opt', 'no-new-privileges=false'],
      'grep -E "NoNew|Seccomp:" /proc/self/status',
      '0 0',
    ],
    [
      'by no_new_privs, but no filter, when privileged',
      ['--privileged'],
      'grep -E "NoNew|Seccomp:" /proc/self/status',
      '1 0',
    ],
  ])('%s', async (_, options, script, expected) => {
    const { stdout, stderr } = await runIt(options, 'sh', '-c', script);
    const values = stdout.split('\n').map((line) => (line.split('\t')[1] ?? '').replace(/^0+(?=.)/, ''));
    expect({ stderr, values: values.join(' ') }).toEqual({ stderr: '', values: expected });
  });

  it.each<[string, readonly string[], string, string]>([
    ['--ulimit', ['--ulimit', 'nofile=10:20'], 'ulimit -Sn; ulimit -Hn', '10\n20'],
    ['its default', [], 'ulimit -Sn', '1024'],
    ['--sysctl', ['--sysctl', 'net.core.somaxconn=77'], 'cat /proc/sys/net/core/somaxconn', '77'],
    ['its default', [], 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start', '0'],
    ['--user', ['--user', '1'], 'id -u', '1'],
    [
      '--device',
      ['--device', '/dev/null:/dev/hole:r'],
      'ls /dev/hole; echo x > /dev/null && cat /dev/hole',
      '/dev/hole',
    ],
  ])('takes %s', async (_, options, script, expected) => {
    expect(await runIt(options, 'sh', '-c', script)).toMatchObject({ stdout: expected, stderr: '', exitCode: 0 });
  });

  it('filters by a profile of the user', async () => {
    const file = profile(
      'chmod.json',
      '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["chmod","fchmodat"],"action":"SCMP_ACT_ERRNO"}]}',
    );
    const { exitCode, stderr } = await runIt(['--security-opt', `seccomp=${file}`], 'chmod', '700', '/tmp');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'chmod: /tmp: Operation not permitted' });
  });

  it.each(['true', 'false'])('starts under a profile that knows no poll, no_new_privs %s', async (flag) => {
    const file = profile(
      'poll.json',
      '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["poll","recvmsg"],"action":"SCMP_ACT_KILL_PROCESS"}]}',
    );
    const options = ['--security-opt', `seccomp=${file}`, '--security-opt', `no-new-privileges=${flag}`];
    expect(await runIt(options, 'echo', 'started')).toEqual({ exitCode: 0, stdout: 'started', stderr: '' });
  });

  it.each<[readonly string[], RegExp]>([
    [['--cap-add', 'FOO'], /^nsview: --cap-add FOO: no capability; there are ALL, CHOWN, /],
    [['--cap-drop', 'FOO'], /^nsview: --cap-drop FOO: no capability; there are ALL, CHOWN, /],
    [['--security-opt', 'seccomp=/nosuch'], /^nsview: .*seccomp=\/nosuch: the profile cannot be read \(ENOENT\)/],
    [['--ulimit', 'foo=1'], /^nsview: --ulimit foo=1: no limit; there are core, cpu, /],
    [['--ulimit', 'nofile=2:1'], /^nsview: --ulimit nofile=2:1: the soft limit is above the hard one/],
    [
      ['--sysctl', 'kernel.panic=1'],
      /^nsview: --sysctl kernel\.panic=1: it is not a container's own; there are net\.\*/,
    ],
    [['--sysctl', 'net.core.somaxconn=1', '--network', 'host'], /^nsview: .*: the network is shared/],
    [['--device', '/dev/nope'], /^nsview: --device \/dev\/nope: \/dev\/nope is no device/],
    [['--device', '/dev/null:/etc/x'], /^nsview: --device .*: \/etc\/x is not below \/dev/],
    [['--user', '1x'], /^nsview: --user 1x: /],
    [['--user', '4294967296'], /^nsview: --user 4294967296: /],
    [['-v', '/etc:/proc/x'], /^nsview: \/proc\/x: nothing can be mounted over what the kernel shows there/],
    [['-w', '/proc/self/fd/9'], /^nsview: .*working directory/],
  ])('says of %j in one line why not', async (options, message) => {
    const { exitCode, stderr, stdout } = await runIt(options, 'true');
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
  });

  it.each([
    ['{', /JSON/],
    ['{"defaultAction":"X"}', /defaultAction: X is none of SCMP_ACT_ALLOW, /],
    [
      '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["read"],"action":"SCMP_ACT_NOTIFY"}]}',
      /syscalls\[0\]\.action/,
    ],
  ])('says where the profile %j is wrong', async (text, message) => {
    const { exitCode, stderr } = await runIt(['--security-opt', `seccomp=${profile('wrong.json', text)}`], 'true');
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(1);
  });

  describe('what is executed in it later', () => {
    const name = `confined-${process.pid}`;
    const execute = (...command: readonly string[]) => nsview([...store, 'exec', name, ...command]);
    beforeAll(async () => {
      copyFileSync('/bin/busybox', path.join(root, 'bin/later'));
      const options = ['--init', '--cap-drop', 'CHOWN', '-e', 'SECRET=hunter2'];
      const started = await nsview([
        ...store,
        'run',
        '-d',
        '--name',
        name,
        '--rootfs',
        root,
        ...options,
        '--',
        'sleep',
        '1000',
      ]);
      expect(started.stderr).toBe('');
    });
    afterAll(async () => {
      await nsview([...store, 'rm', '-f', name]);
    });

    it('is confined alike', async () => {
      const look = ['sh', '-c', 'grep -E "Cap|NoNew|Seccomp:" /proc/self/status'];
      const { stdout } = await execute(...look);
      const first = await runIt(['--cap-drop', 'CHOWN'], ...look);
      expect(stdout).toBe(first.stdout);
      expect(stdout).toContain('CapInh:\t0000000000000000');
      expect(stdout).toContain('CapEff:\t00000000a80425fa');
    });

    it('gets with --privileged all that root here has, and no more', async () => {
      const own = /^CapEff:\t(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
      const args = [...store, 'exec', '--privileged', name, 'grep', 'CapEff', '/proc/self/status'];
      expect(await nsview(args)).toMatchObject({ stdout: `CapEff:\t${own}`, exitCode: 0 });
    });

    it('brings no descriptor of the host', async () => {
      const command = ['bash', '-c', 'exec 9</ 10</etc; exec "$@"', 'bash', launcher] as const;
      const args = [
        ...store,
        'exec',
        name,
        'sh',
        '-c',
        'for n in 3 4 5 6 7 8 9 10 11; do [ -e /proc/$$/fd/$n ] && echo $n; done; true',
      ];
      expect(await nsview(args, command)).toMatchObject({ stdout: '', exitCode: 0 });
    });

    it('gives no way to write to the helper', async () => {
      const helper = path.join(import.meta.dirname, '../../native/build/nsview-init');
      const digest = () => createHash('sha256').update(readFileSync(helper)).digest('hex');
      const before = digest();
      const write =
        'i=0; while [ $i -lt 400 ]; do for p in /proc/[0-9]*; do echo x >> $p/exe; done; i=$((i+1)); done 2>/dev/null';
      const attack = execute('sh', '-c', write);
      writeFileSync(path.join(root, 'bin/evil'), '#!/proc/self/exe\n', { mode: 0o755 });
      for (let times = 0; times < 5; times += 1) expect((await execute('/bin/evil')).exitCode).not.toBe(0);
      await attack;
      expect(digest()).toBe(before);
    });

    it('shows nobody its environment on a command line', () => {
      const lines = readdirSync('/proc')
        .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
        .map((pid) => {
          try {
            return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
          } catch {
            return '';
          }
        });
      expect(lines.some((line) => line.includes(name) || line.includes('nsview-init'))).toBe(true);
      expect(lines.filter((line) => line.includes('hunter2'))).toEqual([]);
    });
  });
});
