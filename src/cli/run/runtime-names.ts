/** The commands on our own containers, known before any of them is loaded. */
export const runtimeVerbNames = [
  'run',
  'exec',
  'limit',
  'pause',
  'unpause',
  'stop',
  'kill',
  'rm',
  'wait',
  'logs',
  'gc',
  'demo',
  'union',
] as const;

export type RuntimeVerbName = (typeof runtimeVerbNames)[number];

export function isRuntimeVerb(name: string): name is RuntimeVerbName {
  return runtimeVerbNames.some((known) => known === name);
}
