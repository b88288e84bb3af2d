import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const fromSources = import.meta.url.endsWith('.ts');

/**
 * Where a file that native/ builds is: beside the bundle, for the machine it runs on; from sources where `make -C native`
 * left it. Nowhere else.
 */
export function nativeFile(name: string): string {
  const place = fromSources ? `../../native/build/${name}` : `./native/linux-${process.arch}/${name}`;
  return fileURLToPath(new URL(place, import.meta.url));
}

/** What to do where such a file is not there: an installed package holds no sources to build it from. */
export function nativeRemedy(): string {
  const makefile = new URL(`${fromSources ? '../..' : '..'}/native/Makefile`, import.meta.url);
  return existsSync(fileURLToPath(makefile))
    ? 'install gcc and make, then npm run build'
    : `install nsview again, from a package built for linux-${process.arch}`;
}
