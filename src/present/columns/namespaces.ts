import type { ContainerNamespace, HostNamespace } from '../../model/document/namespace.ts';
import { NAMESPACE_TYPES } from '../../model/namespaces/types.ts';
import { standing } from '../namespace-letters.ts';
import { formatMembers } from '../namespace-members.ts';
import { printable } from '../printable.ts';
import { formatCount, UNKNOWN } from '../units.ts';
import type { Column } from './column.ts';

/** A container's namespace beside the host's own of that type. */
export type NamespaceRow = ContainerNamespace & { readonly hostInode: number | null };

type NamespaceColumn = Column<NamespaceRow, null>;
/** Whether processes may be in the namespaces that we do not see. */
export type AreSomeHidden = boolean;

type HostNamespaceColumn = Column<HostNamespace, AreSomeHidden>;

const text = { width: 8, grow: false, align: 'left', largestFirst: false } as const;
const number = { width: 10, grow: false, align: 'right', largestFirst: false } as const;

const HERE = { private: 'private', host: 'host’s', shared: 'shared', unknown: 'needs root', absent: UNKNOWN };

/** What every namespace has, a container's and the host's. */
type AnyNamespace = Pick<ContainerNamespace, 'type' | 'inode' | 'parent' | 'owner'>;
type AnyNamespaceColumn = Column<AnyNamespace, unknown>;

const linkColumns = [
  {
    ...text,
    key: 'type',
    title: 'TYPE',
    description: 'which of the eight of namespaces(7)',
    width: 7,
    cell: ({ type }) => type,
    value: ({ type }) => NAMESPACE_TYPES.indexOf(type),
  },
  {
    ...number,
    key: 'inode',
    title: 'INODE',
    description: 'what tells it from the others of its type',
    cell: ({ inode }) => formatCount(inode),
    value: ({ inode }) => inode,
  },
] as const satisfies readonly AnyNamespaceColumn[];

const kinshipColumns = [
  {
    ...number,
    key: 'parent',
    title: 'PARENT',
    description: 'the pid or user namespace around it',
    cell: ({ parent }) => formatCount(parent),
    value: ({ parent }) => parent,
  },
  {
    ...number,
    key: 'owner',
    title: 'OWNER',
    description: 'the user namespace whose root may rule it',
    cell: ({ owner }) => formatCount(owner),
    value: ({ owner }) => owner,
  },
] as const satisfies readonly AnyNamespaceColumn[];

/** Every column of one container's namespaces. */
export const namespaceColumns = [
  ...linkColumns,
  {
    ...text,
    key: 'here',
    title: 'HERE',
    description: 'private, shared with other containers, or the host’s',
    width: 10,
    cell: (row) => HERE[standing(row)],
    value: (row) => standing(row),
  },
  {
    ...text,
    key: 'with',
    title: 'WITH',
    description: 'who else is in it',
    width: 14,
    grow: true,
    cell: ({ sharedWith }) => printable(sharedWith.join(', ')) || UNKNOWN,
    value: ({ sharedWith }) => sharedWith.join(' ') || null,
  },
  {
    ...number,
    key: 'host',
    title: 'HOST’S OWN',
    description: 'the inode of the host’s namespace of that type',
    cell: ({ hostInode }) => formatCount(hostInode),
    value: ({ hostInode }) => hostInode,
  },
  ...kinshipColumns,
] as const satisfies readonly NamespaceColumn[];

/** Every column of the host's namespaces. */
export const hostNamespaceColumns = [
  ...linkColumns,
  {
    ...number,
    key: 'procs',
    title: 'PROCS',
    description: 'processes in it',
    width: 6,
    largestFirst: true,
    cell: ({ processes }, areSomeHidden) => formatMembers(processes, areSomeHidden),
    value: ({ processes }) => processes.length,
  },
  {
    ...text,
    key: 'containers',
    title: 'CONTAINERS',
    description: 'containers whose init is in it',
    width: 16,
    grow: true,
    cell: ({ initial, containers }) => printable(containersOf(initial, containers)) || UNKNOWN,
    value: ({ containers }) => containers.join(' ') || null,
  },
  {
    ...text,
    key: 'held',
    title: 'HELD BY',
    description: 'what keeps it alive: its processes, a descriptor, a bind mount',
    width: 16,
    grow: true,
    cell: (row, areSomeHidden) => printable(holders(row, areSomeHidden)) || UNKNOWN,
    value: (row) => holders(row, false) || null,
  },
  ...kinshipColumns,
  {
    ...number,
    key: 'owneruid',
    title: 'UID',
    description: 'the user that made the owning user namespace',
    width: 6,
    cell: ({ ownerUid }) => formatCount(ownerUid),
    value: ({ ownerUid }) => ownerUid,
  },
] as const satisfies readonly HostNamespaceColumn[];

function containersOf(initial: boolean | null, containers: readonly string[]): string {
  const others = containers.filter((name) => name !== 'host');
  return (initial === true ? ['host', ...others] : others).join(', ');
}

function holders({ processes, heldBy }: HostNamespace, areSomeHidden: AreSomeHidden): string {
  const first = processes[0];
  const held = heldBy.filter(({ kind }) => kind !== 'process').map(({ kind, where }) => `${kind} ${where}`);
  if (first === undefined && areSomeHidden) {
    return ['processes: needs root', ...held].join(', ');
  }
  return (first === undefined ? held : [`pid ${first}`, ...held]).join(', ');
}
