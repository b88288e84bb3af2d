import type { LayersSample } from '../../src/model/layers/sample.ts';
import { mountLines } from './mount-line.ts';

/** Branches of an overlay, top first; the digests are those of the image layers, the last so many. */
export function layersSample(paths: readonly string[], digests: readonly string[] = []): LayersSample {
  const [root] = mountLines('1 0 0:30 / / rw - overlay overlay rw\n');
  if (root === undefined) throw new Error('no root');
  return {
    driver: 'overlay',
    root,
    directory: null,
    problems: [],
    branches: paths.map((path, index) => ({
      named: path,
      path,
      role: index === 0 ? 'rw' : 'image',
      access: index === 0 ? 'rw' : 'ro+wh',
      digest: digests[index - 1] ?? null,
      createdBy: null,
      content: null,
      users: null,
    })),
  };
}
