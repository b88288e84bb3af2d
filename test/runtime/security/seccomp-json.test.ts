import { describe, expect, it } from 'vitest';
import { compileSeccomp } from '../../../src/runtime/security/seccomp-compile.ts';
import { readSeccompProfile, type SeccompConditions } from '../../../src/runtime/security/seccomp-json.ts';
import { syscallNumbers } from '../../../src/runtime/security/syscalls.ts';
import { runBpf, X64 } from './bpf-machine.ts';

const ALLOW = 0x7fff_0000;
const errno = (number: number): number => 0x0005_0000 | number;

const conditions: SeccompConditions = { arch: 'x64', kernel: [6, 18], bounding: ['CAP_CHOWN', 'CAP_KILL'] };

type Call = { readonly [field: string]: unknown };

const call = (action: string, more: Call = {}): Call => ({ names: ['getpgrp'], action: `SCMP_ACT_${action}`, ...more });
const arg = (index: number, op: string, value: number, valueTwo?: number): Call => ({
  index,
  op: `SCMP_CMP_${op}`,
  value,
  ...(valueTwo === undefined ? {} : { valueTwo }),
});

function verdict(profile: object | string, args: readonly bigint[] = [], name = 'getpgrp'): number | null {
  const text = typeof profile === 'string' ? profile : JSON.stringify(profile);
  const read = readSeccompProfile('p.json', text, conditions);
  if (read === null) return null;
  return runBpf(compileSeccomp(read, 'x64'), { number: syscallNumbers('x64').get(name) ?? -1, arch: X64, args });
}

const allowBut = (...syscalls: readonly Call[]): object => ({ defaultAction: 'SCMP_ACT_ALLOW', syscalls });

