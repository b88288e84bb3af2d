import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../command.ts';

/**
 * A root file system of one static program: enough for every engine, and no registry is asked. Made once per work
 * folder. Returns its path.
 */
export async function makeBusyboxRoot(workDir: string): Promise<string> {
  const root = path.join(workDir, 'busybox-root');
  if (existsSync(root)) return root;
  for (const directory of ['bin', 'tmp', 'etc', 'proc', 'sys', 'dev', 'root', 'usr', 'run']) {
    mkdirSync(path.join(root, directory), { recursive: true });
  }
  chmodSync(path.join(root, 'tmp'), 0o1777);
  copyFileSync('/bin/busybox', path.join(root, 'bin/busybox'));
  for (const applet of (await run('/bin/busybox', '--list')).split('\n')) {
    if (applet !== 'busybox') symlinkSync('busybox', path.join(root, 'bin', applet));
  }
  writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\n');
  writeFileSync(path.join(root, 'etc/os-release'), 'ID=busybox\n');
  return root;
}

/** The same root as a tar archive, for `docker import` and `podman import`. Returns its path. */
export async function makeBusyboxArchive(workDir: string): Promise<string> {
  const archive = path.join(workDir, 'busybox.tar');
  await run('tar', '-C', await makeBusyboxRoot(workDir), '-cf', archive, '.');
  return archive;
}
