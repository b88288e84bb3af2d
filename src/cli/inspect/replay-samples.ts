import type { Snapshot } from '../../model/snapshot.ts';
import { clockTime } from '../../present/clock.ts';
import { containerRows } from '../../present/columns/containers.ts';
import { recordingLoss } from '../../present/recording-loss.ts';
import { indexAt, type Time } from '../../recording/moment-words.ts';
import { snapshotAt } from '../../recording/player.ts';
import { openRecording, type Recording, RecordingFault } from '../../recording/read-recording.ts';
import { fileFailure, requestFailed } from '../failure.ts';
import { jsonLine, type Output } from '../output.ts';
import { psJson, psTable } from './ps.ts';
import type { ReplayOptions } from './replay.ts';
import { narrowTo, statsLine, statsTable } from './stats.ts';

/**
 * The dashboard over a recording where a person sits at both ends; else what it holds of every sample, or of one. Returns
 * the exit status.
 */
export async function replayFrom(file: string, { at, json }: ReplayOptions, output: Output): Promise<number> {
  let recording: Recording | null = null;
  try {
    recording = openRecording(file);
    sayLosses(recording, file, output);
    const index = at === undefined ? null : placeOf(recording, at, file);
    if (json !== true && output.isTerminal && process.stdin.isTTY) {
      const { replayDashboard } = await import('../dashboard.ts');
      return await replayDashboard(recording, index ?? 0, output.colours);
    }
    if (index === null) {
      printAll(recording, json, output);
    } else {
      printOne(snapshotAt(recording, index), json, output);
    }
    return 0;
  } catch (error) {
    throw error instanceof RecordingFault
      ? requestFailed(`replay ${file}`, error.message, error.remedy)
      : fileFailure(`replay ${file}`, error);
  } finally {
    recording?.close();
  }
}

/** What a crash or a bad disk took. */
function sayLosses({ lost, moments }: Recording, file: string, output: Output): void {
  const loss = recordingLoss(lost, moments.length);
  if (loss !== null) {
    output.notices([{ path: file, code: '', message: loss.lost, remedy: loss.left }]);
  }
}

function placeOf({ moments }: Recording, time: Time, file: string): number {
  const index = indexAt(moments, time);
  if (index === null) {
    const [from, to] = [moments[0], moments.at(-1)].map((moment) => clockTime(moment?.wallMs ?? 0));
    throw requestFailed(`replay ${file}`, 'that time is not in it', `It goes from ${from} to ${to}.`);
  }
  return index;
}

/** The first sample alone has no rates: it is told only where there is no other. */
function printAll(recording: Recording, json: true | undefined, output: Output): void {
  const first = Math.min(1, recording.moments.length - 1);
  for (let index = first; index < recording.moments.length; index += 1) {
    const snapshot = narrowTo(snapshotAt(recording, index), null);
    if (json) {
      output.write(jsonLine(statsLine(snapshot)));
    } else {
      const gap = index === first ? '' : '\n';
      output.write(`${gap}${clockTime(snapshot.atMs)}\n${statsTable(snapshot, output.columns)}`);
    }
  }
}

function printOne(snapshot: Snapshot, json: true | undefined, output: Output): void {
  const rows = containerRows(snapshot);
  output.write(json ? psJson(snapshot, rows) : psTable(snapshot, rows, true, output));
}
