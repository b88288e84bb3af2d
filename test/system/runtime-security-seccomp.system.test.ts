import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SecurityOptions } from '../../src/runtime/security/security-defaults.ts';
import { syscallNumbers } from '../../src/runtime/security/syscalls.ts';
import { type Attacked, makeAttacked } from '../support/attack/confined.ts';
import { cleanEnvironment, isInstalled, run } from '../support/command.ts';
import { busyboxImage } from '../support/engines/docker.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const workDir = makeWorkDir();
afterAll(() => removeWorkDir(workDir));

const numbers = syscallNumbers('x64');
const names = new Map([...numbers].map(([name, number]) => [number, name]));

type Question = { readonly label: string; readonly line: string };

const question = (label: string, abi: 'x64' | 'i386', number: number, ...args: readonly string[]): Question => {
  const five = Array.from({ length: 5 }, (_, index) => args[index] ?? '0');
  return { label, line: [abi, number.toString(16), ...five].join(' ') };
};

const withArgument = (name: string, index: number, label: string, value: string): Question => {
  const args = Array.from({ length: index + 1 }, (_, at) => (at === index ? value : '0'));
  return question(`${name}(${label})`, 'x64', numbers.get(name) ?? -1, ...args);
};

/** Every number up to well above the newest, and what the profile looks into. */
const questions: readonly Question[] = [
  ...Array.from({ length: 600 }, (_, number) => question(names.get(number) ?? `call ${number}`, 'x64', number)),
  ...Array.from({ length: 64 }, (_, family) => withArgument('socket', 0, `family ${family}`, family.toString(16))),
  withArgument('socket', 0, 'family 38 behind an ignored bit', '100000026'),
  ...['20000', '2000000', '4000000', '8000000', '10000000', '20000000', '40000000', '3d0f00'].map((flags) =>
    withArgument('clone', 0, flags, flags),
  ),
  ...['1', '8', '20000', '20008', '40000', 'ffffffff', '100000000'].map((persona) =>
    withArgument('personality', 0, persona, persona),
  ),
  withArgument('ioctl', 1, 'TIOCSTI', '5412'),
  withArgument('ioctl', 1, 'TIOCSTI behind an ignored bit', '100005412'),
  withArgument('ioctl', 1, 'TIOCLINUX', '541c'),
  withArgument('ioctl', 1, 'TCGETS', '5401'),
];

const foreign: readonly Question[] = Array.from({ length: 470 }, (_, number) => [
  question(`i386 ${number}`, 'i386', number),
  question(`x32 ${number}`, 'x64', 0x4000_0000 + number),
]).flat();

const linesOf = (asked: readonly Question[]): string => `${asked.map(({ line }) => line).join('\n')}\n`;
const verdictsIn = (output: string): readonly string[] => output.trim().split('\n');

/** What Docker 20.10 lets through, and the profile of Docker 29 or our own addition refuses. */
const stricter = {
  io_uring_setup: 'allow → errno 1',
  io_uring_enter: 'allow → errno 1',
  io_uring_register: 'allow → errno 1',
  'socket(family 38)': 'allow → errno 1',
  'socket(family 38 behind an ignored bit)': 'allow → errno 1',
  'socket(family 40)': 'allow → errno 1',
  'ioctl(TIOCSTI)': 'allow → errno 1',
  'ioctl(TIOCSTI behind an ignored bit)': 'allow → errno 1',
  'ioctl(TIOCLINUX)': 'allow → errno 1',
};

/** Calls that the profile of Docker 29 allows to every container and that of 20.10 did not. */
const opened = {
  pkey_mprotect: 'errno 1 → allow',
  pkey_alloc: 'errno 1 → allow',
  pkey_free: 'errno 1 → allow',
};
/** The same, where 20.10 asks for a capability: CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE. */
const openedWithoutCapability = {
  process_vm_readv: 'errno 1 → allow',
  process_vm_writev: 'errno 1 → allow',
};
const handles = { name_to_handle_at: 'errno 1 → allow' };

/** Newer than Docker 20.10, which answers as a kernel without them would. */
const newer = Object.fromEntries(
  [
    ...['cachestat', 'fchmodat2', 'map_shadow_stack', 'futex_wake', 'futex_wait', 'futex_requeue', 'statmount'],
    ...['listmount', 'mseal', 'setxattrat', 'getxattrat', 'listxattrat', 'removexattrat'],
  ].map((name) => [name, 'errno 38 → allow']),
);

/** Refused by both, only in other words. */
const memoryPolicy = { set_mempolicy_home_node: 'errno 38 → errno 1' };
const lsm = (verdict: string) =>
  Object.fromEntries(
    ['lsm_get_self_attr', 'lsm_set_self_attr', 'lsm_list_modules'].map((name) => [name, `errno 38 → ${verdict}`]),
  );

/** Whose profile the differences are told from. */
const oracle = isInstalled('dockerd') ? await run('dockerd', '--version') : '';
const skipped = !oracle.includes(' 20.10.') || lane === null || !isInstalled('cc') || process.arch !== 'x64';

