import type { LiveResult } from './apply-live.ts';
import type { LiveWrite } from './live-change.ts';

/**
 * What puts back exactly what the files said before some writes: the last one first, as what was allowed on the way there
 * is allowed on the way back.
 */
export function restoreWrites(results: readonly LiveResult[]): readonly LiveWrite[] {
  return results.toReversed().flatMap(({ write, before, after }): LiveWrite[] => {
    // What was not there, or did not change, is left alone.
    return before === null || before === after ? [] : [{ ...write, value: valueBefore(write, before.trim()) }];
  });
}

function valueBefore({ file, value }: LiveWrite, before: string): string {
  const [device = '', asked = ''] = value.split(' ');
  if (/^\d+:\d+$/.test(device)) {
    const line = before.split('\n').find((each) => each.startsWith(`${device} `));
    const [key = '', rate] = asked.split('=');
    // v1 has a file for each rate, v2 one for all: only the one that was written goes back.
    return rate === undefined
      ? (line ?? `${device} 0`)
      : `${device} ${line?.split(' ').find((word) => word.startsWith(`${key}=`)) ?? `${key}=max`}`;
  }
  // An empty list is written as an empty line: no bytes would be no write.
  return before === '' && file.endsWith('cpuset.cpus') ? '\n' : before;
}
