import { expect, test } from 'vitest';
import { rowText } from '../../../src/ui/rows.ts';
import { memoryRing } from '../../../src/ui/views/cgroup-rings.ts';
import { cgroupFixture } from '../../support/container-fixture.ts';

const cgroup = cgroupFixture('/x');

test('the memory ring says what is unknown and counted among the others', () => {
  const shown = (memory: Partial<typeof cgroup.memory>) =>
    memoryRing({ ...cgroup, memory: { ...cgroup.memory, ...memory } })
      .map(rowText)
      .join('\n');
  const unknown = shown({ kernelBytes: null, fileBytes: null });
  expect(unknown).toMatch(/ other .*\n.* \(with file, kernel\)/);
  expect(unknown).not.toMatch(/ (file|kernel) +\d/);
  expect(shown({ kernelBytes: 0 })).toMatch(/ kernel +0 B/);
  expect(shown({ kernelBytes: 0 })).not.toContain('with');
});
