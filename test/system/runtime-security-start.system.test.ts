import { spawn } from 'node:child_process';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { launch } from '../../src/runtime/launch.ts';
import { planContainer } from '../../src/runtime/plan/plan-container.ts';
import { cleanEnvironment } from '../support/command.ts';
import { containerSpec, type Ground } from '../support/container-spec.ts';
import { freshState, makeGround } from '../support/own-container.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

/** A container that shares the host's pid namespace sees others start: it must not get into them while they do. */

const workDir = makeWorkDir();
let ground: Ground;
beforeAll(() => {
  ground = makeGround(workDir);
});
beforeEach(() => freshState(ground));
afterAll(() => removeWorkDir(workDir));

/** Docker's default set: all that root in the other container has. */
const held =
  'chown,dac_override,fsetid,fowner,mknod,net_raw,setgid,setuid,setfcap,setpcap,net_bind_service,sys_chroot,kill,audit_write';
const asContainer = [`--bounding-set=-all,+${held.replaceAll(',', ',+')}`, '--inh-caps=-all', '--'] as const;

/** What it gets of a process: its root with the devices there, its descriptors, its program. */
async function intrude(pid: number): Promise<string> {
  const look =
    'ls /proc/$0/root/ /proc/$0/root/dev/pts; readlink /proc/$0/exe /proc/$0/cwd /proc/$0/fd/*; cat /proc/$0/environ';
  const { stdout } = await execa('setpriv', [...asContainer, 'sh', '-c', `${look} 2>/dev/null`, `${pid}`], {
    env: cleanEnvironment,
    extendEnv: false,
    reject: false,
    stderr: 'ignore',
  });
  return stdout;
}

it('no step of a start lets in who has the rights of another container', async () => {
  let first: number | null = null;
  const came: string[] = [];
  const tried: string[] = [];
  const spec = containerSpec(ground, { terminal: { tty: true, stdin: false }, process: { argv: ['true'] } });
  const outcome = await launch(planContainer(spec), {
    verb: 'run',
    name: 'test',
    detached: false,
    onProcess: ({ pid }) => {
      first = pid;
    },
    beforeStep: async ({ phase, op }) => {
      if (phase !== 'child' || first === null) return;
      tried.push(op.kind);
      const got = await intrude(first);
      if (got !== '') came.push(`${op.kind}: ${got}`);
    },
  });
  expect(outcome).toMatchObject({ kind: 'ended', code: 0 });
  expect(came).toEqual([]);
  expect(tried).toEqual(expect.arrayContaining(['terminal', 'capabilities', 'exec']));
});

it('a process with the same rights that does not guard itself lets it in', async () => {
  const naive = spawn('setpriv', [...asContainer, 'sleep', '1000'], { env: cleanEnvironment, stdio: 'ignore' });
  try {
    const { pid } = naive;
    await expect.poll(() => intrude(pid ?? 0)).toContain('sleep');
  } finally {
    naive.kill('SIGKILL');
  }
});
