import type { Verb } from './verb.ts';

/** A command before it is loaded: what the overview says of it. */
export type VerbEntry = {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Verb>;
};

/** Every command, in the order of the overview. */
export const verbs: readonly VerbEntry[] = [
  {
    name: 'ps',
    summary: 'list the running containers of every engine',
    load: async () => (await import('./ps.ts')).ps,
  },
  {
    name: 'inspect',
    summary: 'everything known of one container',
    load: async () => (await import('./inspect.ts')).inspect,
  },
  {
    name: 'ns',
    summary: 'namespaces of a container, or of the host, and who is in them',
    load: async () => (await import('./ns.ts')).ns,
  },
  {
    name: 'cgroup',
    summary: 'limits beside live use, who imposes them, and the file behind every figure',
    load: async () => (await import('./cgroup.ts')).cgroup,
  },
  {
    name: 'layers',
    summary: 'the branches of a container’s root file system, top first',
    load: async () => (await import('./layers.ts')).layers,
  },
  {
    name: 'top',
    summary: 'processes of a container: host PID beside inside PID',
    load: async () => (await import('./top.ts')).top,
  },
  {
    name: 'stats',
    summary: 'use of resources, one table per interval',
    load: async () => (await import('./stats.ts')).stats,
  },
  {
    name: 'doctor',
    summary: 'what this host offers, what is denied, and the remedy',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of every --json output',
    load: async () => (await import('./schema.ts')).schema,
  },
  {
    name: 'completion',
    summary: 'print shell completions',
    load: async () => (await import('./completion.ts')).completion,
  },
];
