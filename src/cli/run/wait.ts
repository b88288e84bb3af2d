import { printable } from '../../present/printable.ts';
import { awaitEnd } from '../../runtime/lifecycle/end.ts';
import { endNotes } from '../../runtime/lifecycle/end-notes.ts';
import { sweepContainer } from '../../runtime/lifecycle/gc.ts';
import { readContainer } from '../../runtime/lifecycle/own-container.ts';
import { type OpenRecord, openExitRecord } from '../../runtime/state/exit-record.ts';
import { findOwn } from '../../runtime/state/find.ts';
import { containerFiles } from '../../runtime/state/records.ts';
import type { Store } from '../../runtime/state/store.ts';
import { writeStandardError } from '../../standard-streams.ts';
import { eachOwn } from './each-ref.ts';
import type { RuntimeVerb } from './runtime-verb.ts';

const SIGKILLED = 137;

export const wait: RuntimeVerb = {
  usage: 'REF...',
  flags: [],
  untilOperand: false,
  changes: false,
  failure: 1,
  run: async (context) => {
    const { store, operands } = context;
    // Before anybody looks around, which takes a while: one that is to be gone when it ends takes its record along.
    const records = new Map(operands.map((ref) => [ref, recordOf(store, ref)]));
    try {
      return await eachOwn('wait', context, async ({ id, config, exit }, ref) => {
        await awaitEnd(store, id, Number.POSITIVE_INFINITY);
        const ended = readContainer(store, id);
        if (ended?.status === 'lost' && !config.autoRemove) {
          await sweepContainer(store, ended);
        }
        const end = exit ?? readContainer(store, id)?.exit ?? records.get(ref)?.read() ?? null;
        for (const note of end === null ? [] : endNotes(end)) {
          writeStandardError(`nsview: ${printable(ref)}: ${note}\n`);
        }
        return String(end?.code ?? SIGKILLED);
      });
    } finally {
      for (const record of records.values()) {
        record?.close();
      }
    }
  },
};

function recordOf(store: Store, ref: string): OpenRecord | null {
  const found = findOwn(store, ref);
  return found.kind === 'one' ? openExitRecord(containerFiles(store, found.id).exit) : null;
}
