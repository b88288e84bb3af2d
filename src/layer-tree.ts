import type { TreeAnswer, TreeQuestion } from './model/layers/tree.ts';
import type { Steps } from './model/steps.ts';
import type { Host } from './probes/host.ts';
import {
  doubtsOf,
  measureTree,
  readDirectories,
  readVersions,
  searchTree,
  unionOfContainer,
} from './probes/layers/read-tree.ts';
import { stepsInTurns, whileWanted } from './steps-in-turns.ts';

type Listener = (answer: TreeAnswer) => void;

/** Opened directories are looked at again after so many times of what that took. */
const REST_PER_LOOK = 15;
/** Up to this they are looked at with each sample. */
const SHORT_MS = 1000;
/** How often a long walk says how far it is. */
const PROGRESS_MS = 150;

/**
 * Answers what the Layers tab asks of one container's union: parts of it as they are read, in turns with everything else.
 * A later question ends what nobody waits for any more; what is still wanted goes on. Null: nothing is. `onFailure` is
 * told what was thrown meanwhile.
 */
export function openLayerTree(
  host: Host,
  onFailure: (error: unknown) => void,
): (question: TreeQuestion | null, answer: Listener) => void {
  let latest: TreeQuestion | null = null;
  let isListing = false;
  let listedFor = '';
  let restUntilMs = 0;
  const walks = { search: '', use: '' };

  async function list(answer: Listener): Promise<void> {
    isListing = true;
    try {
      for (let question = latest; question !== null; ) {
        listedFor = keyOf(question);
        const beganMs = performance.now();
        const open = unionOfContainer(host, question.container);
        if ('code' in open) {
          answer({ kind: 'directories', directories: new Map(), isFull: false, everyMs: null, problems: [open] });
        } else {
          const read = await stepsInTurns(readDirectories(open, question.openness));
          const restMs = REST_PER_LOOK * (performance.now() - beganMs);
          restUntilMs = performance.now() + (restMs > SHORT_MS ? restMs : 0);
          if (latest?.container.id === question.container.id) {
            const everyMs = restMs > SHORT_MS ? restMs : null;
            answer({ kind: 'directories', ...read, everyMs, problems: doubtsOf(host, question.container, open) });
          }
        }
        question = latest !== null && keyOf(latest) !== keyOf(question) ? latest : null;
      }
    } finally {
      isListing = false;
    }
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
      return;
    }
    if (question.versionsOf !== null) {
      const open = unionOfContainer(host, question.container);
      if (!('code' in open)) {
        answer({ kind: 'versions', ...readVersions(open, question.versionsOf) });
      }
    }
    startWalks(question, answer);
    if (!isListing && (isNew || performance.now() >= restUntilMs)) {
      list(answer).catch(onFailure);
    }
  };
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

/** Of what the opened directories depend on. */
function keyOf({ container, openness }: TreeQuestion): string {
  const { opened, closed, changesOnly } = openness;
  return JSON.stringify([container.id, [...opened], [...closed], changesOnly]);
}
