import type { Limit } from '../limit.ts';

/** A file as the kernel has it now, for the eyes: its text, or why there is none. */
export type RawFile = { readonly file: string; readonly text: string | null; readonly why: string | null };

/** Controllers whose limits bind all below. */
export const chainControllers = ['cpu', 'cpuset', 'memory', 'pids', 'io'] as const;
export type ChainController = (typeof chainControllers)[number];

/**
 * A group of a chain with what it allows and uses: cores, bytes or threads. `use` of the CPU is the time used so far, in
 * microseconds. `says`: where no one figure tells, the limit as the kernel writes it.
 */
export type ChainGroup = {
  readonly path: string;
  readonly file: string;
  readonly limit: Limit | null;
  readonly use: number | null;
  readonly says: string | null;
};

/** The container's group first, then its ancestors. */
export type LookedChain = {
  readonly controller: ChainController;
  readonly groups: readonly ChainGroup[];
  readonly atUs: number;
};

/** Of pages of one size. */
export type HugePages = {
  readonly size: string;
  readonly useBytes: number | null;
  readonly limitBytes: Limit | null;
  /** How often the limit refused some. */
  readonly failures: number | null;
  readonly file: string;
};

/** What no list shows and no history keeps: read of the one container that is looked at. Null: no such controller for it. */
export type OtherControllers = {
  readonly hugetlb: readonly HugePages[] | null;
  readonly devices: { readonly rules: readonly string[] | null; readonly file: string } | null;
  readonly freezer: {
    readonly state: string | null;
    readonly byAncestor: boolean | null;
    readonly file: string;
  } | null;
};

/** What is wanted of one container's groups. */
export type LookQuestion = {
  readonly paths: { readonly [controller: string]: string };
  readonly files: readonly string[];
  readonly chain: ChainController | null;
};

export type LookAnswer = {
  readonly others: OtherControllers;
  readonly files: readonly RawFile[];
  readonly chain: LookedChain | null;
};
