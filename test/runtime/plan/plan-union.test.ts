import { expect, test } from 'vitest';
import { encodePlan } from '../../../src/runtime/plan/encode.ts';
import { planUnion, type UnionSpec } from '../../../src/runtime/plan/plan-union.ts';
import { decodePlan } from '../../support/plan-decoder.ts';

const spec: UnionSpec = { lowers: ['/b', '/a'], place: '/mnt', at: null, user: null, userMarks: false };
const told = (changes: Partial<UnionSpec> = {}) =>
  planUnion({ ...spec, ...changes }).map(({ phase, op }) => `${phase} ${op.kind}`);

test('mounts in the namespace of a process that does nothing but keep it', () => {
  const steps = told();
  expect(steps.at(-1)).toBe('child hold');
  expect(steps.indexOf('child slave-mounts')).toBeLessThan(steps.indexOf('child mount'));
  expect(steps.filter((each) => /^host (mount|overlay|bind|unshare)/.test(each))).toEqual([]);
});

test('mounts on the host only the union, from a namespace that it left again, and takes it away at the end', () => {
  const at = { directory: '/srv/c', viewer: { pid: 7, startTicks: 9 } };
  const steps = planUnion({ ...spec, at });
  const kinds = steps.map(({ op }) => op.kind);
  const order = ['unshare', 'slave-mounts', 'mount', 'overlay', 'clone', 'enter', 'bind'] as const;
  const places = order.map((kind) => kinds.indexOf(kind));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  const overlay = steps.find(({ op }) => op.kind === 'overlay')?.op;
  expect(steps.at(-1)).toMatchObject({ phase: 'monitor', op: { kind: 'unmount', path: '/srv/c' } });
  const slots = steps.flatMap(({ op }) => (op.kind === 'bind' || op.kind === 'unmount' ? [op.slot] : []));
  expect(overlay).toMatchObject({ slot: slots[0] });
  expect(slots[1]).toBe(slots[0]);
});

test('maps an ordinary user to itself before anything is mounted', () => {
  const user = { uid: 1000, gid: 1001 };
  const steps = planUnion({ ...spec, user, userMarks: true });
  expect(steps.find(({ op }) => op.kind === 'id-maps')?.op).toMatchObject({
    uidMap: '1000 1000 1\n',
    gidMap: '1001 1001 1\n',
  });
  expect(steps.find(({ op }) => op.kind === 'overlay')?.op).toMatchObject({
    options: expect.arrayContaining([{ name: 'userxattr', value: null }]),
    owner: user,
  });
});

test('is read by the helper as it was written', () => {
  const at = { directory: '/srv/c', viewer: { pid: 7, startTicks: 9 } };
  const { steps } = decodePlan(
    encodePlan(planUnion({ ...spec, at }), { report: false, pause: false, detached: false }),
  );
  expect(steps.find(({ op }) => op === 'MAKE_DIRECTORY')?.fields).toEqual(['/mnt/writable']);
  expect(steps.find(({ op }) => op === 'HOST_ROOT')?.fields).toEqual([]);
  expect(steps.at(-1)).toMatchObject({ op: 'UNMOUNT', fields: [expect.any(BigInt), '/srv/c'] });
});
