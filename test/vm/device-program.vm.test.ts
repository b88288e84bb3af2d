import { existsSync, readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { launch } from '../../src/runtime/launch.ts';
import { planContainer } from '../../src/runtime/plan/plan-container.ts';
import { deviceProgram } from '../../src/runtime/security/device-program.ts';
import { DEFAULT_DEVICE_RULES, type DeviceRule } from '../../src/runtime/security/device-rules.ts';
import { containerSpec } from '../support/container-spec.ts';
import { freshState, makeGround } from '../support/own-container.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
afterAll(() => removeWorkDir(workDir));

const ground = makeGround(workDir);
const directory = '/sys/fs/cgroup/nsview-test-devices';

/** What of a disk, of zeros and of nothing a container can open, that makes a node of the disk for itself. */
async function look(rules: readonly DeviceRule[]): Promise<string> {
  freshState(ground);
  const log = `${ground.state}/log`;
  const open = 'for device in disk zero null; do dd if=/dev/$device bs=1 count=0 2> /tmp/$device && echo $device; done';
  const script = `mknod /dev/disk b 98 0; ${open}; grep -l "not permitted" /tmp/*`;
  const spec = containerSpec(ground, {
    cgroup: {
      directories: [directory],
      writes: [],
      devices: { directory, program: deviceProgram(rules) },
      joins: [{ version: 2, directory }],
      finals: [],
      removes: [directory],
      parents: [],
    },
    files: { lock: null, log, exit: null },
    process: { argv: ['sh', '-c', script] },
  });
  const outcome = await launch(planContainer(spec), { verb: 'run', name: 'test', detached: false });
  expect(outcome).toMatchObject({ kind: 'ended' });
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return lines.map((line) => line.split(' ').slice(3).join(' ')).join(' ');
}

it('a container opens only the devices that the program of its group lets it', async () => {
  expect(await look(DEFAULT_DEVICE_RULES)).toBe('zero null /tmp/disk');
  const withoutZero = DEFAULT_DEVICE_RULES.filter(({ major, minor }) => major !== 1 || minor !== 5);
  expect(await look(withoutZero)).toBe('null /tmp/disk /tmp/zero');
});
