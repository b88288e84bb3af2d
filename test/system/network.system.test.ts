import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { buildNetwork } from '../../src/model/network.ts';
import { readNetwork } from '../../src/probes/container-parts.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { isInstalled, run } from '../support/command.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { startUnshare, unshareIsMissing } from '../support/engines/foreground.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const workDir = makeWorkDir();
const host = openHost();
afterAll(async () => {
  host.close();
  await removeWorkDir(workDir);
});

const ipSchema = z.array(
  z.object({ ifname: z.string(), addr_info: z.array(z.object({ local: z.string().optional() })) }),
);

/** Addresses by interface as ip(8) lists them inside the namespace. */
async function addressesByIp(pid: number): Promise<{ readonly [name: string]: readonly (string | undefined)[] }> {
  const links = ipSchema.parse(JSON.parse(await run('nsenter', '-t', String(pid), '-n', 'ip', '-j', 'addr')));
  return Object.fromEntries(links.map(({ ifname, addr_info }) => [ifname, addr_info.map(({ local }) => local).sort()]));
}

function addressesByUs(pid: number) {
  const { network, problems } = buildNetwork(readNetwork(host, pid, null), []);
  const interfaces = network?.interfaces ?? [];
  return {
    problems,
    addresses: Object.fromEntries(interfaces.map(({ name, addresses }) => [name, [...addresses].sort()])),
  };
}

const missing = !isInstalled('ip') || !isInstalled('nsenter');

describe.skipIf(lane === null || missing)('interfaces of Docker containers', () => {
  let docker: Docker['docker'];
  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    for (const [name, network] of [
      ['net-bridge', 'bridge'],
      ['net-none', 'none'],
      ['net-host', 'host'],
    ] as const) {
      await docker('run', '-d', '--name', name, '--network', network, busyboxImage, 'sleep', '1000010');
    }
  });
  afterAll(async () => {
    if (lane !== null) await docker('rm', '-fv', 'net-bridge', 'net-none', 'net-host');
  });

  it.each(['net-bridge', 'net-none'])('%s has the addresses that ip shows', async (name) => {
    const pid = Number(await docker('inspect', '-f', '{{.State.Pid}}', name));
    expect(addressesByUs(pid)).toEqual({ addresses: await addressesByIp(pid), problems: [] });
  });

  it('net-host has the interfaces of the host', async () => {
    const pid = Number(await docker('inspect', '-f', '{{.State.Pid}}', 'net-host'));
    expect(Object.keys(addressesByUs(pid).addresses)).toEqual(
      expect.arrayContaining(Object.keys(addressesByUs(1).addresses)),
    );
  });

  it('counts what goes over the wire', async () => {
    const pid = Number(await docker('inspect', '-f', '{{.State.Pid}}', 'net-none'));
    const loopback = () =>
      buildNetwork(readNetwork(host, pid, null), []).network?.interfaces.find(({ name }) => name === 'lo');
    const before = loopback();
    await docker('exec', 'net-none', 'ping', '-c', '1', '-W', '2', '127.0.0.1');
    const after = loopback();
    // Request and answer, each 20 + 8 + 56 bytes.
    expect((after?.rxBytes ?? 0) - (before?.rxBytes ?? 0)).toBe(168);
    expect((after?.txPackets ?? 0) - (before?.txPackets ?? 0)).toBe(2);
  });
});

describe.skipIf(unshareIsMissing || missing)('a network of our own', () => {
  it('with several interfaces, several addresses and both families', async ({ skip }) => {
    const container = await startUnshare(workDir, 'net-many', '-pmn');
    const ip = (...args: readonly string[]) => run('nsenter', '-t', String(container.pid), '-n', 'ip', ...args);
    try {
      const made = await ip('link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'two').then(
        () => true,
        () => false,
      );
      if (!made) return skip('this kernel has no veth');
      for (const [link, ...addresses] of [
        ['lo', '127.0.0.1/8'],
        ['one', '10.1.0.5/16', '10.1.0.6/16', 'fd00:0:0:1::1/64'],
        ['two', '10.1.2.5/24', '192.168.7.1/30', 'fd00::abcd/128'],
      ] as const) {
        await ip('link', 'set', link, 'up');
        for (const address of addresses) {
          if (address !== '127.0.0.1/8')
            await ip('addr', 'add', address, 'dev', link, ...(address.includes(':') ? ['nodad'] : []));
        }
      }
      expect(addressesByUs(container.pid)).toEqual({ addresses: await addressesByIp(container.pid), problems: [] });
      await ip('addr', 'add', '203.0.113.9/32', 'dev', 'two');
      expect(addressesByUs(container.pid).problems).toMatchObject([
        { message: expect.stringContaining('203.0.113.9') },
      ]);
    } finally {
      await container.stop();
    }
  });
});
