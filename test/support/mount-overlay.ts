/**
 * Mounts an overlay by bare system calls, which mount(8) cannot do for every name and option, and prints the mount
 * table. Run it in a mount namespace of its own:
 *
 *     unshare -m node test/support/mount-overlay.ts TARGET OPTIONS               mount(2)
 *     unshare -m node test/support/mount-overlay.ts TARGET KEY VALUE [KEY VALUE]…  fsconfig(2)
 *
 * Ends with status 95 where the kernel refuses.
 */
import { readFileSync } from 'node:fs';
import koffi from 'koffi';

const FSOPEN = 430;
const FSCONFIG = 431;
const FSMOUNT = 432;
const MOVE_MOUNT = 429;
const SET_STRING = 1;
const CREATE = 6;
const EMPTY_PATH = 4;
const AT_FDCWD = -100;
const UNSUPPORTED = 95;

const libc = koffi.load('libc.so.6');
const syscall = libc.func('long syscall(long number, ...)');

function call(what: string, number: number, ...args: unknown[]): number {
  const answer = Number(syscall(number, ...args));
  return answer < 0 ? fail(what) : answer;
}

function fail(what: string): never {
  console.error(`${what}: errno ${koffi.errno()}`);
  process.exit(UNSUPPORTED);
}

const [target = '', ...options] = process.argv.slice(2);
if (options.length === 1) {
  const mount = libc.func('int mount(str source, str target, str type, unsigned long flags, str data)');
  if (mount('overlay', target, 'overlay', 0, options[0]) < 0) fail('mount');
} else {
  const fs = call('fsopen', FSOPEN, 'str', 'overlay', 'int', 0);
  for (let at = 0; at < options.length; at += 2) {
    const [key = '', value = ''] = options.slice(at, at + 2);
    call(`fsconfig ${key}`, FSCONFIG, 'int', fs, 'int', SET_STRING, 'str', key, 'str', value, 'int', 0);
  }
  call('create', FSCONFIG, 'int', fs, 'int', CREATE, 'str', null, 'str', null, 'int', 0);
  const mount = call('fsmount', FSMOUNT, 'int', fs, 'int', 0, 'int', 0);
  call('move_mount', MOVE_MOUNT, 'int', mount, 'str', '', 'int', AT_FDCWD, 'str', target, 'int', EMPTY_PATH);
}
process.stdout.write(readFileSync('/proc/self/mountinfo', 'utf8'));
