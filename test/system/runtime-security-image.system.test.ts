import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MountSpec } from '../../src/runtime/spec.ts';
import { type Attacked, makeAttacked, type Outcome } from '../support/attack/confined.ts';
import { cleanEnvironment, isInstalled, run } from '../support/command.ts';
import type { SpecChanges } from '../support/container-spec.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const OUR_FAILURE = 125;

const helper = path.join(import.meta.dirname, '../../native/build/nsview-init');
const workDir = makeWorkDir();
afterAll(() => removeWorkDir(workDir));

const skipped = !isInstalled('cc') || process.getuid?.() !== 0;

/** Places of an image where the kernel's files or ours come. */
const PLACES = [
  'dev',
  'proc',
  'sys',
  'etc',
  'dev/null',
  'dev/console',
  'dev/pts',
  'dev/shm',
  'etc/hosts',
  'etc/resolv.conf',
];

describe.skipIf(skipped)('an image that attacks the host', () => {
  let attacked: Attacked;
  beforeAll(async () => {
    attacked = await makeAttacked(workDir);
  });

  function confined(argv: readonly string[], changes: SpecChanges): Promise<Outcome> {
    return attacked.start(attacked.spec({}, { ...changes, process: { argv } }));
  }

  /** A naive runtime: a shell that works by paths, in a mount namespace of its own. */
  const naively = (script: string) =>
    execa('unshare', ['-m', 'bash', '-c', script], { env: cleanEnvironment, extendEnv: false, reject: false });

  it('finds its device nodes dead', async () => {
    const { path: root, changes } = await attacked.hostileRoot(() => {});
    await run('mknod', path.join(root, 'zero'), 'c', '1', '5');
    const line = 'head -c 1 /zero | wc -c';
    expect(await confined(['sh', '-c', line], changes)).toMatchObject({
      stdout: '0',
      stderr: expect.stringContaining('Permission denied'),
    });
    expect((await naively(`chroot ${root} sh -c '${line}'`)).stdout).toBe('1');
  });

  describe("with links where the kernel's files come", () => {
    const victim = path.join(workDir, 'victim');
    const victims = (): readonly string[] => readdirSync(victim);
    beforeAll(() => mkdirSync(victim));

    const linkedAt = (place: string, target: string, initLayer: boolean) =>
      attacked.hostileRoot((root) => {
        rmSync(path.join(root, place), { recursive: true, force: true });
        mkdirSync(path.dirname(path.join(root, place)), { recursive: true });
        symlinkSync(target, path.join(root, place));
      }, initLayer);

    it.each(PLACES)('touches nothing behind a link at /%s', async (place) => {
      for (const target of [victim, `../../../../../..${victim}/new`]) {
        for (const initLayer of [true, false]) {
          const { changes } = await linkedAt(place, target, initLayer);
          const { code, stdout } = await confined(['sh', '-c', 'wc -c < /proc/timer_list'], changes);
          expect({ place, target, initLayer, victims: victims() }).toEqual({ place, target, initLayer, victims: [] });
          expect(code === 0 ? stdout : code).toSatisfy((came: unknown) => came === '0' || came === OUR_FAILURE);
        }
      }
    });

    it('starts all the same where our own layer lies over the link', async () => {
      for (const place of ['dev', 'proc', 'sys', 'etc/hosts']) {
        const { changes } = await linkedAt(place, victim, true);
        expect(await confined(['echo', place], changes)).toMatchObject({ code: 0, stdout: place });
      }
    });

    it('is followed by a naive runtime', async () => {
      const { path: root } = await linkedAt('dev', victim, true);
      await naively(`mknod ${root}/dev/null c 1 3`);
      expect(victims()).toEqual(['null']);
      rmSync(path.join(victim, 'null'));
    });
  });

  it('runs not the helper itself, and cannot write to it', async () => {
    const { changes } = await attacked.hostileRoot((root) => {
      writeFileSync(path.join(root, 'bin/evil'), '#!/proc/self/exe\n', { mode: 0o755 });
    });
    const digest = () => createHash('sha256').update(readFileSync(helper)).digest('hex');
    const before = digest();
    const { mtimeMs } = statSync(helper);
    expect((await confined(['/bin/evil'], changes)).code).not.toBe(0);
    const overwrite = 'for p in /proc/[0-9]*; do echo x > $p/exe; done; true';
    const { code, stderr } = await confined(['sh', '-c', overwrite], { init: true });
    expect(code).toBe(0);
    expect(stderr).toMatch(/1\/exe: (Permission denied|Text file busy|Operation not permitted)/);
    expect(digest()).toBe(before);
    expect(statSync(helper).mtimeMs).toBe(mtimeMs);
  });

  describe('whose volume changes while it starts', () => {
    const volume = path.join(workDir, 'volume');
    const canary = path.join(workDir, 'canary');
    const source = path.join(workDir, 'source');
    let racer: ReturnType<typeof spawn> | null = null;
    beforeAll(() => {
      for (const directory of [volume, `${volume}/place`, canary, source]) mkdirSync(directory);
      symlinkSync(canary, `${volume}/link`);
      racer = spawn(path.join(attacked.rootfs, 'bin/attack'), ['swap', `${volume}/place`, `${volume}/link`]);
    });
    afterAll(() => {
      racer?.kill();
    });

    const bind = (from: string, target: string): MountSpec => {
      return { kind: 'bind', source: from, target, recursive: true, flags: ['nodev'], propagation: 'private' };
    };

    it('mounts and makes nothing outside of its root', async () => {
      const specs = Array.from({ length: 60 }, () => {
        const plain = attacked.spec();
        const mounts = [...plain.mounts, bind(volume, '/vol'), bind(source, '/vol/place/below/sub')];
        return attacked.spec({}, { mounts, process: { argv: ['echo', 'started'] } });
      });
      const [program, ...args] = attacked.commandFor(...specs);
      const options = { env: cleanEnvironment, extendEnv: false, reject: false, timeout: 50_000 } as const;
      const { exitCode, stdout, stderr } = await execa(program, args, options);
      expect([0, OUR_FAILURE], stderr).toContain(exitCode);
      expect(stdout.split('\n').filter((line) => line === 'started').length).toBeGreaterThan(0);
      expect(readdirSync(canary)).toEqual([]);
      expect(racer?.exitCode).toBeNull();
    });

    it('defeats a naive runtime, that looks before it makes', async () => {
      const look = `[ ! -L ${volume}/place ] && mkdir -p ${volume}/place/below/sub`;
      await naively(`for i in {1..5000}; do ${look}; [ -e ${canary}/below ] && break; done`);
      expect(readdirSync(canary)).toEqual(['below']);
    });
  });
});
