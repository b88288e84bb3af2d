import { hostname as hostnameOfHost } from 'node:os';
import { readTextFile } from '../state/read-text-file.ts';

/** The texts of /etc that a container gets of its own. */
export type EtcFiles = { readonly hostname: string; readonly hosts: string; readonly resolvConf: string };

const LOCAL = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'ff00::0\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
];

/** With the host's network, the host's names hold. `address`: where others reach it; null: only itself does. */
export function etcFiles(hostname: string | null, hostNetwork: boolean, address: string | null): EtcFiles {
  const name = hostname ?? hostnameOfHost();
  const resolvConf = readTextFile('/etc/resolv.conf') ?? '';
  const ofHost = hostNetwork ? readTextFile('/etc/hosts') : null;
  return {
    hostname: `${name}\n`,
    hosts: ofHost ?? `${[...LOCAL, `${address ?? '127.0.1.1'}\t${name}`].join('\n')}\n`,
    resolvConf,
  };
}
