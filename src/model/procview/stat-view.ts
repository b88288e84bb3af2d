import { least, scanUnsigned, wrap } from './c-text.ts';
import { type CpuUsage, idleOf, linesAfterFirst, parseCpuLine } from './cpu-usage.ts';
import { cpuTest, onlineCpus, quotaAt, visibleCpus } from './cpus.ts';
import { fitting, type ViewInput } from './input.ts';

type Times = CpuUsage & { readonly idle: bigint };
type Slot = { user: bigint; system: bigint; idle: bigint };

/** What lxcfs remembers of a group between two reads: usage last seen, and what it showed, by CPU. In ticks. */
type Remembered = { readonly usage: readonly Times[]; readonly view: readonly Times[] };

/** The same in decimal: JSON has no integers of 64 bits. */
export type StatRecord = { readonly [part in keyof Remembered]: readonly Written[] };
type Written = { readonly [field in keyof Times]: string };

type Asked = {
  /** Of the cpuset group. */
  readonly path: string;
  readonly set: string;
  readonly usage: readonly CpuUsage[];
  readonly host: string;
};

const NOTHING: Times = { user: 0n, system: 0n, idle: 0n };
const FIELDS = ['user', 'system', 'idle'] as const;

/**
 * /proc/stat for as many CPUs as the quota fills: what the group used since the last read is pushed onto those, idle
 * time being taken for it.
 */
export function statInView(
  input: ViewInput,
  { path, set, usage, host }: Asked,
  record: StatRecord | null,
): { text: string; record: StatRecord } {
  const now = readNow(host, set, usage);
  const slots = usage.length;
  const counted = visibleCpus(input, '5.0.3', path, path);
  const most = counted > now.lines || counted === 0 ? now.lines : counted;
  const before = recordBefore(record, now);
  const diffs = now.times.map((time, slot) => {
    const seen = before.usage[slot] ?? NOTHING;
    const since = (field: keyof Times) => (time[field] > seen[field] ? time[field] - seen[field] : 0n);
    return now.visible[slot] === true
      ? { user: since('user'), system: since('system'), idle: since('idle') }
      : { ...NOTHING };
  });
  const usageNow = diffs.map((diff, slot) => added(before.usage[slot] ?? NOTHING, diff));
  const view: Slot[] = Array.from({ length: slots }, (_, slot) => ({ ...(before.view[slot] ?? NOTHING) }));
  const shown = visibleSlots(now.visible).slice(0, Math.max(0, most));
  if (most > 0) {
    pushSurplus(diffs, now, most);
    for (const slot of shown) {
      view[slot] = added(view[slot] ?? NOTHING, diffs[slot] ?? NOTHING);
    }
  } else {
    for (const slot of visibleSlots(now.visible)) {
      view[slot] = { ...(usageNow[slot] ?? NOTHING) };
    }
  }
  const sums = view.reduce<Slot>((total, each) => added(total, each), { ...NOTHING });
  if (most > 0) {
    takeBack(input, path, { most, shown, diffs, view, sums });
  }
  const text = `${cpuLine('cpu ', sums)}${cpuLines(view, now.visible, most)}${now.rest}`;
  return { text: fitting(text, host), record: { usage: usageNow.map(written), view: view.map(written) } };
}

type Now = {
  /** By slot; user and system also of CPUs that are not visible. */
  readonly times: readonly Times[];
  readonly visible: readonly boolean[];
  /** How many CPUs the host shows. */
  readonly lines: number;
  /** The host's text from the first line on that is no CPU's. */
  readonly rest: string;
};

function readNow(host: string, set: string, usage: readonly CpuUsage[]): Now {
  const isIn = cpuTest(set);
  const times: Slot[] = usage.map((each) => ({ ...each, idle: 0n }));
  const visible = usage.map(() => false);
  const all = linesAfterFirst(host);
  const end = all.findIndex((line) => parseCpuLine(line) === null);
  let lines = 0;
  for (const line of end === -1 ? all : all.slice(0, end)) {
    const parsed = parseCpuLine(line);
    const slot = parsed === null ? undefined : times[parsed.cpu];
    if (parsed === null || slot === undefined) {
      continue;
    }
    lines += 1;
    if (isIn(parsed.cpu)) {
      visible[parsed.cpu] = true;
      slot.idle = parsed.columns === null ? 0n : idleOf(parsed.columns, slot);
    }
  }
  // Without any other line, C prints the last one it has in hand.
  return { times, visible, lines, rest: end === -1 ? (all.at(-1) ?? '') : all.slice(end).join('') };
}

