import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { launcher } from './nsview.ts';

/**
 * The built program and its Node, copied to where any user may read them: a checkout below root's home is closed to
 * others. Without its dependencies, so on the plain Node host. Returns the launcher's path.
 */
export function installForEverybody(workDir: string): string {
  const checkout = path.join(path.dirname(launcher), '..');
  const home = path.join(workDir, 'installed');
  mkdirSync(path.join(home, 'node_modules/.bin'), { recursive: true });
  for (const part of ['bin', 'dist']) cpSync(path.join(checkout, part), path.join(home, part), { recursive: true });
  cpSync(process.execPath, path.join(home, 'node_modules/node'));
  symlinkSync('../node', path.join(home, 'node_modules/.bin/node'));
  writeFileSync(path.join(home, 'package.json'), '{"type":"module"}\n');
  chmodSync(workDir, 0o755);
  return path.join(home, 'bin/nsview');
}
