import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceProgram } from '../../../src/runtime/security/device-program.ts';
import {
  DEFAULT_DEVICE_RULES,
  type DeviceRule,
  deviceRuleText,
  FULL_ACCESS,
} from '../../../src/runtime/security/device-rules.ts';
import { runDeviceProgram } from './ebpf-machine.ts';

const MKNOD = 1;
const READ = 2;
const WRITE = 4;

const number = fc.oneof(fc.nat(4), fc.constantFrom(0xfff, 0xf_ffff));
const rule: fc.Arbitrary<DeviceRule> = fc.record({
  type: fc.constantFrom('b', 'c'),
  major: fc.option(number),
  minor: fc.option(number),
  access: fc
    .record({ read: fc.boolean(), write: fc.boolean(), mknod: fc.boolean() })
    .filter(({ read, write, mknod }) => read || write || mknod),
});

function allows(rules: readonly DeviceRule[], asked: Parameters<typeof runDeviceProgram>[1]): boolean {
  return rules.some(
    ({ type, major, minor, access }) =>
      type === asked.type &&
      (major ?? asked.major) === asked.major &&
      (minor ?? asked.minor) === asked.minor &&
      ((asked.access & MKNOD) === 0 || access.mknod) &&
      ((asked.access & READ) === 0 || access.read) &&
      ((asked.access & WRITE) === 0 || access.write),
  );
}

describe('the device program', () => {
  it('allows what a rule has all of, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 8 }),
        fc.record({
          type: fc.constantFrom('b', 'c'),
          access: fc.integer({ min: 1, max: 7 }),
          major: number,
          minor: number,
        }),
        (rules, asked) => {
          expect(runDeviceProgram(deviceProgram(rules), asked)).toBe(Number(allows(rules, asked)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['/dev/null', 'c', 1, 3, 1],
    ['/dev/mem', 'c', 1, 1, 0],
    ['/dev/kmsg', 'c', 1, 11, 0],
    ['a terminal', 'c', 136, 7, 1],
    ['the first disk', 'b', 8, 0, 0],
    ['/dev/fuse', 'c', 10, 229, 0],
    ['/dev/kvm', 'c', 10, 232, 0],
  ] as const)('by default opens %s or not', (_, type, major, minor, answer) => {
    const program = deviceProgram(DEFAULT_DEVICE_RULES);
    expect(runDeviceProgram(program, { type, major, minor, access: READ | WRITE })).toBe(answer);
    expect(runDeviceProgram(program, { type, major, minor, access: READ })).toBe(answer);
    expect(runDeviceProgram(program, { type, major, minor, access: MKNOD })).toBe(1);
    expect(runDeviceProgram(program, { type, major, minor, access: MKNOD | WRITE })).toBe(answer);
  });
});

it('a rule is written as devices.allow reads it', () => {
  expect(DEFAULT_DEVICE_RULES.map(deviceRuleText)).toEqual([
    'c *:* m',
    'b *:* m',
    'c 1:3 rwm',
    'c 1:5 rwm',
    'c 1:7 rwm',
    'c 1:8 rwm',
    'c 1:9 rwm',
    'c 5:0 rwm',
    'c 5:1 rwm',
    'c 5:2 rwm',
    'c 136:* rwm',
  ]);
  expect(deviceRuleText({ type: 'b', major: 8, minor: null, access: { ...FULL_ACCESS, mknod: false } })).toBe(
    'b 8:* rw',
  );
});
