import type { Limit } from '../../model/limit.ts';
import type { MountOption, NamedValue } from '../spec.ts';
import { cloneMask, mountMask, nodeTypes, propagations, rlimitNumber } from './kernel-numbers.ts';
import type { Op, Slot, Step } from './step.ts';

/** The ops in the order of enum op in native/init/plan.h: a kind's place is its number. */
export const opKinds: readonly Op['kind'][] = [
  'sealed',
  'lock',
  'stdio',
  'cgroup-make',
  'cgroup-write',
  'init-layer',
  'map-holder',
  'overlay',
  'open-tree',
  'open-process',
  'open-directory',
  'enter',
  'clone',
  'id-maps',
  'oom-score-adj',
  'go',
  'lifeline',
  'cgroup-join',
  'unshare',
  'await',
  'become-root',
  'session',
  'slave-mounts',
  'loopback',
  'hostname',
  'domainname',
  'attach-root',
  'mount',
  'mount-dev',
  'device',
  'attach-dev',
  'bind',
  'pivot',
  'terminal',
  'std-null',
  'sysctl',
  'read-only',
  'mask',
  'read-only-root',
  'rlimit',
  'cwd',
  'bounding',
  'identity',
  'capabilities',
  'close-descriptors',
  'no-new-privileges',
  'seccomp',
  'exec',
  'exit-record',
  'cgroup-remove',
  'publish',
  'bridge',
  'proxy',
  'interface',
  'proxy-end',
  'bridge-end',
  'cgroup-devices',
  'open-other-tree',
  'cover',
];

const opNumbers = new Map(opKinds.map((kind, number) => [kind, number]));

const phases = { host: 0, child: 1, monitor: 2 } as const;

export type PlanFlags = {
  /** Every step is reported, not only what failed. */
  readonly report: boolean;
  /** A byte is awaited before each step. */
  readonly pause: boolean;
  readonly detached: boolean;
};

const headerBytes = 24;
const noSlot = 0xffff_ffff_ffff_ffffn;

/** Fields of native/init/plan.h: numbers are u64, the rest with its length before and NUL behind. */
type Field = number | bigint | string | Uint8Array | readonly string[];

/** The bytes that the helper reads from descriptor 3. */
export function encodePlan(steps: readonly Step[], flags: PlanFlags): Buffer {
  const records = steps.map(encodeStep);
  const header = Buffer.alloc(headerBytes);
  header.write('NSVPLAN1', 'latin1');
  header.writeUInt32LE(
    records.reduce((total, { length }) => total + length, headerBytes),
    8,
  );
  header.writeUInt32LE((flags.report ? 1 : 0) | (flags.pause ? 2 : 0) | (flags.detached ? 4 : 0), 12);
  header.writeUInt32LE(steps.length, 16);
  header.writeUInt32LE(Math.max(0, ...steps.map(({ op }) => ('slot' in op ? op.slot + 1 : 0))), 20);
  return Buffer.concat([header, ...records]);
}

function encodeStep({ phase, op }: Step): Buffer {
  const fields = Buffer.concat(fieldsOf(op).map(encodeField));
  const record = Buffer.alloc(8 + fields.length);
  record.writeUInt16LE(opNumbers.get(op.kind) ?? 0, 0);
  record.writeUInt16LE(phases[phase], 2);
  record.writeUInt32LE(fields.length, 4);
  fields.copy(record, 8);
  return record;
}

function encodeField(field: Field): Buffer {
  if (typeof field === 'number' || typeof field === 'bigint') {
    const number = Buffer.alloc(8);
    number.writeBigUInt64LE(BigInt(field));
    return number;
  }
  if (typeof field === 'string') return encodeString(field);
  if (field instanceof Uint8Array) return encodeBytes(field);
  const count = Buffer.alloc(4);
  count.writeUInt32LE(field.length);
  return Buffer.concat([count, ...field.map(encodeString)]);
}

function encodeString(text: string): Buffer {
  return encodeBytes(Buffer.from(text));
}

function encodeBytes(bytes: Uint8Array): Buffer {
  const record = Buffer.alloc(4 + bytes.length + 1);
  record.writeUInt32LE(bytes.length);
  record.set(bytes, 4);
  return record;
}

