import { type Failure, gone, ok, type Reading } from '../model/reading.ts';
import { knownWords, type NativeLibrary, openAndKeep, openOnce, sameText, skip } from '../native/library.ts';
import { errnoName, failureOf, missingAt } from './errno.ts';
import type { Host } from './host.ts';
import { ENDED, type Kept, type KeptFile, NOT_KEPT } from './host-kept.ts';
import { keptAbsent } from './host-node.ts';
import { stringBlock } from './string-block.ts';

const FIRST_BUFFER_BYTES = 1_048_576;
/** Files that one call is asked for: their text fits in the first buffer as a rule. */
const BATCH = 1024;
const NOTHING_KNOWN = -1;

/** `readKept` by the native library. A file that says what it said before is answered by the very same object. */
export function keptReader(library: NativeLibrary, map: (path: string) => string, kept: Kept): Host['readKept'] {
  let data = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  const fds = new Int32Array(BATCH);
  const lengths = new Int32Array(BATCH);
  const known = new Int32Array(BATCH * knownWords);

  function readKept(paths: readonly string[]): readonly Reading<string>[] {
    const answers: Reading<string>[] = [];
    while (answers.length < paths.length) {
      const before = answers.length;
      readBatch(paths.slice(before, before + BATCH), answers);
      if (answers.length === before) data = Buffer.allocUnsafe(2 * data.length);
    }
    return answers;
  }

  /** Appends answers of as many as the buffer had room for. */
  function readBatch(paths: readonly string[], answers: Reading<string>[]): void {
    const files = paths.map(kept.file);
    const unopened = ask(paths, files);
    const block = stringBlock(unopened.map(map));
    const texts = kept.texts.bytes();
    const finished = library.readKept(fds, paths.length, block, texts, known, data, data.length, lengths);
    keepOpened(paths, files, unopened.length);
    let at = 0;
    for (let i = 0; i < finished; i += 1) {
      const length = lengths[i] ?? 0;
      const file = files[i];
      if (length === sameText && file?.answer) {
        answers.push(file.answer);
      } else if (length < 0) {
        answers.push(refused(paths[i] ?? '', -length));
      } else {
        answers.push(fds[i] === skip ? gone : newText(file, length, at));
        at += length;
      }
    }
    for (const file of files.slice(finished)) {
      if (file?.known) file.known.length = NOTHING_KNOWN;
    }
  }

  /** Fills in what the call is asked. Returns the paths that it must open. */
  function ask(paths: readonly string[], files: readonly (KeptFile | undefined)[]): readonly string[] {
    const unopened: string[] = [];
    let room: number | null = null;
    for (const [i, file] of files.entries()) {
      const slot = file?.known ?? null;
      known[i * knownWords] = slot?.at ?? 0;
      known[i * knownWords + 1] = slot?.room ?? 0;
      known[i * knownWords + 2] = slot?.length ?? NOTHING_KNOWN;
      if (file !== undefined) {
        fds[i] = file.fd === ENDED ? skip : file.fd;
        continue;
      }
      room = (room ?? kept.room()) - 1;
      fds[i] = room >= 0 ? openAndKeep : openOnce;
      unopened.push(paths[i] ?? '');
    }
    return unopened;
  }

  /** Those behind the finished ones may have been opened, too. */
  function keepOpened(paths: readonly string[], files: (KeptFile | undefined)[], unopened: number): void {
    for (let i = 0, left = unopened; left > 0; i += 1) {
      if (files[i] !== undefined) continue;
      left -= 1;
      const fd = fds[i] ?? NOT_KEPT;
      if (fd >= 0) files[i] = kept.keep(paths[i] ?? '', fd);
    }
  }

  function newText(file: KeptFile | undefined, length: number, at: number): Reading<string> {
    const answer = ok(data.toString('utf8', at, at + length));
    if (file === undefined) return answer;
    if (file.known === null || file.known.room < length) {
      if (file.known !== null) kept.texts.giveBack(file.known);
      file.known = kept.texts.place(length);
      if (file.known !== null) data.copy(kept.texts.bytes(), file.known.at, at, at + length);
    }
    if (file.known !== null) file.known.length = length;
    file.answer = file.known === null ? null : answer;
    return answer;
  }

  function refused(path: string, errno: number): Failure {
    const failure = failureOf(errnoName(errno), path, missingAt(path));
    const file = kept.file(path);
    if (file !== undefined) {
      if (file.known !== null) file.known.length = NOTHING_KNOWN;
      if (failure.status === 'gone') kept.end(path);
      return failure;
    }
    return keptAbsent(path, failure, map);
  }

  return readKept;
}
