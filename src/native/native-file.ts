import { fileURLToPath } from 'node:url';

/**
 * Where a file that native/ builds is: beside the bundle, for the machine it runs on; from sources where `make -C native`
 * left it. Nowhere else.
 */
export function nativeFile(name: string): string {
  const fromSources = import.meta.url.endsWith('.ts');
  const place = fromSources ? `../../native/build/${name}` : `./native/linux-${process.arch}/${name}`;
  return fileURLToPath(new URL(place, import.meta.url));
}
