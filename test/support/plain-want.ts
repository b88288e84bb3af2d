import type { Want } from '../../src/probes/collect.ts';

/** Every figure of the containers, and none of their parts. */
export const plainWant = {
  detail: 'none',
  figures: 'all',
  stopped: false,
  network: false,
  namespaces: false,
  walkLayersUs: 0,
  procfs: false,
} as const satisfies Want;
