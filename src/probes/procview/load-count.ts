import type { LoadCount } from '../../model/procview/loadavg.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';

/** lxcfs follows groups no deeper than so many levels below the container's. */
const LEVELS = 3;

/** What lxcfs finds when it looks at the threads of a group and of those below it; null where there is no process. */
export function readLoadCount(host: Host, directory: string): LoadCount | null {
  const pids = [...new Set(pidsBelow(host, directory, LEVELS))];
  const tasks = pids.map((pid) => {
    const dir = `/proc/${pid}/task`;
    const threads = valueOr(host.list(dir, 'gone'), []);
    return { dir, files: threads.map((thread) => `${thread}/stat`), links: [], threads };
  });
  const states = host.readGroups(tasks).flatMap(({ files }) => files.map((stat) => stateOf(valueOr(stat, ''))));
  const threads = tasks.flatMap((task) => task.threads.map(Number));
  return pids.length === 0
    ? null
    : {
        active: states.filter((state) => state === 'R' || state === 'D').length,
        total: threads.length,
        last: threads.reduce((most, thread) => Math.max(most, thread), 0),
      };
}

function pidsBelow(host: Host, directory: string, levels: number): readonly string[] {
  const own = valueOr(host.readText(`${directory}/cgroup.procs`, 'unsupported'), '').split('\n');
  return [
    ...own.filter((line) => line !== ''),
    ...(levels === 0 ? [] : groupsIn(host, directory).flatMap((group) => pidsBelow(host, group, levels - 1))),
  ];
}

/** A directory of kernfs has a link more for each directory in it: most groups have none and are not listed. */
function groupsIn(host: Host, directory: string): readonly string[] {
  const found = host.stat(directory, 'unsupported');
  if (found.status === 'ok' && found.value.links <= 2) {
    return [];
  }
  const names = valueOr(host.list(directory, 'unsupported'), []).map((name) => `${directory}/${name}`);
  return names.filter((name) => {
    const stat = host.stat(name, 'unsupported');
    return stat.status === 'ok' && stat.value.kind === 'dir';
  });
}

/** Field 3 of proc_pid_stat(5), after the last parenthesis: a name may hold others. */
function stateOf(stat: string): string {
  return stat.charAt(stat.lastIndexOf(')') + 2);
}
