import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings, readSettings } from '../../src/ui/settings.ts';

test('what was saved comes back', () => {
  const settings = {
    ...defaultSettings,
    tables: { ...defaultSettings.tables, containers: { columns: ['name', 'cpu'], sort: 'cpu', reversed: true } },
    scale: 'limit',
    group: 'engine',
  };
  expect(readSettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
});

test('a file that somebody edited: what is not understood is the default', () => {
  expect(readSettings(null)).toEqual(defaultSettings);
  expect(
    readSettings({ tables: { containers: { columns: ['nonsense'], sort: 'nonsense' }, mounts: 7 }, scale: 'furlongs' }),
  ).toEqual(defaultSettings);
  fc.assert(
    fc.property(fc.jsonValue(), (raw) => {
      const { tables } = readSettings(raw);
      expect(Object.keys(tables)).toEqual(Object.keys(defaultSettings.tables));
      expect(Object.values(tables).every(({ columns }) => columns.length > 0)).toBe(true);
    }),
  );
});
