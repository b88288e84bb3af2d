import type { Command } from '../commands.ts';
import type { Jump, Seek } from '../ports.ts';
import type { Model } from '../state.ts';
import { change, type Step, say, stay } from './step.ts';

const MINUTE_MS = 60_000;

const JUMPS = {
  sampleBack: { samples: -1 },
  sampleOn: { samples: 1 },
  minuteBack: { ms: -MINUTE_MS },
  minuteOn: { ms: MINUTE_MS },
  recordingStart: 'start',
  recordingEnd: 'end',
} as const satisfies { readonly [command in Command]?: Jump };

type TimeCommand = keyof typeof JUMPS | 'playSlower' | 'playFaster';

export function isTimeCommand(command: Command): command is TimeCommand {
  return command in JUMPS || command === 'playSlower' || command === 'playFaster';
}

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];

/** Through a recording; elsewhere time goes its own way. */
export function travel(model: Model, command: TimeCommand): Step {
  const { replay } = model.ui;
  if (replay === null) {
    return stay(model);
  }
  if (command === 'playSlower' || command === 'playFaster') {
    const speed =
      command === 'playFaster'
        ? SPEEDS.find((each) => each > replay.speed)
        : SPEEDS.findLast((each) => each < replay.speed);
    return speed === undefined
      ? say(model, 'that is as far as it goes', 'dim')
      : change(model, { replay: { ...replay, speed } }, { type: 'speed', factor: speed });
  }
  const by: Jump = JUMPS[command];
  // One sample after the other is for looking at each.
  const frozen = model.ui.frozen || (typeof by === 'object' && 'samples' in by);
  return change(model, { frozen }, { type: 'jump', by });
}

/** How far the way to a place in the recording is. */
export function sought(model: Model, seek: Seek | null): Step {
  const { replay } = model.ui;
  return replay === null ? stay(model) : change(model, { replay: { ...replay, seek } });
}
