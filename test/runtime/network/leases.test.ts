import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dropLeases, takeLease } from '../../../src/runtime/network/leases.ts';
import { StateFailure } from '../../../src/runtime/state/state-failure.ts';
import { cleanEnvironment } from '../../support/command.ts';
import { makeWorkDir, removeWorkDir } from '../../support/work-dir.ts';

let workDir: string;
let leases: string;

beforeEach(() => {
  workDir = makeWorkDir();
  leases = `${workDir}/network/leases`;
});
afterEach(() => removeWorkDir(workDir));

const three = ['10.0.0.2', '10.0.0.3', '10.0.0.4'];

describe('leases of addresses', () => {
  test('the first free one, until there is none', () => {
    expect(['a', 'b', 'c', 'd'].map((owner) => takeLease(leases, owner, three))).toEqual([...three, null]);
    dropLeases(leases, (owner) => owner === 'b');
    expect(takeLease(leases, 'd', three)).toBe('10.0.0.3');
    expect(readdirSync(`${leases}/10.0.0.3`)).toEqual(['d']);
    dropLeases(leases, () => true);
    expect(readdirSync(leases)).toEqual([]);
  });

  test('a folder whose taker died is free again, but not one that is just being taken', () => {
    mkdirSync(`${leases}/10.0.0.2`, { recursive: true });
    dropLeases(leases, () => false);
    expect(takeLease(leases, 'a', three)).toBe('10.0.0.3');
    const before = Date.now() / 1000 - 3600;
    utimesSync(`${leases}/10.0.0.2`, before, before);
    dropLeases(leases, () => false);
    expect(takeLease(leases, 'b', three)).toBe('10.0.0.2');
  });

  test('a folder that cannot be written is told by name', () => {
    expect(() => takeLease('/etc/passwd/leases', 'a', three)).toThrow(StateFailure);
  });

  test('many processes that take and give up at once never have the same', async () => {
    const module = fileURLToPath(new URL('../../../src/runtime/network/leases.ts', import.meta.url));
    const script = `
      import { dropLeases, takeLease } from '${module}';
      const [directory, me] = process.argv.slice(1);
      const addresses = Array.from({ length: 24 }, (_, index) => '10.0.0.' + index);
      const kept = [];
      for (let round = 0; round < 100; round++) {
        const owner = me + '-' + round;
        const address = takeLease(directory, owner, addresses);
        if (address === null) throw new Error('none is free');
        if (round < 97) dropLeases(directory, (other) => other === owner);
        else kept.push(address);
      }
      console.log(JSON.stringify(kept));`;
    const run = promisify(execFile);
    const results = await Promise.all(
      ['a', 'b', 'c', 'd'].map((me) =>
        run(process.execPath, ['--input-type=module', '-e', script, leases, me], { env: cleanEnvironment }),
      ),
    );
    const kept = results.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    expect(kept).toHaveLength(12);
    expect(new Set(kept).size).toBe(12);
    expect(readdirSync(leases).toSorted()).toEqual(kept.toSorted());
  });
});