describe('a profile in JSON', () => {
  it.each<[string, readonly Call[], readonly bigint[], number]>([
    ['EPERM unless it names one', [call('ERRNO')], [], errno(1)],
    ['the errno it names', [call('ERRNO', { errnoRet: 38 })], [], errno(38)],
    ['kills a thread', [call('KILL')], [], 0],
    ['kills the process', [call('KILL_PROCESS')], [], 0x8000_0000],
    ['logs', [call('LOG')], [], 0x7ffc_0000],
    ['traps', [call('TRAP')], [], 0x0003_0000],
    ['hands over to a tracer', [call('TRACE', { errnoRet: 7 })], [], 0x7ff0_0007],
    ['an old name', [{ name: 'getpgrp', action: 'SCMP_ACT_ERRNO', args: [] }], [], errno(1)],
    ['null for no arguments', [call('ERRNO', { args: null })], [], errno(1)],
    ['other arguments', [call('ERRNO', { args: [arg(0, 'EQ', 1)] })], [2n], ALLOW],
    ['those arguments', [call('ERRNO', { args: [arg(0, 'EQ', 1)] })], [1n], errno(1)],
    ['different arguments: all', [call('ERRNO', { args: [arg(0, 'EQ', 1), arg(1, 'EQ', 1)] })], [1n, 2n], ALLOW],
    ['the same argument: any', [call('ERRNO', { args: [arg(0, 'EQ', 1), arg(0, 'EQ', 2)] })], [2n], errno(1)],
    ['bits outside of a mask', [call('ERRNO', { args: [arg(0, 'MASKED_EQ', 2, 3)] })], [3n], errno(1)],
    [
      'the whole call before its arguments',
      [call('ERRNO', { args: [arg(0, 'EQ', 1)], errnoRet: 5 }), call('LOG')],
      [1n],
      0x7ffc_0000,
    ],
    ['what is said of all anyway', [call('ALLOW'), call('ERRNO', { args: [arg(0, 'EQ', 1)] })], [1n], errno(1)],
    ['a capability it has', [call('ERRNO', { includes: { caps: ['CAP_CHOWN'] } })], [], errno(1)],
    ['one of two it has', [call('ERRNO', { includes: { caps: ['CAP_CHOWN', 'CAP_BPF'] } })], [], ALLOW],
    ['a capability it has not', [call('ERRNO', { includes: { caps: ['CAP_BPF'] } })], [], ALLOW],
    ['excluded by one of two', [call('ERRNO', { excludes: { caps: ['CAP_BPF', 'CAP_KILL'] } })], [], ALLOW],
    ['not excluded', [call('ERRNO', { excludes: { caps: ['CAP_BPF'] } })], [], errno(1)],
    ['another machine', [call('ERRNO', { includes: { arches: ['arm64', 's390x'] } })], [], ALLOW],
    ['this machine', [call('ERRNO', { includes: { arches: ['amd64', 'x32'] } })], [], errno(1)],
    ['a newer kernel', [call('ERRNO', { includes: { minKernel: '6.19' } })], [], ALLOW],
    ['this kernel', [call('ERRNO', { includes: { minKernel: '6.18' } })], [], errno(1)],
    ['an older kernel', [call('ERRNO', { includes: { minKernel: '5.20' } })], [], errno(1)],
    ['an older kernel excluded', [call('ERRNO', { excludes: { minKernel: '4.8' } })], [], ALLOW],
    ['names of other machines', [call('ERRNO', { names: ['getpgrp', 'chown32', 'no_such'] })], [], errno(1)],
  ])('%s', (_, syscalls, args, expected) => {
    expect(verdict(allowBut(...syscalls), args)).toBe(expected);
  });

  it('keeps all 64 bits of a value', () => {
    const text = `{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["getpgrp"],"action":"SCMP_ACT_ERRNO",
      "args":[{"index":0,"op":"SCMP_CMP_EQ","value":18446744073709551613}]}]}`;
    expect(verdict(text, [2n ** 64n - 3n])).toBe(errno(1));
    expect(verdict(text, [2n ** 64n - 1n])).toBe(ALLOW);
  });

  it('answers what it does not know by its default, and what is newer than all it names as absent', () => {
    const strict = { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 13, syscalls: [call('ALLOW')] };
    expect(verdict(strict)).toBe(ALLOW);
    expect(verdict(strict, [], 'read')).toBe(errno(13));
    expect(verdict(strict, [], 'openat')).toBe(errno(38));
    expect(verdict(allowBut(call('ERRNO')), [], 'openat')).toBe(ALLOW);
  });

  it('is no filter when it is empty', () => {
    expect(verdict('{}')).toBeNull();
    expect(verdict('{"syscalls":null}')).toBeNull();
  });

  it.each<[string, object | string, RegExp]>([
    ['no JSON', '{', /^p\.json: .*JSON/],
    ['nothing', '', /^p\.json: .*JSON/],
    ['a list', '[]', /the whole is not an object/],
    [
      'an unknown field',
      { defaultAction: 'SCMP_ACT_ALLOW', sycalls: [] },
      /sycalls is no field; there are defaultAction, .*syscalls$/,
    ],
    ['no default', { syscalls: [call('ERRNO')] }, /defaultAction is missing/],
    ['an unknown default', { defaultAction: 'ALLOW' }, /defaultAction: ALLOW is none of SCMP_ACT_ALLOW, .*TRAP$/],
    ['a supervisor', allowBut(call('NOTIFY')), /syscalls\[0\]\.action: SCMP_ACT_NOTIFY is none of/],
    ['no action', allowBut({ names: ['getpgrp'] }), /syscalls\[0\]\.action is missing/],
    ['names as text', allowBut(call('ERRNO', { names: 'getpgrp' })), /syscalls\[0\]\.names is not a list/],
    [
      'a number for a name',
      allowBut(call('ERRNO', { names: ['read', 39] })),
      /syscalls\[0\]\.names\[1\] is not a string/,
    ],
    ['both kinds of names', allowBut(call('ERRNO', { name: 'read' })), /syscalls\[0\]: name and names: only one/],
    ['errno too large', allowBut(call('ERRNO', { errnoRet: 4096 })), /errnoRet is not a whole number from 0 to 4095/],
    ['a seventh argument', allowBut(call('ERRNO', { args: [arg(6, 'EQ', 1)] })), /args\[0\]\.index is not .* 0 to 5/],
    ['a negative value', allowBut(call('ERRNO', { args: [arg(0, 'EQ', -1)] })), /value is not a whole number/],
    ['a fraction', allowBut(call('ERRNO', { args: [arg(0, 'EQ', 1.5)] })), /value is not a whole number/],
    [
      'an unknown comparison',
      allowBut(call('ERRNO', { args: [arg(0, 'IS', 1)] })),
      /op: SCMP_CMP_IS is none of SCMP_CMP_NE/,
    ],
    ['no kernel', allowBut(call('ERRNO', { includes: { minKernel: '4' } })), /includes\.minKernel: not like "4\.8"/],
    ['an unknown condition', allowBut(call('ERRNO', { includes: { cap: [] } })), /includes\.cap is no field/],
    [
      'another machine only',
      { ...allowBut(), architectures: ['SCMP_ARCH_S390X'] },
      /SCMP_ARCH_X86_64.* is not among them/,
    ],
    [
      'both lists of machines',
      { ...allowBut(), architectures: ['SCMP_ARCH_X86_64'], archMap: [{ architecture: 'SCMP_ARCH_X86_64' }] },
      /architectures and archMap: only one/,
    ],
  ])('tells in one line: %s', (_, profile, message) => {
    expect(() => verdict(profile)).toThrow(message);
    expect(() => verdict(profile)).toThrow(/^p\.json: [^\n]*$/);
  });
});
