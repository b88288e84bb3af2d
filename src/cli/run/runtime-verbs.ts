import { demo } from './demo.ts';
import { exec } from './exec.ts';
import { gc } from './gc.ts';
import { kill } from './kill.ts';
import { limit } from './limit.ts';
import { logs } from './logs.ts';
import { pause, unpause } from './pause.ts';
import { rm } from './rm.ts';
import { run } from './run.ts';
import type { RuntimeVerbName } from './runtime-names.ts';
import type { RuntimeVerb } from './runtime-verb.ts';
import { stop } from './stop.ts';
import { union } from './union.ts';
import { wait } from './wait.ts';

type Entry = { readonly summary: string; readonly verb: RuntimeVerb };

/** Every command on containers, in the order of the overview. */
export const runtimeVerbs: { readonly [Name in RuntimeVerbName]: Entry } = {
  run: { summary: 'run a command in a new container', verb: run },
  exec: { summary: 'run a command in a running container, of any engine', verb: exec },
  limit: { summary: 'change what a running container, or a process, may use', verb: limit },
  pause: { summary: 'stop every process of a container where it is', verb: pause },
  unpause: { summary: 'let a paused container go on', verb: unpause },
  stop: { summary: 'end containers of ours: a signal, then SIGKILL', verb: stop },
  kill: { summary: 'send a signal to containers of ours', verb: kill },
  rm: { summary: 'remove containers of ours', verb: rm },
  wait: { summary: 'wait until containers of ours end, and print their exit status', verb: wait },
  logs: { summary: 'print what a container of ours has printed', verb: logs },
  gc: { summary: 'sweep what crashed runs left, and nothing else', verb: gc },
  demo: { summary: 'start the built-in demo containers, or remove them', verb: demo },
  union: {
    summary: 'see two directories of yours as one: B laid above A, neither of them changed',
    verb: union,
  },
};
