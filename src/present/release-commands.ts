import { shellWord } from './shell-word.ts';

/**
 * What a person would type to put a process back from groups that were made for it, and to remove these. `from`: where
 * it was, by its group now; both are directories.
 */
export function releaseCommands(pid: number, from: { readonly [group: string]: string }): readonly string[] {
  return Object.entries(from).flatMap(([group, was]) => [
    `echo ${pid} > ${shellWord(`${was}/cgroup.procs`)}`,
    `rmdir ${shellWord(group)}`,
  ]);
}
