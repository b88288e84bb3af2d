import { BPF, type BpfInstruction, type BpfLabel, type BpfWriter, bpfWriter } from './bpf.ts';
import { ABSENT, SECCOMP, type SeccompArgument, type SeccompProfile, type SeccompRule } from './seccomp-profile.ts';
import { type SyscallArch, syscallNumbers } from './syscalls.ts';

/** AUDIT_ARCH_* of linux/audit.h. */
const AUDIT_ARCH: { readonly [arch in SyscallArch]: number } = { x64: 0xc000_003e, arm64: 0xc000_00b7 };

/** __X32_SYSCALL_BIT: the x32 calls share AUDIT_ARCH_X86_64 and would pass a list of what is refused. */
const X32 = 0x4000_0000;

/** Offsets in struct seccomp_data of linux/seccomp.h. */
const NUMBER_AT = 0;
const ARCH_AT = 4;
const lowHalfAt = (index: number): number => 16 + index * 8;
const highHalfAt = (index: number): number => lowHalfAt(index) + 4;

const low = (value: bigint): number => Number(value & 0xffff_ffffn);
const high = (value: bigint): number => Number(value >> 32n);

function writeArgument(write: BpfWriter, argument: SeccompArgument, yes: BpfLabel, no: BpfLabel): BpfLabel {
  const { index, value } = argument;
  const lowHalf = (next: BpfLabel): BpfLabel => write.load(lowHalfAt(index), next);
  const highHalf = (next: BpfLabel): BpfLabel => write.load(highHalfAt(index), next);
  const equal = (ifEqual: BpfLabel, ifNot: BpfLabel): BpfLabel => {
    const lowEqual = lowHalf(write.test(BPF.equal, low(value), ifEqual, ifNot));
    return highHalf(write.test(BPF.equal, high(value), lowEqual, ifNot));
  };
  const above = (test: typeof BPF.greater | typeof BPF.atLeast, ifAbove: BpfLabel, ifNot: BpfLabel): BpfLabel => {
    const lowAbove = lowHalf(write.test(test, low(value), ifAbove, ifNot));
    const highEqual = write.test(BPF.equal, high(value), lowAbove, ifNot);
    return highHalf(write.test(BPF.greater, high(value), ifAbove, highEqual));
  };
  switch (argument.operator) {
    case 'EQ':
      return equal(yes, no);
    case 'NE':
      return equal(no, yes);
    case 'GT':
      return above(BPF.greater, yes, no);
    case 'GE':
      return above(BPF.atLeast, yes, no);
    case 'LE':
      return above(BPF.greater, no, yes);
    case 'LT':
      return above(BPF.atLeast, no, yes);
    case 'MASKED_EQ': {
      const { masked } = argument;
      const half = (load: typeof lowHalf, mask: number, wanted: number, next: BpfLabel): BpfLabel => {
        if (mask === 0) return wanted === 0 ? next : no;
        const compared = write.test(BPF.equal, wanted, next, no);
        return load(mask === 0xffff_ffff ? compared : write.and(mask, compared));
      };
      const lowEqual = half(lowHalf, low(value), low(masked), yes);
      return half(highHalf, high(value), high(masked), lowEqual);
    }
  }
}

/** The rules of one call: each is asked only if those before it did not hold. */
function writeRules(write: BpfWriter, rules: readonly SeccompRule[], otherwise: number): BpfLabel {
  return rules.reduceRight((next, rule) => {
    const verdict = write.ret(rule.verdict);
    return rule.args.reduceRight((yes, argument) => writeArgument(write, argument, yes, next), verdict);
  }, write.ret(otherwise));
}

/** Numbers from `from` up to the next stretch have the same rules. */
type Stretch = { readonly from: number; readonly rules: readonly SeccompRule[]; readonly otherwise: number };

function stretches(profile: SeccompProfile, arch: SyscallArch): readonly Stretch[] {
  const numbers = syscallNumbers(arch);
  const rulesOf = new Map<number, SeccompRule[]>();
  for (const rule of profile.rules) {
    for (const name of rule.names) {
      const number = numbers.get(name);
      if (number === undefined) continue;
      const rules = rulesOf.get(number);
      if (rules === undefined) rulesOf.set(number, [rule]);
      else rules.push(rule);
    }
  }
  const newest = Math.max(-1, ...rulesOf.keys());
  const found: Stretch[] = [];
  let last = '';
  const add = (stretch: Stretch): void => {
    const next = meaning(stretch);
    if (next !== last) found.push(stretch);
    last = next;
  };
  for (let number = 0; number <= newest; number += 1) {
    add({ from: number, rules: rulesOf.get(number) ?? NO_RULES, otherwise: profile.otherwise });
  }
  add({ from: newest + 1, rules: [], otherwise: profile.newer });
  if (arch === 'x64') add({ from: X32, rules: [], otherwise: ABSENT });
  return found;
}

const NO_RULES: readonly SeccompRule[] = [];

/** Equal for stretches that decide alike. */
function meaning({ rules, otherwise }: Stretch): string {
  const [first] = rules;
  if (first === undefined) return String(otherwise);
  if (first.args.length === 0) return String(first.verdict);
  return [
    ...rules.map(({ args, verdict }) => [
      verdict,
      ...args.map((arg) => `${arg.index}${arg.operator}${arg.value},${arg.masked}`),
    ]),
    otherwise,
  ].join(' ');
}

function writeSearch(write: BpfWriter, sorted: readonly Stretch[]): BpfLabel {
  const middle = sorted.length >> 1;
  const [first] = sorted;
  const split = sorted[middle];
  if (first === undefined || split === undefined) throw new RangeError('no stretch of numbers');
  if (sorted.length === 1) return writeRules(write, first.rules, first.otherwise);
  const upper = writeSearch(write, sorted.slice(middle));
  const lower = writeSearch(write, sorted.slice(0, middle));
  return write.test(BPF.atLeast, split.from, upper, lower);
}

/**
 * The filter of seccomp(2) that decides as the profile says. Names that this machine has not are passed over; a program
 * of another architecture (i386 on x64) is killed, an x32 call is answered as by a kernel without x32. RangeError when
 * the profile is too large for a kernel.
 */
export function compileSeccomp(profile: SeccompProfile, arch: SyscallArch): readonly BpfInstruction[] {
  const write = bpfWriter();
  const search = writeSearch(write, stretches(profile, arch));
  const native = write.load(NUMBER_AT, search);
  const foreign = write.ret(SECCOMP.killProcess);
  return write.finish(write.load(ARCH_AT, write.test(BPF.equal, AUDIT_ARCH[arch], native, foreign)));
}
