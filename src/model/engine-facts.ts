import type { Engine, Status } from './document/container.ts';
import type { Port } from './document/isolation.ts';

/** `at`: RFC 3339. */
type Exit = { readonly code: number; readonly at: string | null };

/** What an engine's socket or state directory adds to a container found without it. Never a number of its use. */
export type EngineFacts = {
  readonly id: string;
  readonly engine: Engine;
  readonly name: string | null;
  readonly image: string | null;
  /** `socket`, or the state file it was read from. */
  readonly source: string;
  readonly status: Status | null;
  readonly startedAt: string | null;
  /** How its command ended, where it has. */
  readonly exit: Exit | null;
  readonly labels: { readonly [key: string]: string } | null;
  readonly restartPolicy: string | null;
  readonly ports: readonly Port[];
  /** Pod, or compose project. */
  readonly group: string | null;
  readonly privileged: boolean | null;
  /** In which of Docker's two ways its CPU limit was given, which it keeps to; null where it has none. */
  readonly cpusGivenAs: 'cpus' | 'quota' | null;
  /** Names of volumes by their target inside: what tells a volume from a bind. */
  readonly volumes: { readonly [target: string]: string };
};

/** What became of asking one engine. */
export type EngineReport = {
  readonly engine: Engine;
  /** Its socket or state directory. */
  readonly where: string;
  /** `absent`: not where it was merely looked for; `missing`: not where somebody said it is. */
  readonly status: 'ok' | 'absent' | 'missing' | 'denied' | 'dead' | 'slow';
  readonly message: string;
  readonly remedy: string | null;
};
