import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lxcFacts } from '../../../src/probes/engines/lxc-state.ts';
import { machineFacts } from '../../../src/probes/engines/nspawn-state.ts';

describe('lxc.container.conf', () => {
  it.each([
    ['lxc.group = shop\n', 'shop'],
    ['  lxc.group=shop  \n', 'shop'],
    ['# lxc.group = shop\n', null],
    ['lxc.group =\n', null],
    ['lxc.group = a\nlxc.group = b\n', 'b'],
    ['', null],
    ['\0\x1b[2J = =\n', null],
  ])('%j is of group %s', (config, group) => {
    expect(lxcFacts(config, 'web', 'x')).toMatchObject({ id: 'web', name: 'web', engine: 'lxc', group });
  });

  it('gives any word back as it was written', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]+$/), fc.stringMatching(/^[ \t]*$/), (word, blank) => {
        expect(lxcFacts(`lxc.uts.name = x\n${blank}lxc.group${blank}=${blank}${word}${blank}\n`, 'x', 'x').group).toBe(
          word,
        );
      }),
    );
  });
});

describe('file of systemd-machined', () => {
  it.each([
    ['NAME=deb\nREALTIME=1767225600123456\n', 'deb', '2026-01-01T00:00:00.123Z'],
    ['# note\nNAME=a=b\n', 'a=b', null],
    ['NAME=deb\nREALTIME=soon\n', 'deb', null],
    ['NAME=deb\nREALTIME=9999999999999000\n', 'deb', '2286-11-20T17:46:39.999Z'],
  ])('%j', (text, name, startedAt) => {
    expect(machineFacts(text, 'x')).toMatchObject({ id: name, name, startedAt, engine: 'nspawn' });
  });

  it('names a machine or is none', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (noise, text) => {
        expect(machineFacts(text.replaceAll('NAME=', ''), 'x')).toBeNull();
        const name = noise.replaceAll(/\n/g, '');
        expect(machineFacts(`CLASS=container\nNAME=${name}\n`, 'x')?.name ?? '').toBe(name);
      }),
    );
  });
});
