/** A container that a test started: the pid of its first process as the host sees it, and how it ends. */
export type StartedContainer = { readonly pid: number; stop(): Promise<void> };