describe.skipIf(skipped)("the kernel's verdict on every system call, beside Docker 20.10", () => {
  let attacked: Attacked;
  beforeAll(async () => {
    attacked = await makeAttacked(workDir);
  });

  async function docker(args: readonly string[], input = ''): Promise<string> {
    if (lane === null) throw new Error('no Docker here');
    const all = ['--config', lane.configDir, '-H', `unix://${lane.socket}`, ...args];
    const options = { env: cleanEnvironment, extendEnv: false, input, timeout: 30_000 };
    return (await execa('docker', all, options)).stdout;
  }

  async function ours(asked: readonly Question[], options: Partial<SecurityOptions> = {}) {
    const spec = attacked.spec(options, { process: { argv: ['seccomp-verdict'] } });
    const { stdout, stderr, code } = await attacked.start(spec, linesOf(asked));
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    return verdictsIn(stdout);
  }

  async function dockers(asked: readonly Question[], flags: readonly string[]) {
    const probe = path.join(attacked.rootfs, 'bin/seccomp-verdict');
    const args = ['run', '--rm', '-i', '--network=none', ...flags, '-v', `${probe}:/probe:ro`, busyboxImage, '/probe'];
    return verdictsIn(await docker(args, linesOf(asked)));
  }

  it.each<[string, readonly string[], readonly string[], { readonly [label: string]: string }]>([
    [
      'by default',
      [],
      [],
      { ...stricter, ...opened, ...openedWithoutCapability, ...handles, ...newer, ...memoryPolicy, ...lsm('errno 1') },
    ],
    [
      'without capabilities',
      [],
      ['ALL'],
      { ...stricter, ...opened, ...openedWithoutCapability, ...handles, ...newer, ...memoryPolicy, ...lsm('errno 1') },
    ],
    [
      'with CAP_SYS_ADMIN',
      ['SYS_ADMIN'],
      [],
      { ...stricter, ...opened, ...openedWithoutCapability, ...newer, ...memoryPolicy, ...lsm('allow') },
    ],
    [
      'with CAP_SYS_PTRACE and CAP_SYS_NICE',
      ['SYS_PTRACE', 'SYS_NICE'],
      [],
      {
        ...stricter,
        ...opened,
        ...handles,
        ...newer,
        ...lsm('errno 1'),
        set_mempolicy_home_node: 'errno 38 → allow',
      },
    ],
  ])('is equal or stricter, and differs only where it is known to: %s', async (_, capAdd, capDrop, known) => {
    const flags = [...capAdd.map((name) => `--cap-add=${name}`), ...capDrop.map((name) => `--cap-drop=${name}`)];
    const [own, theirs] = await Promise.all([ours(questions, { capAdd, capDrop }), dockers(questions, flags)]);
    expect(own).toHaveLength(questions.length);
    expect(theirs).toHaveLength(questions.length);
    const differing = questions.flatMap(({ label }, index) =>
      own[index] === theirs[index] ? [] : [[label, `${theirs[index]} → ${own[index]}`]],
    );
    expect(Object.fromEntries(differing)).toEqual(known);
  });

  it('refuses all calls of i386 and x32, which Docker lets in by the same doors', async () => {
    const [own, theirs] = await Promise.all([ours(foreign), dockers(foreign, [])]);
    const answers = (abi: string, verdicts: readonly string[]): ReadonlySet<string | undefined> =>
      new Set(verdicts.filter((_, index) => foreign[index]?.label.startsWith(abi)));
    expect(answers('i386', own)).toEqual(new Set(['signal 31']));
    expect(answers('x32', own)).toEqual(new Set(['errno 38']));
    expect(answers('i386', theirs)).toContain('allow');
    expect(answers('x32', theirs)).toContain('allow');
  });

  it('is the same for a profile of the user', async () => {
    const profile = path.join(import.meta.dirname, '../support/attack/profile.json');
    const text = readFileSync(profile, 'utf8');
    const values = ['0', '1', '2', '3', '100000000', '100000001', '100000002', '200000000', 'ffffffffffffffff'];
    const asked = values.flatMap((first) =>
      ['0', '1', '2'].flatMap((second) =>
        ['getpgrp', 'getppid', 'getuid', 'geteuid', 'getgid', 'getegid', 'times', 'sync', 'getsid'].map((name) =>
          question(`${name}(${first}, ${second})`, 'x64', numbers.get(name) ?? -1, first, second),
        ),
      ),
    );
    const [own, theirs] = await Promise.all([
      ours(asked, { seccomp: { kind: 'profile', file: profile, text } }),
      dockers(asked, ['--security-opt', `seccomp=${profile}`]),
    ]);
    const told = (verdicts: readonly string[]) =>
      verdicts.map((verdict, index) => `${asked[index]?.label}: ${verdict}`);
    expect(told(own)).toEqual(told(theirs));
    expect(new Set(own).size).toBeGreaterThan(5);
  });
});
