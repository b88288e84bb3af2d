import type { CgroupSample } from '../../model/cgroup/sample.ts';
import type { Pressure } from '../../model/document/cgroup.ts';
import { garbled, ok, type Reading } from '../../model/reading.ts';
import { linesOf } from '../kernel-text.ts';
import type { FileSet } from './board.ts';
import { type Live, liveFigure } from './figures.ts';
import type { Places } from './places.ts';

const LINE = /^(some|full) avg10=(\d+\.\d+) avg60=(\d+\.\d+) avg300=(\d+\.\d+) total=(\d+)$/;

/** `*.pressure`, Documentation/accounting/psi.rst. Averages in percent, the total in µs; cpu has no `full` before 5.13. */
export function parsePressure(text: string, path: string): Reading<Pressure> {
  const pressure: { some: Pressure['some']; full: Pressure['full'] } = { some: null, full: null };
  for (const line of linesOf(text)) {
    const match = LINE.exec(line);
    if (match === null) {
      return garbled(path, line);
    }
    const [avg10, avg60, avg300, totalUs] = match.slice(2).map(Number);
    if (avg10 === undefined || avg60 === undefined || avg300 === undefined || totalUs === undefined) {
      return garbled(path, line);
    }
    pressure[match[1] === 'some' ? 'some' : 'full'] = { avg10, avg60, avg300, totalUs };
  }
  return ok(pressure);
}

/** v2 alone has pressure files, on a hybrid host too; they are there whatever the controllers. */
export function pressureFigures(files: FileSet, places: Places): Live<CgroupSample['pressure']> {
  if (places.unified === null) {
    return () => null;
  }
  const { dir } = places.unified.own;
  const cpu = liveFigure(files.slot(`${dir}/cpu.pressure`, parsePressure));
  const memory = liveFigure(files.slot(`${dir}/memory.pressure`, parsePressure));
  const io = liveFigure(files.slot(`${dir}/io.pressure`, parsePressure));
  return () => ({ cpu: cpu(), memory: memory(), io: io() });
}
