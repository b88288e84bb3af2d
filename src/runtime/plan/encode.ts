import type { Limit } from '../../model/limit.ts';
import type { MountOption, NamedValue } from '../spec.ts';
import { type ByteWriter, byteWriter } from './byte-writer.ts';
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
  'exit-reserve',
  'cgroup-remove-empty',
  'discard',
  'host-root',
  'make-directory',
  'hold',
  'unmount',
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

const noSlot = 0xffff_ffff_ffff_ffffn;

/** Fields of native/init/plan.h: numbers are u64, the rest with its length before and NUL behind. */
type Field = number | bigint | string | Uint8Array | readonly string[];

/** The bytes that the helper reads from descriptor 3. */
export function encodePlan(steps: readonly Step[], flags: PlanFlags): Buffer {
  const plan = byteWriter();
  plan.text('NSVPLAN1');
  const total = plan.length();
  plan.u32(0);
  plan.u32((flags.report ? 1 : 0) | (flags.pause ? 2 : 0) | (flags.detached ? 4 : 0));
  plan.u32(steps.length);
  plan.u32(Math.max(0, ...steps.map(({ op }) => ('slot' in op ? op.slot + 1 : 0))));
  for (const { phase, op } of steps) {
    plan.u16(opNumbers.get(op.kind) ?? 0);
    plan.u16(phases[phase]);
    plan.measured(0, () => {
      for (const field of fieldsOf(op)) writeField(plan, field);
    });
  }
  plan.setU32(total, plan.length());
  return plan.bytes();
}

function writeField(plan: ByteWriter, field: Field): void {
  if (typeof field === 'number' || typeof field === 'bigint') {
    plan.u64(BigInt(field));
  } else if (typeof field === 'string') {
    writeString(plan, field);
  } else if (field instanceof Uint8Array) {
    plan.measured(ENDED, () => plan.raw(field));
  } else {
    plan.u32(field.length);
    for (const text of field) writeString(plan, text);
  }
}

/** The NUL behind a string is not counted. */
const ENDED = 1;

function writeString(plan: ByteWriter, text: string): void {
  plan.measured(ENDED, () => plan.text(text));
}

/** As the signatures of native/init/ops.c. */
function fieldsOf(op: Op): readonly Field[] {
  switch (op.kind) {
    case 'lock':
    case 'cgroup-make':
    case 'cgroup-remove':
    case 'cgroup-remove-empty':
    case 'exit-reserve':
    case 'read-only':
    case 'mask':
    case 'cwd':
    case 'make-directory':
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
    case 'unmount':
      return [op.slot, op.path];
    case 'discard':
      return [op.link, op.id, op.directory, op.trash];
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
    case 'host-root':
    case 'hold':
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
