import { createHash } from 'node:crypto';
import type { Digest } from './digest.ts';

export function sha256(content: Buffer | string): Digest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/**
 * What names a layer together with all below it (image-spec, config.md, Layer ChainID), for each of the layers, bottom
 * first.
 */
export function chainIds(diffIds: readonly Digest[]): readonly Digest[] {
  const chain: Digest[] = [];
  for (const diff of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diff : sha256(`${below} ${diff}`));
  }
  return chain;
}
