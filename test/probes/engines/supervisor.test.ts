import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flagValue } from '../../../src/model/flag-value.ts';
import { parseSupervisor } from '../../../src/probes/engines/supervisor.ts';
import { captured, PODMAN_ID } from './fixture.ts';

describe('command line of a supervisor', () => {
  it('containerd shim', () => {
    const argv = '/usr/bin/containerd-shim-runc-v2 -namespace moby -id 5b77 -address /run/containerd/containerd.sock';
    expect(parseSupervisor(argv.split(' '))).toEqual({
      kind: 'shim',
      id: '5b77',
      namespace: 'moby',
      address: '/run/containerd/containerd.sock',
    });
  });

  it('conmon, without taking the flags it hands on for its own', () => {
    expect(parseSupervisor(captured('conmon-argv.txt').trimEnd().split('\n'))).toEqual({
      kind: 'conmon',
      id: PODMAN_ID,
      name: 'eng-pod1',
      bundle: `/var/lib/containers/storage/overlay-containers/${PODMAN_ID}/userdata`,
      storageRoot: '/var/lib/containers/storage',
      runRoot: '/run/containers/storage',
    });
  });

  it.each([
    [['[lxc monitor] /var/lib/lxc web'], { kind: 'lxc', path: '/var/lib/lxc', name: 'web' }],
    [['[lxc monitor] /srv/my boxes web '], { kind: 'lxc', path: '/srv/my boxes', name: 'web' }],
    [
      ['systemd-nspawn', '--keep-unit', '-M', 'deb', '-D', '/srv/deb'],
      { kind: 'nspawn', machine: 'deb', directory: '/srv/deb' },
    ],
    [['/usr/bin/systemd-nspawn', '--machine=deb'], { kind: 'nspawn', machine: 'deb', directory: null }],
    [['runc', '--root', '/run/own', 'run', 'x'], { kind: 'runtime', root: '/run/own' }],
    [['/usr/bin/crun', 'run', 'x'], { kind: 'runtime', root: null }],
  ])('%j', (argv, supervisor) => {
    expect(parseSupervisor(argv)).toEqual(supervisor);
  });

  it.each([[[]], [['bash']], [['containerd-shim-runc-v2']], [['conmon', '--version']], [['conmon', '-c']]])(
    '%j is none',
    (argv) => {
      expect(parseSupervisor(argv)).toBeNull();
    },
  );

  it('finds a flag in all four forms, whatever its value', () => {
    const value = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(value, fc.constantFrom('-', '--'), fc.boolean(), (text, dashes, joined) => {
        const flag = joined ? [`${dashes}id=${text}`] : [`${dashes}id`, text];
        expect(flagValue(['program', '-x', ...flag, 'rest'], 'id')).toBe(text);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (argv) => {
        parseSupervisor(argv);
      }),
    );
  });
});
