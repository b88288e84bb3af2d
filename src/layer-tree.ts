import process from 'node:process';
import type { Container } from './model/document/container.ts';
import type { Problem } from './model/document/problem.ts';
import type { TreeAnswer, TreeQuestion } from './model/layers/tree.ts';
import { processKey } from './model/process.ts';
import type { Steps } from './model/steps.ts';
import type { Host } from './probes/host.ts';
import type { OpenUnion } from './probes/layers/open-union.ts';
import {
  doubtsOf,
  measureTree,
  readDirectories,
  readVersions,
  searchTree,
  unionOfContainer,
} from './probes/layers/read-tree.ts';
import { type UnionWatch, watchUnion } from './probes/layers/watch-union.ts';
import { stepsInTurns, whileWanted } from './steps-in-turns.ts';

type Listener = (answer: TreeAnswer) => void;

/** Opened directories are looked at again after so many times of the CPU time that it took. */
const REST_PER_LOOK = 15;
/** And after a change, which must be seen within a second as long as that is no more work than rest. */
const REST_PER_CHANGE = 2;
const LONGEST_REST_MS = 700;
/** Up to this they are looked at with each sample. */
const SHORT_MS = 1000;
/** Where the kernel tells of changes, for those of which it does not: written by way of a map, or below another mount. */
const WATCHED_MS = 10_000;
/** So long after a change it is read. */
const GATHER_MS = 100;
/** Changes that go on and on are read so far apart. */
const BETWEEN_MS = 500;
/** How often a long walk says how far it is. */
const PROGRESS_MS = 150;

/**
 * Answers what the Layers tab asks of one container's union: parts of it as they are read, in turns with everything else.
 * A later question ends what nobody waits for any more; what is still wanted goes on. Null: nothing is. `onFailure` is
 * told what was thrown meanwhile; while `isPaused`, nothing is told that was not asked for.
 */
