import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEngineFlags } from '../../../src/probes/engines/choice.ts';

describe('--engine', () => {
  it.each([
    [[], { kind: 'auto' }],
    [['auto'], { kind: 'auto' }],
    [['none'], { kind: 'none' }],
    [['none', 'none'], { kind: 'none' }],
    [['docker=/run/d.sock'], { kind: 'sockets', sockets: [{ engine: 'docker', path: '/run/d.sock' }] }],
    [['podman=unix:///run/a=b.sock'], { kind: 'sockets', sockets: [{ engine: 'podman', path: '/run/a=b.sock' }] }],
    [
      ['docker=/a', 'containerd=/b'],
      {
        kind: 'sockets',
        sockets: [
          { engine: 'docker', path: '/a' },
          { engine: 'containerd', path: '/b' },
        ],
      },
    ],
  ])('%j', (flags, choice) => {
    expect(parseEngineFlags(flags)).toEqual(choice);
  });

  it.each([
    [['lxc=/run/l.sock'], 'lxc=/run/l.sock'],
    [['docker'], 'docker'],
    [[''], '""'],
    [['docker='], 'absolute path'],
    [['docker=run/d.sock'], 'absolute path'],
    [['docker=tcp://10.0.0.1:2375'], 'absolute path'],
    [['none', 'docker=/a'], 'cannot be combined'],
    [['auto', 'none'], 'cannot be combined'],
  ])('%j is refused', (flags, reason) => {
    expect(parseEngineFlags(flags)).toContain(reason);
  });

  it('takes every absolute path as it is', () => {
    const path = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(path, (rest) => {
        expect(parseEngineFlags([`podman=/${rest}`])).toEqual({
          kind: 'sockets',
          sockets: [{ engine: 'podman', path: `/${rest}` }],
        });
      }),
    );
  });
});
