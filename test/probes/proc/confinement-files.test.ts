import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRootMarks, readSecurity } from '../../../src/probes/container-parts.ts';
import { parseSecurityLabel } from '../../../src/probes/proc/attr.ts';
import { parseIdMap } from '../../../src/probes/proc/uid-map.ts';
import { loadTree, memoryHost } from '../../support/memory-host.ts';

describe('id maps', () => {
  it.each([
    ['the host’s', '         0          0 4294967295\n', [[0, 0, 4294967295]]],
    [
      'a rootless one',
      '         0       1000          1\n         1     100000      65536\n',
      [
        [0, 1000, 1],
        [1, 100000, 65536],
      ],
    ],
    ['none yet', '', []],
  ])('%s', (_, text, lines) => {
    expect(parseIdMap(text)).toEqual({
      status: 'ok',
      value: lines.map(([inside, outside, count]) => ({ inside, outside, count })),
    });
  });

  it.each(['0 0', '0 0 1 1', '0 -1 1', 'a b c'])('%j is garbled', (line) => {
    expect(parseIdMap(`${line}\n`)).toMatchObject({ status: 'garbled', line });
  });

  it('reads back any map', () => {
    const id = fc.nat(0xffffffff);
    fc.assert(
      fc.property(fc.array(fc.record({ inside: id, outside: id, count: id })), (lines) => {
        const text = lines.map(({ inside, outside, count }) =>
          [inside, outside, count].map((figure) => String(figure).padStart(10)).join(' '),
        );
        expect(parseIdMap(text.map((line) => `${line}\n`).join(''))).toEqual({ status: 'ok', value: lines });
      }),
    );
  });
});

describe('the parts of a container', () => {
  it.each([
    ['docker-default (enforce)\n', 'docker-default (enforce)'],
    ['system_u:system_r:container_t:s0:c1,c2\0', 'system_u:system_r:container_t:s0:c1,c2'],
    ['unconfined\n', 'unconfined'],
  ])('label %j', (text, label) => {
    expect(parseSecurityLabel(text)).toBe(label);
  });

  it('reads what confines it', () => {
    expect(readSecurity(loadTree('aufs'), 4102, null)).toMatchObject({
      uidMap: { status: 'ok', value: [{ inside: 0, outside: 0, count: 4294967295 }] },
      lsm: { status: 'ok', value: 'docker-default (enforce)' },
      devices: { status: 'unsupported' },
    });
  });

  it('finds the marks in its root, never through a link out of it', () => {
    const host = memoryHost(`=== proc/42/mountinfo
1 0 0:30 / / rw - overlay overlay rw
=== proc/42/root -> /jail
=== jail/.dockerenv

=== jail/run -> /../outside
=== outside/.containerenv

=== .flatpak-info

`);
    expect(readRootMarks(host, 42)).toEqual(['/.dockerenv']);
  });
});
