import type { Sample } from '../../model/sample.ts';
import { findPutInPlace } from '../../native/put-in-place.ts';
import { printable } from '../../present/printable.ts';
import { formatBytes, formatDuration, formatMany } from '../../present/units.ts';
import type { Want } from '../../probes/collect.ts';
import { carryParts, partless } from '../../recording/carry-parts.ts';
import { openScrubber } from '../../recording/scrub.ts';
import { createRecording, type RecordingWriter, SAMPLE_TOO_LARGE } from '../../recording/write-recording.ts';
import { limitedProcesses } from '../../runtime/lifecycle/limit-process.ts';
import { storeOf } from '../../runtime/state/store.ts';
import { fileFailure, requestFailed } from '../failure.ts';
import type { Output } from '../output.ts';
import type { Session } from '../session.ts';
import type { RecordOptions } from './record.ts';
import { everyInterval } from './ticks.ts';

/** Mounts, layers, security and holders of namespaces are read again after so many samples. */
const SAMPLES_BETWEEN_PARTS = 60;

const WANT: Want = {
  detail: 'none',
  procfs: false,
  figures: 'all',
  stopped: false,
  network: true,
  namespaces: false,
  walkLayersUs: 0,
  hostGroups: 'load',
};

/** Records until the count, the time or Ctrl-C ends it, and says what became of it. `pids`: as if each were a container. */
export async function recordTo(
  file: string,
  pids: readonly number[],
  options: RecordOptions,
  session: Session,
  output: Output,
): Promise<void> {
  for (const pid of pids) {
    if (session.host.readText(`/proc/${pid}/stat`, 'gone').status !== 'ok') {
      throw requestFailed(`pid:${pid}`, 'no such process');
    }
  }
  const writer = create(file, options);
  const began = performance.now();
  try {
    output.notices([{ path: file, code: '', message: 'recording', remedy: 'Ctrl-C ends it' }]);
    await recordSamples(session, writer, file, pids, options);
  } finally {
    writer.close();
  }
  output.write(closingLine(file, writer.written, performance.now() - began));
}

/** The first sample at once. */
async function recordSamples(
  session: Session,
  writer: RecordingWriter,
  file: string,
  pids: readonly number[],
  { interval, count, duration, scrub }: RecordOptions,
): Promise<void> {
  const rename = scrub === true ? openScrubber() : (sample: Sample) => sample;
  const end = duration === undefined ? Number.POSITIVE_INFINITY : performance.now() + duration;
  const store = session.host.live ? storeOf(session.root) : null;
  const unfollow = session.followEngines();
  let last: Sample | null = null;
  let taken = 0;

  async function take(): Promise<boolean> {
    const allParts = taken % SAMPLES_BETWEEN_PARTS === 0;
    const only = last === null ? [] : partless(last);
    const limited = store === null ? [] : limitedProcesses(store).map(({ pid }) => pid);
    const sample = await session.sample({
      ...WANT,
      detail: allParts ? 'all' : { only },
      namespaces: allParts,
      alsoPids: [...new Set([...pids, ...limited])],
    });
    last = carryParts(sample, last);
    append(writer, rename(last), file);
    taken += 1;
    return performance.now() + interval <= end;
  }

  try {
    if ((await take()) && count !== 1) {
      await everyInterval(interval, count === undefined ? null : count - 1, take);
    }
  } finally {
    unfollow();
  }
}

function create(file: string, { maxSize: maxBytes, scrub }: RecordOptions): RecordingWriter {
  try {
    return createRecording(file, { maxBytes, scrubbed: scrub === true, putInPlace: findPutInPlace() });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST'
      ? requestFailed(`record ${file}`, 'it exists, and nothing is overwritten', 'Take another name, or remove it.')
      : fileFailure(`record ${file}`, error);
  }
}

function append(writer: RecordingWriter, sample: Sample, file: string): void {
  try {
    writer.append(sample);
  } catch (error) {
    const left = `What is in it is whole: ${formatMany(writer.written.samples, 'sample', 'samples')}.`;
    throw (error as NodeJS.ErrnoException).code === SAMPLE_TOO_LARGE
      ? requestFailed(`record ${file}`, 'one sample takes more than --max-size', left)
      : fileFailure(`record ${file}`, error, left);
  }
}

function closingLine(file: string, { samples, bytes, dropped }: RecordingWriter['written'], ms: number): string {
  const older = dropped === 0 ? '' : `; ${formatMany(dropped, 'older one', 'older ones')} made room`;
  const what = formatMany(samples, 'sample', 'samples');
  return printable(`${file}: ${what}, ${formatBytes(bytes)}, in ${formatDuration(ms / 1000)}${older}`).concat('\n');
}
