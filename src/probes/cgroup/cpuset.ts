import { garbled, ok, type Reading } from '../../model/reading.ts';

const CPU_LIST = /^(?:\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)?$/;

/** `cpuset.cpus.effective`, v1 `cpuset.effective_cpus`: a list as `0-3,7`, kept as the kernel writes it. */
export function parseCpuList(text: string, path: string): Reading<string> {
  const list = text.trimEnd();
  return CPU_LIST.test(list) ? ok(list) : garbled(path, text);
}
