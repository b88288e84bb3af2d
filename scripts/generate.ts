import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { completionTree } from '../src/cli/completion/command-tree.ts';
import { shells } from '../src/cli/completion/completion.ts';
import { schemaDocument } from '../src/cli/inspect/schema-document.ts';
import { jsonDocument } from '../src/cli/output.ts';
import { buildWholeProgram } from '../src/cli/whole-program.ts';
import { keysDocument } from '../src/ui/keys-document.ts';

/** Writes the documents that are made from the sources; with `--check` only says which are stale. */

const DOCS = fileURLToPath(new URL('../docs/', import.meta.url));

function documents(): ReadonlyMap<string, string> {
  const tree = completionTree(buildWholeProgram());
  return new Map([
    ['schema.json', jsonDocument(schemaDocument())],
    ['keys.md', keysDocument()],
    ...Object.values(shells).map(({ file, script }) => [`completions/${file}`, script(tree)] as const),
  ]);
}

function current(file: string): string | null {
  try {
    return readFileSync(`${DOCS}${file}`, 'utf8');
  } catch {
    return null;
  }
}

const stale = [...documents()].filter(([file, text]) => current(file) !== text);
if (process.argv.includes('--check')) {
  for (const [file] of stale) {
    console.error(`docs/${file} is stale: npm run generate`);
  }
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [file, text] of stale) {
    mkdirSync(`${DOCS}completions`, { recursive: true });
    writeFileSync(`${DOCS}${file}`, text);
    console.log(`wrote docs/${file}`);
  }
}
