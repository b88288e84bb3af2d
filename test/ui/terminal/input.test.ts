import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MouseReport, openInput } from '../../../src/ui/terminal/input.ts';

function feed(chunks: readonly string[]): { keys: string; reports: MouseReport[]; outside: string[] } {
  const stdin = Object.assign(new PassThrough(), { setRawMode: () => stdin }) as unknown as NodeJS.ReadStream;
  const reports: MouseReport[] = [];
  const outside: string[] = [];
  const input = openInput(stdin, { onMouse: (report) => reports.push(report), onKey: (key) => outside.push(key) });
  for (const chunk of chunks) {
    stdin.emit('data', Buffer.from(chunk));
  }
  const keys = input.stream.read()?.toString() ?? '';
  input.close();
  return { keys, reports, outside };
}

test('mouse reports and F1 are taken out of what is typed', () => {
  expect(feed(['j\u001b[<0;5;3Mk\u001b[<0;5;3m\u001b[<64;1;1M\u001b[<65;1;1M\u001bOPl'])).toEqual({
    keys: 'jkl',
    reports: [
      { kind: 'press', x: 4, y: 2 },
      { kind: 'wheel', lines: -3 },
      { kind: 'wheel', lines: 3 },
    ],
    outside: ['f1'],
  });
});

test('wherever a read ends, the same comes out', () => {
  const typed = 'a\u001b[<0;10;20Mb東\u001b[A\u001b[<65;100;200Mc';
  const whole = feed([typed]);
  fc.assert(
    fc.property(fc.nat(typed.length), (cut) => {
      expect(feed([typed.slice(0, cut), typed.slice(cut)])).toEqual(whole);
    }),
  );
});

test('Escape alone is not held back', () => {
  expect(feed(['\u001b']).keys).toBe('\u001b');
});
