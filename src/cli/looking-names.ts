/** The commands that look at the host and know of no other command, known before any of them is loaded. */
const lookingVerbNames: readonly string[] = [
  'ps',
  'inspect',
  'ns',
  'cgroup',
  'layers',
  'diff',
  'procfs',
  'top',
  'stats',
  'record',
  'replay',
  'doctor',
];

export function isLookingVerb(name: string): boolean {
  return lookingVerbNames.includes(name);
}
