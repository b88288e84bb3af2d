/**
 * `npm run capture -- OUT.tree [--rename OLD=NEW…] [PID…]`: records what nsview reads of this host, or of these
 * processes and PID 1, as a fixture for tests. Names of the host, its users and its containers and the arguments of
 * what runs outside containers are taken out, and no environment is read; look it through before you share it.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { valueOr } from '../src/model/reading.ts';
import { openHost } from '../src/probes/open-host.ts';
import { formatTree } from '../test/support/tree-text.ts';
import { recordHost } from './capture/record.ts';
import { countThreads, scrub } from './capture/scrub.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rename: { type: 'string', multiple: true, default: [] } },
});
const [out, ...chosen] = positionals;
if (out === undefined || !chosen.every((pid) => /^\d+$/.test(pid))) {
  process.stderr.write('usage: npm run capture -- OUT.tree [--rename OLD=NEW…] [PID…]\n');
  process.exit(2);
}

const host = openHost();
const pids =
  chosen.length > 0
    ? [1, process.pid, ...chosen.map(Number)]
    : valueOr(host.list('/proc', 'gone'), [])
        .filter((name) => /^\d+$/.test(name))
        .map(Number);
const tree = scrub(
  recordHost(host, [...new Set(pids)]),
  values.rename.map((rename): [string, string] => {
    const [from = '', to = ''] = rename.split('=');
    return [from, to];
  }),
);
host.close();
countThreads(tree);
writeFileSync(out, formatTree(tree));
process.stdout.write(`${out}: ${tree.size} entries\n`);
