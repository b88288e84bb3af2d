import fc from 'fast-check';
import { expect, test } from 'vitest';
import { record } from '../../src/model/history/history.ts';
import { displayWidth } from '../../src/present/printable.ts';
import { keyTable } from '../../src/ui/keymap.ts';
import { rowText } from '../../src/ui/rows.ts';
import { frameOf } from '../../src/ui/scene.ts';
import { paintRow } from '../../src/ui/theme.ts';
import type { Action } from '../../src/ui/update/update.ts';
import { bareContainerFixture, containerFixture } from '../support/container-fixture.ts';
import { act, modelOf } from '../support/dashboard.ts';
import { hostGroupsFixture, openedGroupFixture } from '../support/host-groups-fixture.ts';
import { crowdFixture, deniedFixture, sceneContainers, sceneFixture } from '../support/scene-fixture.ts';
import { snapshotFixture } from '../support/snapshot-fixture.ts';

const keys = Array.from(new Set([...keyTable.flatMap((binding) => binding.keys), 'w', 'z', '東', '\u0007', '']));
const text = fc.string({ unit: 'binary', maxLength: 30 });

/** Snapshots of containers that come, go and are called anything. */
const snapshots = fc.oneof(
  fc.constantFrom(
    sceneFixture({ hostGroups: hostGroupsFixture() }),
    sceneFixture({ hostGroups: openedGroupFixture('/') }),
    sceneFixture(),
    deniedFixture(),
    snapshotFixture([]),
    crowdFixture(60),
    {
      ...sceneFixture(),
      elapsedUs: null,
    },
  ),
  fc.subarray([...sceneContainers]).map((containers) => snapshotFixture(containers)),
  fc
    .record({
      name: fc.option(text),
      image: fc.option(text),
      group: fc.option(text),
      argv: fc.array(text, { maxLength: 3 }),
    })
    .map(({ name, image, group, argv }) => {
      const one = containerFixture(0, { name, image, group });
      return snapshotFixture([
        { ...one, processes: one.processes.map((process) => ({ ...process, argv })) },
        bareContainerFixture({ mounts: [], evidence: argv }),
      ]);
    }),
);

const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...keys).map((key): Action => ({ type: 'key', key })) },
  { weight: 2, arbitrary: snapshots.map((snapshot): Action => ({ type: 'snapshot', snapshot })) },
  {
    weight: 1,
    arbitrary: fc
      .record({ columns: fc.integer({ min: 1, max: 220 }), rows: fc.integer({ min: 1, max: 60 }) })
      .map((size): Action => ({ type: 'resize', size })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ x: fc.integer({ min: -1, max: 220 }), y: fc.integer({ min: -1, max: 60 }) })
      .map(({ x, y }): Action => ({ type: 'click', x, y })),
  },
  { weight: 1, arbitrary: fc.integer({ min: -9, max: 9 }).map((lines): Action => ({ type: 'wheel', lines })) },
);

test('whatever is pressed on whatever is shown, the screen is exactly filled with printable text', () => {
  fc.assert(
    fc.property(snapshots, fc.array(actions, { maxLength: 40 }), (snapshot, sequence) => {
      let model = modelOf(snapshot);
      for (const action of sequence) {
        if (action.type === 'snapshot') {
          record(model.history, action.snapshot);
        }
        model = act(model, [action]).model;
        const { columns, rows } = model.ui.size;
        const frame = frameOf(model).map(rowText);
        expect(frame).toHaveLength(rows);
        for (const line of frame) {
          expect(displayWidth(line)).toBe(columns);
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        }
      }
      const painted = frameOf(model).map((row) => paintRow(row, { depth: 'true', utf8: true }));
      expect(painted.join('').replaceAll(/\u001b\[[\d;]*m/g, '')).not.toContain('\u001b');
    }),
    { numRuns: 150 },
  );
}, 60_000);
