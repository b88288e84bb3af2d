import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProcCgroup } from '../../../src/probes/proc/cgroup.ts';
import { parseNamespaceLink } from '../../../src/probes/proc/ns.ts';
import { parseStat } from '../../../src/probes/proc/stat.ts';
import { parseStatus } from '../../../src/probes/proc/status.ts';

const STAT_TAIL =
  'S 1 4108 4108 0 -1 4194560 1500 0 0 0 7 11 0 0 20 0 3 0 8812 4706304 371 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0';

describe('stat', () => {
  test('reads the fields we use', () => {
    expect(parseStat(`4108 (sh) ${STAT_TAIL}\n`)).toEqual({
      status: 'ok',
      value: {
        pid: 4108,
        comm: 'sh',
        state: 'S',
        ppid: 1,
        flags: 4194560,
        utimeTicks: 7,
        stimeTicks: 11,
        threads: 3,
        startTicks: 8812,
        rssPages: 371,
      },
    });
  });

  test.each([
    ['a parenthesis', 'a) S 9 (b'],
    ['a newline', 'a\nb'],
    ['nothing', ''],
    ['a whole stat line', '1 (x) R 0 0'],
  ])('keeps a comm with %s whole', (_what, comm) => {
    expect(parseStat(`4108 (${comm}) ${STAT_TAIL}`)).toMatchObject({ value: { comm, state: 'S', ppid: 1 } });
  });

  test('any comm comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 15 }), fc.nat(4194304), (comm, pid) => {
        expect(parseStat(`${pid} (${comm}) ${STAT_TAIL}`)).toMatchObject({ status: 'ok', value: { comm, pid } });
      }),
    );
  });

  test.each(['', '12', '12 (sh', '12 (sh) S 1', '12 (sh) S x 4108 4108 0 -1 0 0 0 0 0 7 11 0 0 20 0 3 0 8812 1 2'])(
    'says that %j is garbled',
    (text) => {
      expect(parseStat(text, '/proc/12/stat')).toMatchObject({ status: 'garbled', path: '/proc/12/stat' });
    },
  );

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => ['ok', 'garbled'].includes(parseStat(text).status)));
  });
});

describe('status', () => {
  const status = (lines: string) =>
    `Name:\tsh\nPid:\t9889\nUid:\t1000\t1000\t1000\t1000\nGid:\t100\t100\t100\t100\n${lines}`;

  test('reads ids, capabilities and the pids of every namespace', () => {
    const text = status(
      'NSpid:\t9889\t7\nCapEff:\t00000000a80425fb\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t1\nSeccomp:\t2\n',
    );
    expect(parseStatus(text)).toEqual({
      status: 'ok',
      value: {
        uid: 1000,
        gid: 100,
        nsPids: [9889, 7],
        capEffective: '00000000a80425fb',
        capBounding: '000001ffffffffff',
        noNewPrivileges: true,
        seccomp: 2,
      },
    });
  });

  test('an old kernel without NSpid, NoNewPrivs and Seccomp leaves them unknown', () => {
    expect(parseStatus(status(''))).toMatchObject({ value: { nsPids: [9889], noNewPrivileges: null, seccomp: null } });
  });

  test.each(['Uid\n', 'Pid:\t1\nUid:\tx\nGid:\t1\n', ''])('says that %j is garbled', (text) => {
    expect(parseStatus(text).status).toBe('garbled');
  });
});

describe('cgroup', () => {
  test('v1, named and v2 lines, colons in paths, removed groups', () => {
    expect(parseProcCgroup('9:name=systemd:/a\n4:cpu,cpuacct:/x:y/z\n0::/b (deleted)\n')).toEqual({
      status: 'ok',
      value: [
        { hierarchy: 9, controllers: ['name=systemd'], path: '/a', deleted: false },
        { hierarchy: 4, controllers: ['cpu', 'cpuacct'], path: '/x:y/z', deleted: false },
        { hierarchy: 0, controllers: [], path: '/b', deleted: true },
      ],
    });
  });

  test('any path comes back as it was', () => {
    const path = fc.string({ maxLength: 60 }).filter((text) => !text.includes('\n') && !text.endsWith(' (deleted)'));
    fc.assert(
      fc.property(path, fc.nat(20), (tail, hierarchy) => {
        const reading = parseProcCgroup(`${hierarchy}:memory:/${tail}\n`);
        expect(reading).toMatchObject({ value: [{ path: `/${tail}`, hierarchy }] });
      }),
    );
  });

  test.each(['x:y:/z', '1:cpu', '1:cpu:relative', ':cpu:/'])('says that %j is garbled', (line) => {
    expect(parseProcCgroup(`${line}\n`, '/proc/7/cgroup')).toEqual({ status: 'garbled', path: '/proc/7/cgroup', line });
  });
});

describe('ns', () => {
  test('the inode of a link', () => {
    expect(parseNamespaceLink('mnt:[4026531832]')).toEqual({ status: 'ok', value: 4026531832 });
    expect(parseNamespaceLink('anon_inode:[eventpoll]').status).toBe('garbled');
  });
});