export function openLayerTree(
  host: Host,
  onFailure: (error: unknown) => void,
  isPaused: () => boolean,
): (question: TreeQuestion | null, answer: Listener) => void {
  let latest: TreeQuestion | null = null;
  let isListing = false;
  let listedFor = '';
  let spentMs = 0;
  let restMs = 0;
  let listedMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let watch: { readonly of: string; readonly union: UnionWatch } | null = null;
  let doubts: { readonly of: string; readonly problems: readonly Problem[]; readonly untilMs: number } | null = null;
  const walks = { search: '', use: '' };

  /** `isHeard`: because something changed. It may be the end of the container, which the next sample tells better. */
  async function list(answer: Listener, isHeard = false): Promise<void> {
    isListing = true;
    try {
      for (let question = latest; question !== null; ) {
        listedFor = keyOf(question);
        const beganMs = cpuMs();
        const open = unionOfContainer(host, question.container);
        if ('code' in open) {
          endWatch();
          if (!isHeard) {
            const nothing = { directories: new Map(), isFull: false, isWatched: false, everyMs: null };
            answer({ kind: 'directories', ...nothing, problems: [open] });
          }
        } else {
          const union = watchOf(question.container, open, answer);
          await stepsInTurns(union.renew([...question.openness.opened]));
          const read = await stepsInTurns(readDirectories(open, question.openness));
          union.keep([...read.directories.keys()]);
          const isWatched = union.isWhole();
          const problems = await doubtsAbout(question.container, open);
          spentMs = cpuMs() - beganMs;
          restMs = REST_PER_LOOK * spentMs;
          listedMs = performance.now();
          if (latest?.container.id === question.container.id) {
            const everyMs = !isWatched && restMs > SHORT_MS ? restMs : null;
            answer({
              kind: 'directories',
              ...read,
              isWatched,
              everyMs,
              problems,
            });
          }
        }
        question = latest !== null && keyOf(latest) !== keyOf(question) ? latest : null;
      }
    } finally {
      isListing = false;
    }
    if (latest === null) {
      endWatch();
    } else if (watch?.union.hasChanged() === true) {
      listSoon(answer);
    }
  }

  /** These take two more readings of `/`: they are asked for with the first of the directories, and then seldom. */
  async function doubtsAbout(container: Container, open: OpenUnion): Promise<readonly Problem[]> {
    const of = processOf(container);
    if (doubts === null || doubts.of !== of || performance.now() >= doubts.untilMs) {
      const problems = await stepsInTurns(doubtsOf(host, container, open));
      doubts = { of, problems, untilMs: performance.now() + WATCHED_MS };
    }
    return doubts.problems;
  }

  function watchOf(container: Container, open: OpenUnion, answer: Listener): UnionWatch {
    const of = processOf(container);
    if (watch?.of !== of) {
      endWatch();
      watch = { of, union: watchUnion(host, container.init, open, () => listSoon(answer)) };
    }
    return watch.union;
  }

  function endWatch(): void {
    clearTimeout(timer);
    timer = undefined;
    watch?.union.close();
    watch = null;
    doubts = null;
  }

  /** After a change: what follows at once is read with it. What changes in a pause is read with the next sample. */
  function listSoon(answer: Listener): void {
    if (isListing || timer !== undefined || isPaused()) {
      return;
    }
    const rest = Math.max(Math.min(restMs, LONGEST_REST_MS), REST_PER_CHANGE * spentMs, BETWEEN_MS);
    timer = setTimeout(
      () => {
        timer = undefined;
        if (!isListing && !isPaused()) {
          list(answer, true).catch(onFailure);
        }
      },
      Math.max(GATHER_MS, listedMs + rest - performance.now()),
    ).unref();
  }

  /** Each goes through the whole tree as long as it is what is wanted. */
  function startWalks(question: TreeQuestion, answer: Listener): void {
    const { container, search, use } = question;
    const keys = {
      search: search === null ? '' : `${container.id} ${search}`,
      use: use ? container.id : '',
    };
    for (const kind of ['search', 'use'] as const) {
      if (keys[kind] === walks[kind]) {
        continue;
      }
      walks[kind] = keys[kind];
      const open = keys[kind] === '' ? null : unionOfContainer(host, container);
      if (open === null || 'code' in open) {
        continue;
      }
      const steps = kind === 'search' ? tagged(kind, searchTree(open, search ?? '')) : tagged(kind, measureTree(open));
      const wanted = () => walks[kind] === keys[kind];
      stepsInTurns(whileWanted(wanted, telling(steps, answer))).catch(onFailure);
    }
  }

  return (question, answer) => {
    const isNew = question !== null && keyOf(question) !== listedFor;
    latest = question;
    if (question === null) {
      walks.search = '';
      walks.use = '';
      endWatch();
      return;
    }
    if (question.versionsOf !== null) {
      const open = unionOfContainer(host, question.container);
      if (!('code' in open)) {
        answer({ kind: 'versions', ...readVersions(open, question.versionsOf) });
      }
    }
    startWalks(question, answer);
    const leastMs = watch?.union.isWhole() === true && !watch.union.hasChanged() ? WATCHED_MS : 0;
    const pauseMs = Math.max(leastMs, restMs > SHORT_MS ? restMs : 0);
    if (!isListing && (isNew || performance.now() >= listedMs + pauseMs)) {
      list(answer).catch(onFailure);
    }
  };
}

/** Of this program: on a busy machine much time goes by in which it does nothing. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Says now and then how far it is, and at the end what came last. */
function* telling(steps: Generator<TreeAnswer | undefined, void, void>, answer: Listener): Steps<void> {
  let pending: TreeAnswer | undefined;
  let toldMs = performance.now();
  for (const step of steps) {
    pending = step ?? pending;
    if (pending !== undefined && performance.now() - toldMs > PROGRESS_MS) {
      answer(pending);
      pending = undefined;
      toldMs = performance.now();
    }
    yield;
  }
  if (pending !== undefined) {
    answer(pending);
  }
}

function* tagged<Kind extends 'search' | 'use', T extends object>(
  kind: Kind,
  steps: Generator<T | undefined, void, void>,
): Generator<(T & { readonly kind: Kind }) | undefined, void, void> {
  for (const step of steps) {
    yield step === undefined ? undefined : { kind, ...step };
  }
}

/** Whose root it is. */
function processOf({ id, init }: Container): string {
  return `${id} ${init === null ? '' : processKey(init)}`;
}

/** Of what the opened directories depend on. */
function keyOf({ container, openness }: TreeQuestion): string {
  const { opened, closed, changesOnly } = openness;
  return JSON.stringify([container.id, [...opened], [...closed], changesOnly]);
}
