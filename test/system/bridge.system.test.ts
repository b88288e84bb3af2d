import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { joinBridge, leaveBridge, sweepBridge } from '../../src/runtime/network/bridge.ts';
import type { BridgeSpec } from '../../src/runtime/spec.ts';
import { storeAt } from '../../src/runtime/state/store.ts';
import { cleanEnvironment, run } from '../support/command.ts';
import { containerSpec, type Ground } from '../support/container-spec.ts';
import { makeGround, type Started, start } from '../support/own-container.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

let workDir: string;
const running: Started[] = [];

beforeAll(() => {
  workDir = makeWorkDir();
});
afterEach(async () => {
  for (const { launcher } of running) launcher.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});
afterAll(() => removeWorkDir(workDir));

const store = () => storeAt(workDir, {}, 0);
const nothingRuns = { isKnown: () => false, isRunning: () => false };
const id = (digit: string) => digit.repeat(64);
const links = () => readdirSync('/sys/class/net');

function startOn(bridge: BridgeSpec, name: string, ground: Ground, script: string): Started {
  const spec = containerSpec(ground, { id: id(name), bridge, process: { argv: ['sh', '-c', script] } });
  const started = start(ground, { run: spec }, null);
  running.push(started);
  return started;
}

/** Docker's policy, where it is on, stops containers of a bridge that is not Docker's from reaching each other. */
function letThrough(bridge: string): () => void {
  const rule = ['FORWARD', '-i', bridge, '-o', bridge, '-j', 'ACCEPT'];
  const added = spawnSync('iptables', ['-w', '-I', ...rule], { env: cleanEnvironment }).status === 0;
  return () => {
    if (added) spawnSync('iptables', ['-w', '-D', ...rule], { env: cleanEnvironment });
  };
}

describe('a bridge of the store', () => {
  test('connects the host and containers, and is gone with the last', async () => {
    const one = joinBridge(store(), id('a'));
    const other = joinBridge(store(), id('b'));
    expect(other.address).not.toBe(one.address);
    const forget = letThrough(one.bridge);
    try {
      const serving = startOn(one, 'a', makeGround(`${workDir}/a`), 'while :; do echo from a | nc -l -p 80; done');
      await serving.running;
      expect(readFileSync(`/sys/class/net/${one.veth}/ifalias`, 'utf8').trim()).toBe(id('a'));
      expect(readdirSync(`/sys/class/net/${one.bridge}/brif`)).toEqual([one.veth]);
      let answer = '';
      await waitUntil('it answers the host', async () => {
        answer = await run('busybox', 'nc', '-w', '2', one.address, '80').catch(() => '');
        return answer !== '';
      });
      expect(answer).toBe('from a');
      const asking = startOn(
        other,
        'b',
        makeGround(`${workDir}/b`),
        `nc -w 5 ${one.address} 80; ip addr show eth0; ip route`,
      );
      const { stdout, status } = await asking.ended;
      expect(status).toBe(0);
      expect(stdout).toMatch(/^from a\n/);
      expect(stdout).toContain(`inet ${other.address}/${other.prefixLength}`);
      expect(stdout).toContain(`default via ${one.gateway} dev eth0`);
      expect(links()).not.toContain(other.veth);
      expect(links()).toContain(one.bridge);
    } finally {
      forget();
    }
    running.at(-1)?.launcher.kill('SIGKILL');
    running[0]?.launcher.kill('SIGKILL');
    await waitUntil('the bridge is gone', () => !links().includes(one.bridge));
    expect(links()).not.toContain(one.veth);
    leaveBridge(store(), id('a'));
    expect(joinBridge(store(), id('c')).address).toBe(one.address);
    for (const name of ['b', 'c']) leaveBridge(store(), id(name));
    expect(readdirSync(`${workDir}/network/leases`)).toEqual([]);
  });

  test.each([
    ['is finished, where its maker was killed', true],
    ['is left alone, where another made it', false],
  ])('an interface of its name without an alias %s', async (_, ours) => {
    const bridge = joinBridge(store(), id('d'));
    const bytes = (ours ? bridge.gateway : '1.2.3.4')
      .split('.')
      .map((byte) => Number(byte).toString(16).padStart(2, '0'));
    const address = `02:6e:${bytes.join(':')}`;
    await run('ip', 'link', 'add', bridge.bridge, 'address', address, 'type', 'bridge');
    const of = (file: string) => readFileSync(`/sys/class/net/${bridge.bridge}/${file}`, 'utf8').trim();
    try {
      const started = startOn(bridge, 'd', makeGround(`${workDir}/d-${ours}`), 'sleep 1000');
      if (ours) {
        await started.running;
        expect([of('ifalias'), readdirSync(`/sys/class/net/${bridge.bridge}/brif`)]).toEqual(['nsview', [bridge.veth]]);
        expect(await run('ip', '-4', 'addr', 'show', 'up', bridge.bridge)).toContain(`inet ${bridge.gateway}/`);
      } else {
        expect(await started.ended).toMatchObject({ status: 125 });
        expect([of('ifalias'), readdirSync(`/sys/class/net/${bridge.bridge}/brif`)]).toEqual(['', []]);
      }
      started.launcher.kill('SIGKILL');
      await started.ended;
    } finally {
      leaveBridge(store(), id('d'));
      if (links().includes(bridge.bridge)) await run('ip', 'link', 'del', bridge.bridge);
    }
  });

  test('what a killed helper leaves is swept, and nothing of others', async () => {
    const bridge = joinBridge(store(), id('e'));
    const started = startOn(bridge, 'e', makeGround(`${workDir}/e`), 'sleep 1000');
    await started.running;
    const { pid } = await started.process;
    const helper = Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    expect(sweepBridge(store(), { isKnown: () => true, isRunning: () => true })).toEqual([]);
    expect(links()).toContain(bridge.veth);
    process.kill(helper, 'SIGKILL');
    await started.ended;
    await waitUntil('the container is gone', () => !existsSync(`/proc/${pid}`));
    const before = links().filter((link) => link !== bridge.bridge && link !== bridge.veth);
    await waitUntil('nothing is left to sweep', () => {
      sweepBridge(store(), nothingRuns);
      return !links().includes(bridge.bridge) && !links().includes(bridge.veth);
    });
    expect(before.filter((link) => link === 'lo' || link === 'docker0').every((link) => links().includes(link))).toBe(
      true,
    );
    // A lease so young may be of a start that has not written itself down yet.
    expect(readdirSync(`${workDir}/network/leases`)).toEqual([bridge.address]);
    leaveBridge(store(), id('e'));
  });
});
