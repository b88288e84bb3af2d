import type { ActionResult, Demo, Offer, Target } from '../model/action.ts';
import type { LookAnswer, LookQuestion } from '../model/cgroup/look.ts';
import type { Container } from '../model/document/container.ts';
import type { History } from '../model/history/history.ts';
import type { TreeAnswer, TreeQuestion } from '../model/layers/tree.ts';
import type { LimitForm, LimitKey } from '../model/limit-edit.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** What the views on the screen need beyond the list: nothing else is worth reading. */
export type Want = {
  /** Id of the container whose mounts, layers, network and security are looked at. */
  readonly detail: string | null;
  /** Whether namespaces are looked at, of the host or of one container: what holds them, their parents and owners. */
  readonly namespaces: boolean;
  /** Whether what the container sees in /proc is looked at. */
  readonly procfs: boolean;
  /** Whether its layers are looked at: what is in their branches. */
  readonly layers: boolean;
  /** Whether it is looked at who uses its memory. */
  readonly memory: boolean;
  /** Whether the cgroups of the host are looked at, and the processes of which one; null where they are not. */
  readonly hostGroups: { readonly opened: string | null } | null;
  /** Processes in no container that are looked at as if each were one. */
  readonly pids: readonly number[];
};

/** Where settings went, or why they went nowhere. */
type SaveResult = { readonly path: string; readonly error: string | null };

/** The only way in which the dashboard changes anything. */
export type Actions = {
  /** What can be done with a target, and why not: answered at once, from what is known. */
  readonly offers: (target: Target) => readonly Offer[];
  /** Does one; never fails otherwise than by its result. A shell takes the terminal until it ends. */
  readonly perform: (target: Target, offer: Offer) => Promise<ActionResult>;
  /** What is to be known before a limit is typed. */
  readonly form: (container: Container, key: LimitKey) => LimitForm;
  /** The demos there are. */
  readonly demos: readonly Demo[];
};

/** How far to go in a recording: by samples, which also pauses it, by time, or to one end. */
export type Jump = { readonly samples: number } | { readonly ms: number } | 'start' | 'end';

/** What is still to come of a place in a recording: its sample, or the history that leads to it. */
export type Seek = 'sample' | { readonly historyPercent: number };

/** A recording that is looked at instead of the host. Its times by its own wall clock. */
type Replay = {
  readonly firstMs: number;
  readonly lastMs: number;
  /** What of it cannot be read, in words; null: nothing. */
  readonly lost: string | null;
  readonly jump: (by: Jump) => void;
  readonly setSpeed: (factor: number) => void;
  /** Called while a place is sought, and with null once all of it was given. */
  readonly onSeek: (listener: (seek: Seek | null) => void) => void;
};

/** Everything the dashboard knows of the world: it reads and writes nothing but its terminal. */
export type DashboardPorts = {
  /** Rejects where what is read between two pictures fails by an error of ours or cannot be read, which ends the dashboard. */
  readonly failed: Promise<never>;
  /** The first snapshot: frame zero is drawn from it. */
  readonly initial: Snapshot;
  /** What led to it. */
  readonly history: History;
  /**
   * Called with each later snapshot; returns what ends it. `history`: what led to it, where that is not what led to the one
   * before and this.
   */
  readonly subscribe: (listener: (snapshot: Snapshot, history: History | null) => void) => () => void;
  readonly want: (want: Want) => void;
  readonly intervalMs: number;
  readonly setInterval: (intervalMs: number) => void;
  /** While frozen no sample is taken, except one for what is newly wanted. */
  readonly setFrozen: (frozen: boolean) => void;
  /** Null: it is the host as it is now. */
  readonly replay: Replay | null;
  /** What the settings file holds, parsed as JSON and not checked; null where there is none. */
  readonly settings: unknown;
  readonly saveSettings: (settings: object) => SaveResult;
  /** Reads files of one container's groups, for the eyes alone; null in a recording, which holds none. */
  readonly look: (question: LookQuestion) => LookAnswer | null;
  /**
   * Reads one container's union, part by part: asked anew with each sample, and answered in its own time. Null ends what
   * was asked for. A recording holds none of it.
   */
  readonly readTree: ((question: TreeQuestion | null, answer: (answer: TreeAnswer) => void) => void) | null;
  readonly actions: Actions;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: { readonly [name: string]: string | undefined };
};
