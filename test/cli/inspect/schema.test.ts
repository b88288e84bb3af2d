import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schemaDocument } from '../../../src/cli/inspect/schema-document.ts';
import { statsLine } from '../../../src/cli/inspect/stats.ts';
import { jsonDocument, jsonLine } from '../../../src/cli/output.ts';
import { layersPathFixture } from '../../support/layers-path-fixture.ts';
import { snapshotFixture } from '../../support/snapshot-fixture.ts';
import { unpackTree } from '../../support/unpack-tree.ts';
import { runSource } from '../run-source.ts';

const ajv = new Ajv2020({ allErrors: true, strict: true, validateFormats: false });
ajv.addSchema(schemaDocument(), 'nsview');

/** What the shipped schema has against a document; empty where it is valid. */
function errors(output: string, document: unknown): unknown {
  const validate = ajv.getSchema(`nsview#/$defs/${output}`);
  if (validate === undefined) throw new Error(`no schema for ${output}`);
  return validate(document) ? [] : validate.errors;
}

const snapshot = snapshotFixture();
const [container] = snapshot.containers;

describe('the shipped JSON Schema', () => {
  it.each([
    ['ps', { schema: 'nsview/1', host: snapshot.host, containers: snapshot.containers }],
    ['inspect', { schema: 'nsview/1', ...container }],
    ['ns', { schema: 'nsview/1', namespaces: snapshot.namespaces }],
    ['cgroup', { schema: 'nsview/1', id: 'x', name: null, cgroup: container?.cgroup }],
    ['layers', { schema: 'nsview/1', id: 'x', name: 'x', layers: container?.layers }],
    ['layersPath', layersPathFixture],
    ['diff', { schema: 'nsview/1', id: 'x', changes: [{ kind: 'D', path: '/etc/motd' }] }],
    ['top', { schema: 'nsview/1', id: 'x', processes: container?.processes }],
    ['stats', statsLine(snapshot)],
    ['doctor', { schema: 'nsview/1', checks: [{ id: 'x', ok: null, what: 'x', remedy: null }] }],
  ])('takes what %s prints', (output, document) => {
    expect(errors(output, JSON.parse(JSON.stringify(document)))).toEqual([]);
  });

  it('refuses a 0 below zero, a missing field and another version', () => {
    expect(errors('cgroup', { schema: 'nsview/1', id: 'x', name: null })).not.toEqual([]);
    expect(errors('cgroup', { schema: 'nsview/2', id: 'x', name: null, cgroup: null })).not.toEqual([]);
    expect(errors('top', { schema: 'nsview/1', id: 'x', processes: [{}] })).not.toEqual([]);
  });

  it('allows fields that a later version adds', () => {
    expect(errors('cgroup', { schema: 'nsview/1', id: 'x', name: null, cgroup: null, added: 1 })).toEqual([]);
  });

  it('is what `nsview schema` prints and docs/schema.json holds', async () => {
    const text = jsonDocument(schemaDocument());
    expect((await runSource(['schema'])).stdout).toBe(text);
    expect(readFileSync(new URL('../../../docs/schema.json', import.meta.url), 'utf8')).toBe(text);
  });
});

describe('what commands really print', { timeout: 60_000 }, () => {
  let work = '';
  let foreign: readonly string[] = [];
  beforeAll(() => {
    work = mkdtempSync(path.join(os.tmpdir(), 'nsview-test-'));
    unpackTree(readFileSync(new URL('../../fixtures/aufs.tree', import.meta.url), 'utf8'), work);
    foreign = ['--proc', `${work}/proc`, '--sys', `${work}/sys`];
  });
  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  it.each([
    ['ps'],
    ['inspect', 'pid:4102'],
    ['ns'],
    ['cgroup', 'pid:4102'],
    ['layers', 'pid:4102'],
    ['top', 'pid:4102'],
    ['stats', '--count', '1', '--interval', '50ms'],
    ['doctor'],
  ])('%s is valid', async (verb, ...args) => {
    const { status, stdout, stderr } = await runSource([...foreign, verb, ...args, '--json']);
    expect([status, stderr]).toEqual([0, '']);
    expect(errors(verb, JSON.parse(stdout))).toEqual([]);
  });
});

describe('JSON on a terminal', () => {
  it('escapes what a terminal or a reader would obey, and stays the same text', () => {
    const name = 'a\u009b2J\u202egnp\u2028\x7f\ufeff漢字\x1b';
    const line = jsonLine({ name });
    expect(line).toMatch(/^[\x20-\x7e漢字]+\n$/);
    expect(JSON.parse(line)).toEqual({ name });
  });
});
