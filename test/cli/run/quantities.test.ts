import { describe, expect, it } from 'vitest';
import { parseFlags } from '../../../src/cli/flags.ts';
import { bytesOf, countOf, cpusOf, numberOf } from '../../../src/cli/run/quantities.ts';
import { signalOf } from '../../../src/cli/run/signals.ts';
import { sinceOf } from '../../../src/cli/run/since.ts';

describe('sizes, as Docker reads them', () => {
  it.each([
    ['512', 512],
    ['512b', 512],
    ['1k', 1024],
    ['300m', 300 << 20],
    ['1.5g', 1.5 * 2 ** 30],
    ['64 KiB', 65_536],
    ['2TB', 2 ** 41],
    ['max', 'max'],
    ['-1', 'max'],
  ])('%s', (text, bytes) => expect(bytesOf('run', '--memory', text)).toBe(bytes));
  it.each(['', 'm', '1x', '1e3', '-2', '1..5g', '0x10', '99999999999t'])('%j is none', (text) => {
    expect(() => bytesOf('run', '--memory', text)).toThrow("--memory is a size such as 300m or 1.5g, or max, not '");
  });
});

it('reads counts, numbers and CPUs', () => {
  expect([countOf('run', '-', '20'), countOf('run', '-', 'max'), numberOf('run', '-', '0')]).toEqual([20, 'max', 0]);
  expect(['0.2', '.5', '2', 'max'].map((text) => cpusOf('run', '-', text, 100_000))).toEqual([
    20_000,
    50_000,
    200_000,
    'max',
  ]);
  expect(['0', '0.0', '0.01'].map((text) => cpusOf('run', '-', text, 100_000))).toEqual([0, 0, 1000]);
  for (const wrong of ['-1.5', 'two', '1e3', '', '0.001', '0.000000001'])
    expect(() => cpusOf('run', '--cpus', wrong, 100_000)).toThrow(
      '--cpus is a number of CPUs such as 0.5, at least 0.01',
    );
  for (const wrong of ['1.5', '-3', 'x', '']) expect(() => numberOf('run', '-t', wrong)).toThrow('whole number');
});

it('knows signals by name and number', () => {
  const signals = ['TERM', 'sigkill', '9', 'RTMIN', 'RTMIN+3', 'RTMAX-1'].map((text) => signalOf('kill', '-s', text));
  expect(signals).toEqual([15, 9, 9, 34, 37, 63]);
  for (const wrong of ['0', '65', 'NOPE', '', 'RTMAX+1', '-9'])
    expect(() => signalOf('kill', '-s', wrong)).toThrow('-s is');
});

it('reads moments as text that compares with log times', () => {
  const now = Date.parse('2026-01-31T12:00:00Z');
  expect(sinceOf('logs', '1h30m', now)).toBe('2026-01-31T10:30:00.000000000Z');
  expect(sinceOf('logs', '2026-01-31T01:00:00+01:00', now)).toBe('2026-01-31T00:00:00.000000000Z');
  expect(sinceOf('logs', '1700000000', now)).toBe('2023-11-14T22:13:20.000000000Z');
  for (const wrong of ['yesterday', '', '1w', '2026-99-99'])
    expect(() => sinceOf('logs', wrong, now)).toThrow('--since is');
});

describe('flags', () => {
  const table = [
    { long: '--tty', short: '-t', says: '' },
    { long: '--interactive', short: '-i', says: '' },
    { long: '--env', short: '-e', value: '<pair>', repeat: true as const, says: '' },
    { long: '--memory-swap', value: '<bytes>', says: '' },
    { long: '--lxcfs', value: '<dir>', optionalValue: true as const, says: '' },
  ];
  const parse = (...args: readonly string[]) => parseFlags('run', table, args, true);

  it('stand in every form of Docker’s, up to the first operand', () => {
    const { flags, operands } = parse(
      '-it',
      '-eA=1',
      '-e',
      'B=2',
      '--env=C=3',
      '--memory-swap',
      '-1',
      '--lxcfs',
      'image',
      '-t',
    );
    expect(flags.all('--env')).toEqual(['A=1', 'B=2', 'C=3']);
    expect([flags.has('--tty'), flags.has('--interactive'), flags.one('--memory-swap')]).toEqual([true, true, '-1']);
    expect([flags.one('--lxcfs'), operands]).toEqual(['', ['image', '-t']]);
    expect(parse('--tty=false', '--', '-i').operands).toEqual(['-i']);
    expect(parse('--tty=false', '--', '-i').flags.has('--tty')).toBe(false);
    expect(parseFlags('rm', table, ['a', '-t', 'b'], false)).toMatchObject({ operands: ['a', 'b'] });
  });

  it.each([
    [['--ttyy'], "unknown option '--ttyy'"],
    [['-x'], "unknown option '-x'"],
    [['-e'], '-e needs a value, <pair>'],
    [['--env'], '--env needs a value, <pair>'],
    [['--tty=yes'], "--tty is true or false, not 'yes'"],
  ])('%j is told', (args, message) => expect(() => parse(...args)).toThrow(message));
});
