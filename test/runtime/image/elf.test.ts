import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readElf } from '../../../src/runtime/image/elf.ts';
import { isInstalled, run } from '../../support/command.ts';

const FILES = [
  '/bin/sh',
  '/bin/bash',
  '/usr/bin/ip',
  '/bin/busybox',
  '/lib/x86_64-linux-gnu/libc.so.6',
  process.execPath,
];

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

const files = FILES.flatMap((path) => {
  const content = read(path);
  return content === null ? [] : [{ path, content }];
});

describe('readElf', () => {
  it.skipIf(!isInstalled('readelf')).each(files)('tells of $path what readelf tells', async ({ path, content }) => {
    const [headers, dynamic] = [await run('readelf', '-lW', path), await run('readelf', '-dW', path)];
    const all = (tag: string) =>
      [...dynamic.matchAll(new RegExp(`\\(${tag}\\).*\\[(.*)\\]`, 'g'))].map(([, name]) => name);
    expect(readElf(content)).toMatchObject({
      interpreter: /interpreter: (.*)\]/.exec(headers)?.[1] ?? null,
      needed: all('NEEDED'),
      runpath: [...all('RUNPATH'), ...all('RPATH')].flatMap((text) => text?.split(':')),
    });
  });

  it.each([
    ['a script', Buffer.from(`#!/bin/sh\n${'# more\n'.repeat(20)}`)],
    ['nothing', Buffer.alloc(0)],
    ['big endian', elf64({ data: 2 })],
    ['an object file', elf64({ type: 1 })],
  ])('takes %s for no program', (_, content) => {
    expect(readElf(content)).toBeNull();
  });

  it('knows a program without segments: it needs nothing', () => {
    expect(readElf(elf64({}))).toEqual({ bits: 64, machine: 62, interpreter: null, needed: [], runpath: [] });
  });

  it('never throws, wherever a file ends and whatever its numbers are', () => {
    const samples = files.map(({ content }) => content.subarray(0, 200_000));
    const sample = fc.constantFrom(...samples, elf64({}));
    const changes = fc.array(fc.record({ at: fc.nat(1024), byte: fc.nat(255) }), { maxLength: 20 });
    fc.assert(
      fc.property(sample, fc.double({ min: 0, max: 1, noNaN: true }), changes, (content, share, edits) => {
        const copy = Buffer.from(content.subarray(0, Math.floor(content.length * share)));
        for (const { at, byte } of edits) {
          if (at < copy.length) copy[at] = byte;
        }
        const elf = readElf(copy);
        expect(elf === null || Array.isArray(elf.needed)).toBe(true);
      }),
    );
  });
});

function elf64({ data = 1, type = 2 }): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02', 'latin1');
  header.writeUInt8(data, 5);
  header.writeUInt16LE(type, 16);
  header.writeUInt16LE(62, 18);
  return header;
}
