import { expect, test } from 'vitest';
import type { ContainerNamespace, NamespaceType } from '../../src/model/document/namespace.ts';
import { NAMESPACE_TYPES } from '../../src/model/namespaces/types.ts';
import { weaknessesOf } from '../../src/model/weakness.ts';

function namespaces(of: (type: NamespaceType) => Partial<ContainerNamespace>): readonly ContainerNamespace[] {
  return NAMESPACE_TYPES.map((type) => ({
    type,
    inode: 1,
    isolated: true,
    sharedWith: [],
    parent: null,
    owner: null,
    ...of(type),
  }));
}

const ALWAYS = ['clock', 'kernel-version', 'kernel-parameters', 'kernel-modules'];

test('a container with all eight still has what has no namespace', () => {
  const weak = weaknessesOf(
    namespaces(() => ({})),
    '6.18.44',
  );
  expect(weak.map(({ id }) => id)).toEqual(ALWAYS);
  expect(weak.find(({ id }) => id === 'kernel-version')?.says).toContain('6.18.44');
});

test('each namespace of the host is said with what it means', () => {
  const weak = weaknessesOf(
    namespaces(() => ({ isolated: false, sharedWith: ['host'] })),
    '6.1',
  );
  expect(weak.map(({ id }) => id)).toEqual([...NAMESPACE_TYPES.map((type) => `host-${type}`), ...ALWAYS]);
  expect(weak.find(({ id }) => id === 'host-user')?.says).toContain('root inside is root outside');
});

test('who shares is named, three at most', () => {
  const weak = weaknessesOf(
    namespaces((type) => (type === 'net' ? { sharedWith: ['a', 'b', 'c', 'd', 'e'] } : {})),
    '6.1',
  );
  expect(weak[0]).toEqual({
    id: 'shared-net',
    says: 'shares with a, b, c and 2 more: interfaces, ports and 127.0.0.1',
  });
});

test('what is unknown is not called weak', () => {
  const weak = weaknessesOf(
    namespaces(() => ({ isolated: null, inode: null })),
    '6.1',
  );
  expect(weak.map(({ id }) => id)).toEqual(ALWAYS);
});
