import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { everyInterval, parseCount, parseInterval } from '../../../src/cli/inspect/ticks.ts';

describe('parseInterval', () => {
  it.each([
    ['1s', 1000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1.5', 1500],
    ['0.1s', 100],
    ['24h', 86_400_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseInterval(text)).toBe(ms);
  });

  it.each(['', '0', '-1s', '1d', '10ms', '25h', 's', '1e3', ' 1s', 'NaN'])('refuses %j', (text) => {
    expect(() => parseInterval(text)).toThrow('time of 50ms to 24h');
  });

  it('never gives a time out of range', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseInterval(text)).toBeGreaterThanOrEqual(50);
        } catch (error) {
          expect(String(error)).toContain('50ms to 24h');
        }
      }),
    );
  });
});

describe('parseCount', () => {
  it('takes whole numbers from 1', () => {
    expect(parseCount('12')).toBe(12);
    for (const text of ['0', '-1', '1.5', '', 'x', '99999999999999999999']) {
      expect(() => parseCount(text)).toThrow('whole number');
    }
  });
});

describe('everyInterval', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    process.removeAllListeners('SIGINT');
  });

  it('waits before the first tick, and ends after the count', async () => {
    const tick = vi.fn(async () => true);
    const done = everyInterval(1000, 2, tick);
    await vi.advanceTimersByTimeAsync(999);
    expect(tick).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(tick).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1000);
    await done;
    expect(tick).toHaveBeenCalledTimes(2);
  });

  it('ends when the tick says so', async () => {
    const done = everyInterval(1000, null, async () => false);
    await vi.advanceTimersByTimeAsync(1000);
    await expect(done).resolves.toBeUndefined();
  });

  it('ends at once on SIGINT', async () => {
    const tick = vi.fn(async () => true);
    const done = everyInterval(1000, null, tick);
    process.emit('SIGINT');
    await done;
    expect(tick).toHaveBeenCalledTimes(0);
  });
});
