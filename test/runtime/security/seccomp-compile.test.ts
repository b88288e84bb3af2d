import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBpf } from '../../../src/runtime/security/bpf.ts';
import { compileSeccomp } from '../../../src/runtime/security/seccomp-compile.ts';
import {
  ABSENT,
  SECCOMP,
  type SeccompArgument,
  type SeccompProfile,
} from '../../../src/runtime/security/seccomp-profile.ts';
import { syscallNumbers } from '../../../src/runtime/security/syscalls.ts';
import { runBpf, X64 } from './bpf-machine.ts';

const numbers = syscallNumbers('x64');
const names = [...numbers.keys()];

/** Values around which comparisons of 64 bits by halves go wrong. */
const edges = [0n, 1n, 2n, 0xffff_fffen, 0xffff_ffffn, 0x1_0000_0000n, 0x1_0000_0001n, 0x1_ffff_ffffn];
const value = fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const argument: fc.Arbitrary<SeccompArgument> = fc.record({
  index: fc.nat(2),
  operator: fc.constantFrom('NE', 'LT', 'LE', 'EQ', 'GE', 'GT', 'MASKED_EQ'),
  value,
  masked: value,
});
const verdict = fc.constantFrom(SECCOMP.allow, SECCOMP.errno | 1, SECCOMP.errno | 13, SECCOMP.log, SECCOMP.trap);
const profile: fc.Arbitrary<SeccompProfile> = fc.record({
  rules: fc.array(
    fc.record({
      names: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 40 }),
      args: fc.array(argument, { maxLength: 3 }),
      verdict,
    }),
    { maxLength: 20 },
  ),
  otherwise: verdict,
  newer: fc.constant(ABSENT),
});

function holds({ index, operator, value: wanted, masked }: SeccompArgument, args: readonly bigint[]): boolean {
  const given = args[index] ?? 0n;
  switch (operator) {
    case 'NE':
      return given !== wanted;
    case 'LT':
      return given < wanted;
    case 'LE':
      return given <= wanted;
    case 'EQ':
      return given === wanted;
    case 'GE':
      return given >= wanted;
    case 'GT':
      return given > wanted;
    case 'MASKED_EQ':
      return (given & wanted) === masked;
  }
}

/** What a profile says, read as it is written. */
function decide({ rules, otherwise, newer }: SeccompProfile, number: number, args: readonly bigint[]): number {
  const newest = Math.max(-1, ...rules.flatMap((rule) => rule.names.map((name) => numbers.get(name) ?? -1)));
  if (number > newest) return newer;
  const matching = rules.find(
    (rule) =>
      rule.names.some((name) => numbers.get(name) === number) && rule.args.every((wanted) => holds(wanted, args)),
  );
  return (matching?.verdict ?? otherwise) >>> 0;
}

describe('a compiled profile', () => {
  it('decides every call as the profile is written', () => {
    fc.assert(
      fc.property(profile, fc.array(fc.tuple(value, value, value), { minLength: 3, maxLength: 3 }), (given, calls) => {
        const program = compileSeccomp(given, 'x64');
        for (const args of calls) {
          for (const number of numbers.values()) {
            expect(runBpf(program, { number, arch: X64, args })).toBe(decide(given, number, args));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('decides when targets are further away than a jump has bits for', () => {
    const scattered: SeccompProfile = {
      rules: names.map((name, index) => ({
        names: [name],
        args: [{ index: index % 6, operator: 'GT', value: BigInt(index) << 20n, masked: 0n }],
        verdict: SECCOMP.errno | (1 + (index % 130)),
      })),
      otherwise: SECCOMP.allow,
      newer: ABSENT,
    };
    const program = compileSeccomp(scattered, 'x64');
    expect(program.length).toBeGreaterThan(2000);
    for (const args of [Array(6).fill(0n), Array(6).fill(0x0fff_ffffn), Array(6).fill(1n << 33n)]) {
      for (const number of numbers.values()) {
        expect(runBpf(program, { number, arch: X64, args })).toBe(decide(scattered, number, args));
      }
    }
  });

  it('is refused when a kernel would not take it', () => {
    const rules = names.flatMap((name, index) =>
      [0, 1, 2, 3].map((argumentIndex) => ({
        names: [name],
        args: [{ index: argumentIndex, operator: 'GT' as const, value: BigInt(index * 7 + argumentIndex), masked: 0n }],
        verdict: SECCOMP.errno | 1,
      })),
    );
    expect(() => compileSeccomp({ rules, otherwise: SECCOMP.allow, newer: SECCOMP.allow }, 'x64')).toThrow(
      /\d+ instructions, the kernel takes 4096/,
    );
  });

  it('answers x32 as absent even when everything else is let through', () => {
    const open = compileSeccomp({ rules: [], otherwise: SECCOMP.allow, newer: SECCOMP.allow }, 'x64');
    expect(runBpf(open, { number: 0x4000_0065, arch: X64, args: [] })).toBe(ABSENT);
    expect(runBpf(open, { number: 0x65, arch: X64, args: [] })).toBe(SECCOMP.allow);
    expect(runBpf(open, { number: 0x3fff_ffff, arch: X64, args: [] })).toBe(SECCOMP.allow);
  });
});

it('a program is an array of struct sock_filter', () => {
  const bytes = encodeBpf([
    { code: 0x20, jt: 0, jf: 0, k: 4 },
    { code: 0x15, jt: 1, jf: 2, k: 0xc000_003e },
  ]);
  expect(Buffer.from(bytes).toString('hex')).toBe('20000000040000001500' + '0102' + '3e0000c0');
});
