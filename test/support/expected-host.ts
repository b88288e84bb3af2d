/** What the engines themselves said of a captured host, when it was captured. Limits of 0 are none. */
export type ExpectedHost = {
  readonly docker: readonly {
    readonly id: string;
    readonly name: string;
    readonly pid: number;
    readonly memoryBytes: number;
    readonly cores: number;
    readonly pids: number;
    readonly networkMode: string;
    readonly pidMode: string;
    /** Top first. */
    readonly branches: readonly string[];
  }[];
  readonly podman: { readonly id: string; readonly pid: number; readonly memoryBytes: number };
  readonly others: readonly { readonly engine: string; readonly pid: number }[];
  /** The init of a bubblewrap sandbox, which is no container. */
  readonly sandbox: number;
};
