import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePlan, opKinds } from '../../../src/runtime/plan/encode.ts';
import type { Op, Step } from '../../../src/runtime/plan/step.ts';
import { decodePlan, helperOps } from '../../support/plan-decoder.ts';

const noFlags = { report: false, pause: false, detached: false };
const none = 0xffff_ffff_ffff_ffffn;

const wireName = (kind: string) => kind.toUpperCase().replaceAll('-', '_');

function stepOf(op: Op, phase: Step['phase'] = 'host'): Step {
  return { id: 0, phase, says: '', call: '', changes: 'process', op };
}

function fieldsOf(op: Op) {
  const { op: name, fields } = decodePlan(encodePlan([stepOf(op)], noFlags)).steps[0] ?? { op: '', fields: [] };
  expect(name).toBe(wireName(op.kind));
  return fields;
}

test('numbers every op as the helper does', () => {
  expect(opKinds.map(wireName)).toEqual(helperOps);
});

const text = fc.string({ unit: 'binary' }).map((some) => some.replaceAll('\0', ''));
const texts = fc.array(text, { maxLength: 8 });
const number = fc.nat();
const slot = fc.nat({ max: 1000 });
const options = fc.array(fc.record({ name: text, value: fc.option(text) }), { maxLength: 4 });
const flat = (list: readonly { name: string; value: string | null }[]) =>
  list.flatMap(({ name, value }) => [name, value ?? '']);

test('carries any text, list, number and bytes unharmed', () => {
  fc.assert(
    fc.property(texts, texts, fc.boolean(), (argv, env, init) => {
      expect(fieldsOf({ kind: 'exec', argv, env, init })).toEqual([argv, env, BigInt(init)]);
    }),
  );
  fc.assert(
    fc.property(slot, texts, text, text, options, fc.option(slot), (at, lowers, upper, work, opts, mapSlot) => {
      const op: Op = {
        kind: 'overlay',
        slot: at,
        lowers,
        upper,
        work,
        options: opts,
        mapSlot,
        owner: { uid: 7, gid: 8 },
      };
      expect(fieldsOf(op)).toEqual([
        BigInt(at),
        lowers,
        upper,
        work,
        flat(opts),
        mapSlot === null ? none : BigInt(mapSlot),
        7n,
        8n,
      ]);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 800 }), (filter) => {
      expect(fieldsOf({ kind: 'seccomp', filter })).toEqual([filter]);
    }),
  );
  fc.assert(
    fc.property(number, number, fc.array(number, { maxLength: 20 }), fc.boolean(), (uid, gid, groups, setgroups) => {
      const bytes = new Uint8Array(Uint32Array.from(groups).buffer);
      const op: Op = { kind: 'identity', uid, gid, groups, setgroups, umask: 0o22 };
      expect(fieldsOf(op)).toEqual([BigInt(uid), BigInt(gid), bytes, BigInt(setgroups), 18n]);
    }),
  );
});

test('writes the kernel’s numbers for flags, types and limits', () => {
  expect(
    fieldsOf({ kind: 'clone', namespaces: ['mnt', 'pid', 'net', 'uts', 'ipc', 'user'], cgroupSlot: null }),
  ).toEqual([0x7c020000n, none]);
  expect(fieldsOf({ kind: 'unshare', namespaces: ['cgroup'] })).toEqual([0x02000000n]);
  expect(
    fieldsOf({
      kind: 'mount',
      fsType: 'tmpfs',
      source: 'tmpfs',
      target: '/run',
      flags: ['ro', 'nosuid', 'nodev', 'noexec', 'strictatime'],
      options: [
        { name: 'size', value: '1m' },
        { name: 'inode64', value: null },
      ],
      optional: false,
    }),
  ).toEqual(['tmpfs', 'tmpfs', '/run', 0x2fn, ['size', '1m', 'inode64', ''], 0n]);
  expect(
    fieldsOf({
      kind: 'device',
      path: 'sda',
      type: 'b',
      major: 8,
      minor: 0,
      mode: 0o660,
      uid: 0,
      gid: 6,
      bindSlot: null,
    }),
  ).toEqual(['sda', 0o060660n, 8n, 0n, 0n, 6n, none]);
  expect(fieldsOf({ kind: 'rlimit', resource: 'nofile', soft: 1024, hard: 'max', optional: true })).toEqual([
    7n,
    1024n,
    none,
    1n,
  ]);
});

test('says in the header how many slots there are, and what the helper is to report', () => {
  const steps = [
    stepOf({ kind: 'open-directory', slot: 6, path: '/' }),
    stepOf({ kind: 'attach-root', slot: 6 }, 'child'),
  ];
  expect(decodePlan(encodePlan(steps, { report: true, pause: false, detached: true }))).toMatchObject({
    flags: 5,
    slots: 7,
    steps: [{ phase: 0 }, { phase: 1 }],
  });
});
