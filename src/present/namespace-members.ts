import type { Problem } from '../model/document/problem.ts';
import { UNKNOWN } from './units.ts';

const LINKS = /^\/proc\/\d+\/ns$/;
const HIDING: readonly string[] = ['PIDNS', 'HIDEPID'];

/** Whether processes may be in a namespace that we do not see in it: their links are denied, or they are hidden. */
export function hasHiddenMembers(notices: readonly Problem[]): boolean {
  return notices.some(({ path, code }) => HIDING.includes(code) || (code === 'EACCES' && LINKS.test(path)));
}

/** How many processes are in a namespace; only the least where some are hidden. */
export function formatMembers(processes: readonly number[], areSomeHidden: boolean): string {
  if (!areSomeHidden) {
    return String(processes.length);
  }
  return processes.length === 0 ? UNKNOWN : `≥${processes.length}`;
}
