import { readFileSync } from 'node:fs';

/** The helper's own tables, read from its sources: what the encoder must agree with. */
const header = readFileSync(new URL('../../native/init/plan.h', import.meta.url), 'utf8');
const table = readFileSync(new URL('../../native/init/ops.c', import.meta.url), 'utf8');

/** `CGROUP_MAKE` at its number. */
export const helperOps: readonly string[] = (/enum op \{([^}]*)\}/.exec(header)?.[1] ?? '')
  .split(',')
  .map((name) => name.trim().replace(/^OP_/, ''))
  .filter((name) => name !== '' && name !== 'COUNT');

/** The types of an op's fields, by its name. */
const signatures: ReadonlyMap<string, string> = new Map(
  [...table.matchAll(/(?:DOES|MAY)\(\s*(\w+),\s*\w+,\s*"(\w*)"/g)].map(([, name = '', signature = '']) => [
    name,
    signature,
  ]),
);

type DecodedField = bigint | string | Uint8Array | readonly string[];

type DecodedStep = { readonly op: string; readonly phase: number; readonly fields: readonly DecodedField[] };

export type DecodedPlan = { readonly flags: number; readonly slots: number; readonly steps: readonly DecodedStep[] };

/** Reads a plan as native/init/plan.h describes it. Throws where it does not add up. */
export function decodePlan(bytes: Buffer): DecodedPlan {
  if (bytes.toString('latin1', 0, 8) !== 'NSVPLAN1' || bytes.readUInt32LE(8) !== bytes.length)
    throw new Error('header');
  let at = 24;
  const steps = Array.from({ length: bytes.readUInt32LE(16) }, () => {
    const op = helperOps[bytes.readUInt16LE(at)] ?? '';
    const phase = bytes.readUInt16LE(at + 2);
    const end = at + 8 + bytes.readUInt32LE(at + 4);
    at += 8;
    const fields = [...(signatures.get(op) ?? '')].map(takeField);
    if (at !== end) throw new Error(`${op}: fields end at ${at}, not ${end}`);
    return { op, phase, fields };
  });
  if (at !== bytes.length) throw new Error('bytes after the last step');
  return { flags: bytes.readUInt32LE(12), slots: bytes.readUInt32LE(20), steps };

  function takeField(type: string): DecodedField {
    if (type === 'u' || type === 'd' || type === 'D') {
      at += 8;
      return bytes.readBigUInt64LE(at - 8);
    }
    if (type === 's') return takeBytes().toString();
    if (type === 'b') return Uint8Array.from(takeBytes());
    const count = bytes.readUInt32LE(at);
    at += 4;
    return Array.from({ length: count }, () => takeBytes().toString());
  }

  function takeBytes(): Buffer {
    const start = at + 4;
    const end = start + bytes.readUInt32LE(at);
    if (bytes[end] !== 0) throw new Error('no NUL behind');
    at = end + 1;
    return bytes.subarray(start, end);
  }
}
