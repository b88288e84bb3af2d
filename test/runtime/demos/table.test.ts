import { describe, expect, it } from 'vitest';
import { parseFlags } from '../../../src/cli/flags.ts';
import { runFlags } from '../../../src/cli/run/run-flags.ts';
import { runtimeVerbNames } from '../../../src/cli/run/runtime-names.ts';
import { verbs } from '../../../src/cli/verbs.ts';
import { demos, runWords } from '../../../src/runtime/demos/table.ts';

const containers = demos.flatMap((demo) => demo.containers.map((container) => ({ demo, container })));

describe('the demos', () => {
  it('are those that are promised', () => {
    expect(demos.map(({ name }) => name)).toEqual(['burn', 'hog', 'forks', 'tmp', 'zombie', 'shared', 'union', 'io']);
  });

  it.each(demos)('$name says in one sentence what to look at', ({ says }) => {
    expect(says).toMatch(/^[A-Z].*[^.]\.$/);
    expect(says.length).toBeLessThanOrEqual(180);
  });

  it('have containers of names that nobody else has', () => {
    const names = containers.map(({ container }) => container.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => name.startsWith('demo-'))).toBe(true);
  });

  it.each(containers)('$container.name is a command line of nsview run', ({ demo, container }) => {
    const { flags, operands } = parseFlags('run', runFlags, runWords(demo, container), true);
    expect(operands).toEqual([container.image, ...container.command]);
    expect(flags.has('--detach')).toBe(true);
    expect(flags.one('--name')).toBe(container.name);
    expect(flags.all('--label')).toEqual([`nsview.demo=${demo.name}`]);
  });

  it.each(containers)('$container.name shares only with one that is started before it', ({ demo, container }) => {
    const before = demo.containers.slice(0, demo.containers.indexOf(container)).map(({ name }) => `container:${name}`);
    for (const option of container.options.filter((word) => word.startsWith('container:'))) {
      expect(before).toContain(option);
    }
  });

  it.each(demos.flatMap(({ tries }) => tries))('nsview %s is a command that there is', (line) => {
    expect([...verbs.map(({ name }) => name), ...runtimeVerbNames]).toContain(line.split(' ')[0]);
  });
});
