import type { Failure, Reading } from '../reading.ts';
import type { LxcfsOptions, LxcfsRelease, ViewFile, ViewInput } from './input.ts';
import type { ViewHistory } from './view.ts';

/** What lies over a file of /proc in a container: nothing but the kernel's own, lxcfs, or something that hides it. */
export type Cover = 'kernel' | 'lxcfs' | 'masked';

/** One file as the container's own processes meet it. */
export type SeenFile = {
  readonly cover: Cover;
  /** What was read through its root. Of a working lxcfs null: it answers by who reads, and we are somebody else. */
  readonly text: Reading<string> | null;
};

/** An lxcfs that is mounted in a container. */
export type LxcfsMount = {
  /** Its mounts are left from a daemon that ended: every read fails with ENOTCONN. */
  readonly stale: boolean;
  /** As its command line tells; null where no such process is seen. */
  readonly options: LxcfsOptions | null;
  readonly pid: number | null;
  /** By what it serves: pressure files came with 7.0.0. */
  readonly release: LxcfsRelease;
};

/** What is read to compare a container's /proc with its limits. */
export type ProcfsSample = {
  readonly input: Reading<ViewInput>;
  readonly seen: { readonly [file in ViewFile]?: SeenFile };
  /** Host files that could not be read. */
  readonly unread: readonly { readonly file: string; readonly failure: Failure }[];
  readonly lxcfs: LxcfsMount | null;
  /** What the lxcfs mounted in it would remember, had it been asked first when we first looked. */
  readonly history: ViewHistory;
  /** `Cpus_allowed_list` of the container's init, proc_pid_status(5). */
  readonly affinity: string | null;
};
