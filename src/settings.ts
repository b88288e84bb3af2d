import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectories } from './runtime/state/make-directories.ts';

type Environment = { readonly [name: string]: string | undefined };

/** `$XDG_CONFIG_HOME/nsview/settings.json`, by default below ~/.config (XDG Base Directory Specification). */
function settingsPath(env: Environment): string | null {
  const base = env['XDG_CONFIG_HOME'];
  if (base?.startsWith('/')) {
    return join(base, 'nsview', 'settings.json');
  }
  return env['HOME'] ? join(env['HOME'], '.config', 'nsview', 'settings.json') : null;
}

/** What the file holds, unchecked; null where there is none or it is no JSON: a broken file must not stop the dashboard. */
export function loadSettings(env: Environment): unknown {
  const path = settingsPath(env);
  try {
    return path === null ? null : JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Written beside and renamed, so that a crash leaves the old file whole. */
export function saveSettings(
  env: Environment,
  settings: object,
): { readonly path: string; readonly error: string | null } {
  const path = settingsPath(env);
  if (path === null) {
    return { path: 'settings.json', error: 'neither XDG_CONFIG_HOME nor HOME is set' };
  }
  try {
    makeDirectories(dirname(path), 0o700);
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(settings, null, 2)}\n`);
    renameSync(draft, path);
    return { path, error: null };
  } catch (error) {
    return { path, error: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}
