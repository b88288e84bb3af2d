import { gone, ok, type Reading } from '../model/reading.ts';
import { type NativeLibrary, namespaceWords, stepRoot } from '../native/library.ts';
import { errnoName, failureOf, missingAt } from './errno.ts';
import type { GroupAnswer, Host, NamespaceFacts, ReadGroup } from './host.ts';
import type { Kept } from './host-kept.ts';
import { branchFiles } from './host-native-branches.ts';
import { heldReader } from './host-native-held.ts';
import { keptReader } from './host-native-kept.ts';
import { stringBlock } from './string-block.ts';

const FIRST_BUFFER_BYTES = 1_048_576;
/** Groups that one call is asked for: their text fits in the first buffer as a rule. */
const BATCH = 256;

/** The plain host with its batches answered by the native library. `map` and `kept` are those of the plain host. */
export function nativeHost(
  plain: Host,
  library: NativeLibrary,
  map: (path: string) => string,
  kept: Kept,
  branchBase = '',
): Host {
  let data = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  const grow = () => {
    data = Buffer.allocUnsafe(2 * data.length);
  };

  /** One native call for groups that ask for the same files and links, or as many as the buffer needs. */
  const readAlike = (groups: readonly ReadGroup[], answers: GroupAnswer[]) => {
    const [{ files, links, usersOnly } = { files: [], links: [], usersOnly: undefined }] = groups;
    const fileBlock = stringBlock(files);
    const linkBlock = stringBlock(links);
    const size = files.length + links.length;
    for (let done = 0; done < groups.length; ) {
      const rest = groups.slice(done, done + BATCH);
      const lengths = new Int32Array(rest.length * size);
      const dirErrors = new Int32Array(rest.length);
      const dirs = stringBlock(rest.map(({ dir }) => map(dir)));
      const finished = library.readGroups(
        dirs,
        rest.length,
        fileBlock,
        files.length,
        linkBlock,
        links.length,
        usersOnly === true ? 1 : 0,
        data,
        data.length,
        lengths,
        dirErrors,
      );
      decodeGroups(rest, finished, data, lengths, dirErrors, answers);
      done += finished;
      if (finished === 0) grow();
    }
  };

  const namespaceFactsMany = (paths: readonly string[]): Reading<NamespaceFacts>[] => {
    const facts = new BigInt64Array(paths.length * namespaceWords);
    library.namespaces(stringBlock(paths.map(map)), paths.length, facts);
    return paths.map((path, i) => factsReading(path, facts.subarray(i * namespaceWords, (i + 1) * namespaceWords)));
  };

  const branchesBelow = branchFiles(library);
  return {
    ...plain,
    readKept: keptReader(library, map, kept),
    namespacesIn: heldReader(library, map),
    branches: branchesBelow(branchBase),
    branchesIn: (pid) => branchesBelow(map(`/proc/${pid}/root`)),
    namespaceFactsMany,
    readGroups(groups) {
      const answers: GroupAnswer[] = [];
      for (let from = 0; from < groups.length; ) {
        const to = endOfAlike(groups, from);
        readAlike(groups.slice(from, to), answers);
        from = to;
      }
      return answers;
    },
    readInside(pid, path, maxBytes) {
      const bytes = Buffer.allocUnsafe(maxBytes);
      const error = new Int32Array(2);
      const root = stringBlock([map(`/proc/${pid}/root`), '/']);
      const length = library.readInside(root, stringBlock([path]), 0, 0, bytes, maxBytes, error);
      if (length >= 0) return ok(bytes.toString('utf8', 0, length));
      const [errno = 0, step] = error;
      const code = errnoName(errno);
      if (code === 'ENOSYS') return plain.readInside(pid, path, maxBytes);
      return failureOf(
        code,
        `/proc/${pid}/root/${path.replace(/^\/+/, '')}`,
        step === stepRoot ? 'gone' : 'unsupported',
      );
    },
    bootUs: () => library.bootUs(),
    namespaceFacts: (path) => namespaceFactsMany([path])[0] ?? gone,
  };
}

/** Groups that follow each other and ask for the same files and links go together. */
function endOfAlike(groups: readonly ReadGroup[], from: number): number {
  const { files, links, usersOnly } = groups[from] as ReadGroup;
  let to = from + 1;
  for (; to < groups.length; to += 1) {
    const next = groups[to] as ReadGroup;
    if (next.usersOnly !== usersOnly || !isAlike(next.files, files) || !isAlike(next.links, links)) break;
  }
  return to;
}

function isAlike(some: readonly string[], others: readonly string[]): boolean {
  return some === others || (some.length === others.length && some.every((each, i) => each === others[i]));
}

function decodeGroups(
  groups: readonly ReadGroup[],
  count: number,
  data: Buffer,
  lengths: Int32Array,
  dirErrors: Int32Array,
  answers: GroupAnswer[],
): void {
  let entry = 0;
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const { dir, files, links } = groups[i] as ReadGroup;
    const failed = dirErrors[i] !== 0 ? failureOf(errnoName(dirErrors[i] ?? 0), dir, 'gone') : undefined;
    const missing = missingAt(dir);
    const next = (name: string): Reading<string> => {
      const length = lengths[entry] ?? 0;
      entry += 1;
      if (length < 0) return failed ?? failureOf(errnoName(-length), `${dir}/${name}`, missing);
      at += length;
      return ok(data.toString('utf8', at - length, at));
    };
    const texts = files.map(next);
    const targets = wholeOf(data, at, lengths.subarray(entry, entry + links.length));
    const start = at;
    const nextLink = (name: string): Reading<string> => {
      const length = lengths[entry] ?? 0;
      if (targets === null || length < 0) return next(name);
      entry += 1;
      at += length;
      return ok(targets.slice(at - length - start, at - start));
    };
    answers.push({ files: texts, links: links.map(nextLink) });
  }
}

/** These texts as one string to cut them from: to make a string costs more than its bytes do. Null where it is not ASCII. */
function wholeOf(data: Buffer, at: number, lengths: Int32Array): string | null {
  let bytes = 0;
  for (const length of lengths) bytes += Math.max(0, length);
  const whole = data.toString('utf8', at, at + bytes);
  return whole.length === bytes ? whole : null;
}

function factsReading(path: string, words: BigInt64Array): Reading<NamespaceFacts> {
  const [err = 0n, parent = -1n, owner = -1n, ownerUid = -1n, uniqueId = -1n] = words;
  if (err !== 0n) return failureOf(errnoName(Number(err)), path, missingAt(path));
  const told = (word: bigint) => (word < 0n ? null : Number(word));
  return ok({
    parent: told(parent),
    owner: told(owner),
    ownerUid: told(ownerUid),
    uniqueId: uniqueId < 0n ? null : String(uniqueId),
  });
}
