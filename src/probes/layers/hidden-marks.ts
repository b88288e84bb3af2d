import type { Problem } from '../../model/document/problem.ts';
import type { Union } from '../../model/layers/union.ts';
import type { Host } from '../host.ts';

/** capability.h, CAP_SYS_ADMIN. */
const SYS_ADMIN = 21n;
/** /proc/self/uid_map of the initial user namespace: all ids are themselves. */
const ALL_IDS = /^\s*0\s+0\s+4294967295\s*$/;

/**
 * What rights hide of a union's branches: attributes `trusted.…` are there for CAP_SYS_ADMIN of the host alone
 * (xattr(7)), and for others as if they did not exist. Null where nothing is hidden.
 */
export function hiddenMarks(host: Host, { form }: Union): Problem | null {
  if (!form.attributes.includes('trusted')) {
    return null;
  }
  const status = host.readText('/proc/self/status', 'gone');
  const ids = host.readText('/proc/self/uid_map', 'gone');
  const effective = BigInt(`0x${(status.status === 'ok' && /^CapEff:\s+([0-9a-f]+)/m.exec(status.value)?.[1]) || '0'}`);
  if ((effective >> SYS_ADMIN) % 2n === 1n && ids.status === 'ok' && ALL_IDS.test(ids.value)) {
    return null;
  }
  return {
    path: 'trusted.overlay.*',
    code: 'EPERM',
    message: 'opaque, renamed and partly copied entries are not told apart: their marks are hidden from us',
    remedy: 'run nsview as root',
  };
}
