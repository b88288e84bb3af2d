import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLog } from '../../../src/runtime/state/log-files.ts';
import { workDirPrefix } from '../../support/work-dir.ts';

let directory: string;
let paths: { readonly log: string; readonly oldLog: string };
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), workDirPrefix));
  paths = { log: path.join(directory, 'log'), oldLog: path.join(directory, 'log.1') };
});
afterEach(() => rmSync(directory, { recursive: true }));

const entries = (...texts: readonly string[]) =>
  texts.map((text) => `2026-01-31T12:00:00.000000000Z stdout F ${text}\n`).join('');

function read(log: ReturnType<typeof openLog>): string {
  return Array.from(log?.lines() ?? [], ({ text }) => String(text)).join(' ');
}

function all(tail: number | null): string {
  const log = openLog(paths, tail, null);
  const text = read(log);
  log?.close();
  return text;
}

/** As native/init/log.c does when the log is long. */
function beginAnew(...texts: readonly string[]): void {
  renameSync(paths.log, paths.oldLog);
  writeFileSync(paths.log, entries(...texts));
}

it('reads the older file before the newer', () => {
  expect(openLog(paths, null, null)).toBeNull();
  writeFileSync(paths.log, entries('a', 'b', 'c'));
  expect([null, 2, 9].map(all)).toEqual(['a b c', 'b c', 'a b c']);
  beginAnew('d', 'e');
  expect([null, 0, 1, 2, 3, 5, 9].map(all)).toEqual(['a b c d e', '', 'e', 'd e', 'c d e', 'a b c d e', 'a b c d e']);
  // What cannot be begun anew goes on in the older file.
  rmSync(paths.log);
  expect([null, 2].map(all)).toEqual(['a b c', 'b c']);
});

it('follows from one file to the next, also over one that it has not seen', () => {
  writeFileSync(paths.log, entries('a'));
  const log = openLog(paths, null, null);
  expect(read(log)).toBe('a');
  appendFileSync(paths.log, entries('b'));
  beginAnew('c');
  expect(read(log)).toBe('b c');
  beginAnew('d');
  beginAnew('e');
  expect(read(log)).toBe('d e');
  appendFileSync(paths.log, entries('f').slice(0, 20));
  expect(read(log)).toBe('');
  appendFileSync(paths.log, entries('f').slice(20));
  expect(read(log)).toBe('f');
  rmSync(paths.log);
  rmSync(paths.oldLog);
  expect(read(log)).toBe('');
  log?.close();
});
