import { completion } from './completion/completion.ts';
import { cgroup } from './inspect/cgroup.ts';
import { diff } from './inspect/diff.ts';
import { doctor } from './inspect/doctor.ts';
import { inspect } from './inspect/inspect.ts';
import { layers } from './inspect/layers.ts';
import { ns } from './inspect/ns.ts';
import { procfs } from './inspect/procfs.ts';
import { ps } from './inspect/ps.ts';
import { record } from './inspect/record.ts';
import { replay } from './inspect/replay.ts';
import { schema } from './inspect/schema.ts';
import { stats } from './inspect/stats.ts';
import { top } from './inspect/top.ts';
import type { Verb } from './verb.ts';

/** Every command, in the order of the overview. */
export const verbs: readonly { readonly name: string; readonly summary: string; readonly verb: Verb }[] = [
  { name: 'ps', summary: 'list the running containers of every engine', verb: ps },
  { name: 'inspect', summary: 'everything known of one container', verb: inspect },
  { name: 'ns', summary: 'namespaces of a container, or of the host, and who is in them', verb: ns },
  {
    name: 'cgroup',
    summary: 'limits beside live use, who imposes them, and the file behind every figure',
    verb: cgroup,
  },
  {
    name: 'layers',
    summary: 'the branches of a container’s root, top first; of one path, which of them provides it',
    verb: layers,
  },
  { name: 'diff', summary: 'what the writable branch added, changed and deleted', verb: diff },
  {
    name: 'procfs',
    summary: 'what it sees in /proc, what lxcfs would show, and what is true',
    verb: procfs,
  },
  { name: 'top', summary: 'processes of a container: host PID beside inside PID', verb: top },
  { name: 'stats', summary: 'use of resources, one table per interval', verb: stats },
  { name: 'record', summary: 'what it sees, second by second, into a file', verb: record },
  { name: 'replay', summary: 'a recording: the dashboard over it, or its figures', verb: replay },
  { name: 'doctor', summary: 'what this host offers, what is denied, and the remedy', verb: doctor },
  { name: 'schema', summary: 'print the JSON Schema of every --json output', verb: schema },
  { name: 'completion', summary: 'print shell completions', verb: completion },
];
