import { spawnSync } from 'node:child_process';
import { readTextFile } from '../state/read-text-file.ts';

/** Why containers on this bridge do not reach each other, and what helps; null: nothing is known to be in the way. */
export function bridgeFilter(bridge: string): { readonly why: string; readonly remedy: string } | null {
  // br_netfilter: bridged packets are shown to iptables, where Docker drops what it does not know.
  if (readTextFile('/proc/sys/net/bridge/bridge-nf-call-iptables')?.trim() !== '1') return null;
  const { stdout } = spawnSync('iptables', ['-w', '1', '-S'], {
    encoding: 'utf8',
    timeout: 2000,
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  return filterIn(stdout ?? '', bridge);
}

/** The same of the rules that `iptables -S` prints. */
export function filterIn(rules: string, bridge: string): ReturnType<typeof bridgeFilter> {
  const lines = rules.split('\n');
  const accepted = lines.some((line) => line.includes(`-i ${bridge} -o ${bridge}`) && line.endsWith('-j ACCEPT'));
  if (accepted || !lines.includes('-P FORWARD DROP')) return null;
  return {
    why: `containers on ${bridge} cannot reach each other: br_netfilter is on and iptables drops what is forwarded`,
    remedy: `iptables -I FORWARD -i ${bridge} -o ${bridge} -j ACCEPT`,
  };
}
