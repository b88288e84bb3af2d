import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodePlan } from '../../src/runtime/plan/encode.ts';
import { planContainer } from '../../src/runtime/plan/plan-container.ts';
import { run } from '../support/command.ts';
import { containerSpec, type Ground, plainDevices, type SpecChanges } from '../support/container-spec.ts';
import { runHelper } from '../support/helper-process.ts';
import { freshState, makeGround } from '../support/own-container.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

/** nsview-init built with the address and undefined-behaviour sanitizers, on plans as they come and on broken ones. */

const native = fileURLToPath(new URL('../../native/', import.meta.url));
const checked = `${native}build/nsview-init-checked`;
const workDir = makeWorkDir();
let ground: Ground;

beforeAll(async () => {
  await run('make', '-C', native, '-s', 'build/nsview-init-checked');
  ground = makeGround(workDir);
});
beforeEach(() => freshState(ground));
afterAll(() => removeWorkDir(workDir));

const planOf = (changes: SpecChanges = {}) =>
  encodePlan(planContainer(containerSpec(ground, changes)), { report: true, pause: false, detached: false });

const script = (text: string) => ({ argv: ['sh', '-c', text] });
const map = [{ inside: 0, outside: 100_000, count: 65_536 }];
const { mounts, namespaces } = containerSpec({ rootfs: '', state: '' });

const starts: readonly (readonly [string, SpecChanges, number])[] = [
  ['a plain one', { process: script('echo out; echo err >&2; exit 7') }, 7],
  ['one with a first process of ours', { init: true, process: script('sleep 0.05 & exit 8') }, 8],
  ['one with a terminal', { terminal: { tty: true, stdin: false }, process: script('tty; exit 9') }, 9],
  ['one that ends by a signal', { init: true, process: script('kill -TERM $$') }, 143],
  ['one whose command is not there', { process: { argv: ['nosuch'] } }, 127],
  [
    'one in a user namespace',
    {
      namespaces: { ...namespaces, user: 'new' },
      userMaps: { uid: map, gid: map, setgroups: true, idmapLayers: true },
      devices: plainDevices.map((device) => ({ ...device, bindFrom: `/dev/${device.path}` })),
      process: { uid: 1, gid: 1, groups: [1, 2] },
    },
    0,
  ],
  [
    'one with volumes, parameters, limits and a read-only root',
    {
      mounts: [
        ...mounts,
        {
          kind: 'bind',
          source: workDir,
          target: '/a/b',
          recursive: true,
          flags: ['ro', 'noatime'],
          propagation: 'slave',
        },
      ],
      sysctls: [{ name: 'kernel.msgmax', value: '9000' }],
      readonlyRootfs: true,
      files: { lock: null, log: `${workDir}/log`, exit: `${workDir}/exit` },
      process: { rlimits: [{ name: 'core', soft: 0, hard: 0, optional: true }], cwd: '/tmp/x' },
    },
    0,
  ],
];

describe('without a wrong access to memory starts', () => {
  test.each(starts)('%s', async (_, changes, code) => {
    const { status, stderr, lines } = await runHelper(planOf(changes), checked);
    expect(stderr).not.toMatch(/Sanitizer|runtime error/);
    expect(status, `${stderr}\n${lines.join('\n')}`).toBe(code);
    expect(lines.some((line) => line === 'running' || line.startsWith('failed '))).toBe(true);
  });
});

test('kills the container and ends when its launcher goes away at once', async () => {
  const plan = planOf({ process: { argv: ['sleep', '60'] } });
  const { status, stderr } = await runHelper(plan, checked, true);
  expect(stderr).not.toMatch(/Sanitizer/);
  expect([125, 137]).toContain(status);
});

test('refuses a plan that ends too early, wherever, and does none of it', async () => {
  const plan = planOf();
  writeFileSync(`${workDir}/plan`, plan);
  for (let length = 0; length < plan.length; length += 1 + Math.floor(plan.length / 25)) {
    const { status, lines } = await runHelper(plan.subarray(0, length), checked, true);
    expect(status).toBe(125);
    expect(lines).toEqual(['failed -1 71 the plan cannot be read']);
  }
});

test.each([
  ['another beginning', 0, 0x58],
  ['more bytes than any plan has', 11, 0x7f],
  ['more steps than bytes', 17, 0x0f],
  ['more slots than any plan has', 21, 0x7f],
  ['an unknown step', 24, 0xff],
  ['an unknown phase', 26, 0x09],
  ['fields longer than the plan', 30, 0xff],
])('refuses %s', async (_, at, byte) => {
  const plan = planOf();
  plan[at] = byte;
  expect(await runHelper(plan, checked, true)).toMatchObject({
    status: 125,
    lines: ['failed -1 71 the plan cannot be read'],
  });
});