/** As the signatures of native/init/ops.c. */
function fieldsOf(op: Op): readonly Field[] {
  switch (op.kind) {
    case 'lock':
    case 'cgroup-make':
    case 'cgroup-remove':
    case 'read-only':
    case 'mask':
    case 'cwd':
      return [op.path];
    case 'stdio':
      return [Number(op.tty), Number(op.stdin), op.log ?? ''];
    case 'cgroup-write':
      return [op.file, op.value, Number(op.optional)];
    case 'cgroup-devices':
      return [op.directory, op.program];
    case 'init-layer':
      return [op.directory, op.hostname, op.hosts, op.resolvConf];
    case 'map-holder':
      return [op.slot, op.uidMap, op.gidMap];
    case 'overlay':
      return [
        op.slot,
        op.lowers,
        op.upper,
        op.work,
        optionList(op.options),
        slotField(op.mapSlot),
        op.owner.uid,
        op.owner.gid,
      ];
    case 'open-tree':
      return [op.slot, op.path, Number(op.recursive)];
    case 'open-other-tree':
      return [op.slot, op.processSlot, op.path];
    case 'open-process':
      return [op.slot, op.process.pid, op.process.startTicks];
    case 'open-directory':
      return [op.slot, op.path];
    case 'enter':
      return [op.slot, cloneMask(op.namespaces)];
    case 'clone':
      return [cloneMask(op.namespaces), slotField(op.cgroupSlot)];
    case 'id-maps':
      return [op.uidMap, op.gidMap, Number(op.setgroups)];
    case 'oom-score-adj':
      return [String(op.value)];
    case 'cgroup-join':
      return [op.directory];
    case 'unshare':
      return [cloneMask(op.namespaces)];
    case 'hostname':
    case 'domainname':
      return [op.value];
    case 'attach-root':
      return [op.slot];
    case 'mount': {
      const { fsType, source, target, flags, options, optional } = op;
      return [fsType, source, target, mountMask(flags), optionList(options), Number(optional)];
    }
    case 'mount-dev':
      return [optionList(op.options), op.directories, op.links.flatMap(pair)];
    case 'device': {
      const { path, type, mode, major, minor, uid, gid, bindSlot } = op;
      return [path, mode | nodeTypes[type], major, minor, uid, gid, slotField(bindSlot)];
    }
    case 'bind': {
      const { slot, target, recursive, flags, propagation } = op;
      return [slot, target, Number(recursive), mountMask(flags), propagations[propagation]];
    }
    case 'cover':
      return [op.slot, op.path];
    case 'terminal':
      return [op.uid, Number(op.console)];
    case 'sysctl':
      return [op.name, op.value];
    case 'rlimit':
      return [rlimitNumber(op.resource), limitField(op.soft), limitField(op.hard), Number(op.optional)];
    case 'bounding':
      return [op.mask];
    case 'identity':
      return [op.uid, op.gid, groupBytes(op.groups), Number(op.setgroups), op.umask];
    case 'capabilities':
      return [op.effective, op.permitted];
    case 'seccomp':
      return [op.filter];
    case 'exec':
      return [op.argv, op.env, Number(op.init)];
    case 'exit-record':
      return [op.path, op.finals];
    case 'publish':
      return [op.address, op.hostPort, op.containerPort];
    case 'bridge':
      return [op.lock, op.bridge, op.gateway, op.veth, op.alias];
    case 'proxy':
      return [op.address ?? ''];
    case 'interface':
      return [op.address, op.gateway];
    case 'bridge-end':
      return [op.lock, op.bridge, op.veth, op.alias];
    case 'proxy-end':
    case 'sealed':
    case 'go':
    case 'lifeline':
    case 'await':
    case 'become-root':
    case 'session':
    case 'slave-mounts':
    case 'loopback':
    case 'attach-dev':
    case 'pivot':
    case 'std-null':
    case 'read-only-root':
    case 'close-descriptors':
    case 'no-new-privileges':
      return [];
  }
}

function slotField(slot: Slot | null): bigint | number {
  return slot ?? noSlot;
}

/** RLIM_INFINITY is all ones. */
function limitField(limit: Limit): bigint | number {
  return limit === 'max' ? noSlot : limit;
}

function optionList(options: readonly MountOption[]): readonly string[] {
  return options.flatMap(({ name, value }) => [name, value ?? '']);
}

function pair({ name, value }: NamedValue): readonly string[] {
  return [name, value];
}

function groupBytes(groups: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(groups).buffer);
}