/** A group that is made anew under the same path starts again: the first visible CPU's user time went back. */
function recordBefore(record: StatRecord | null, { times, visible }: Now): Remembered {
  const first = visible.indexOf(true);
  const before = { usage: record?.usage.map(readAgain) ?? [], view: record?.view.map(readAgain) ?? [] };
  const wentBack = first >= 0 && (times[first]?.user ?? 0n) < (before.usage[first]?.user ?? 0n);
  return record === null || wentBack ? { usage: times, view: [] } : before;
}

function written({ user, system, idle }: Times): Written {
  return { user: String(user), system: String(system), idle: String(idle) };
}

function readAgain({ user, system, idle }: Written): Times {
  // A recording from which names were taken out may have lost figures too.
  const ticks = (text: string) => scanUnsigned(text) ?? 0n;
  return { user: ticks(user), system: ticks(system), idle: ticks(idle) };
}

function visibleSlots(visible: readonly boolean[]): readonly number[] {
  return visible.flatMap((is, slot) => (is ? [slot] : []));
}

/** What was used of CPUs that are not shown goes onto those that are, where they are not full. */
function pushSurplus(diffs: Slot[], { visible, lines }: Now, most: number): void {
  const slots = visibleSlots(visible);
  const total = wrap(diffs.reduce((sum, { user, system, idle }) => sum + user + system + idle, 0n));
  const full = wrap((total / BigInt(lines)) * BigInt(most));
  const surplus = { user: 0n, system: 0n };
  for (const slot of slots.slice(most)) {
    surplus.user += diffs[slot]?.user ?? 0n;
    surplus.system += diffs[slot]?.system ?? 0n;
  }
  for (const slot of slots.slice(0, most)) {
    const diff = diffs[slot];
    for (const field of ['user', 'system'] as const) {
      if (diff === undefined || diff.user + diff.system >= full) {
        break;
      }
      const room = least(full - diff.user - diff.system, diff.idle);
      const moved = least(room, surplus[field]);
      diff[field] += moved;
      diff.idle -= moved;
      surplus[field] -= moved;
    }
  }
}

type Shown = {
  readonly most: number;
  readonly shown: readonly number[];
  readonly diffs: readonly Times[];
  readonly view: Slot[];
  readonly sums: Slot;
};

/** Where the quota is no whole number of CPUs, the idlest CPU loses the part that there is not. */
function takeBack(input: ViewInput, path: string, { most, shown, diffs, view, sums }: Shown): void {
  const { quota, period } = quotaAt(input, path);
  if (quota === null || quota < 0n) {
    return;
  }
  const whole = quota === 0n || period === null || period <= 0n ? 0 : Number(quota) / Number(period);
  const exact = Math.min(whole, onlineCpus(input));
  if (exact >= most) {
    return;
  }
  let passed = 0n;
  let idlest = 0;
  let mostIdle = 0n;
  for (const slot of shown) {
    const diff = diffs[slot] ?? NOTHING;
    passed += diff.user + diff.system + diff.idle;
    if (diff.idle > mostIdle) {
      mostIdle = diff.idle;
      idlest = slot;
    }
  }
  const delta = BigInt(Math.trunc(Number(wrap(passed)) * (1 - exact / most)));
  sums.idle = sums.idle > delta ? sums.idle - delta : 0n;
  const slot = view[idlest];
  if (slot !== undefined) {
    slot.idle = slot.idle > delta ? slot.idle - delta : 0n;
  }
}

/** One line per visible CPU, each with what the slots since the last one have; the last line takes all the rest. */
function cpuLines(view: readonly Times[], visible: readonly boolean[], most: number): string {
  let sum: Slot = { ...NOTHING };
  let number = -1;
  let text = '';
  for (const [slot, times] of view.entries()) {
    sum = added(sum, times);
    const last = slot === view.length - 1;
    if (visible[slot] !== true && !last) {
      continue;
    }
    number += 1;
    if (most > 0 && number >= most) {
      number -= 1;
    }
    if (most > 0 && number === most - 1 && !last) {
      continue;
    }
    text += cpuLine(`cpu${number}`, sum);
    sum = { ...NOTHING };
  }
  return text;
}

function cpuLine(name: string, { user, system, idle }: Times): string {
  return `${name} ${user} 0 ${system} ${idle} 0 0 0 0 0 0\n`;
}

function added(one: Times, other: Times): Slot {
  const sum: Slot = { ...NOTHING };
  for (const field of FIELDS) {
    sum[field] = wrap(one[field] + other[field]);
  }
  return sum;
}
