import type { Command } from '../commands.ts';
import type { Jump, Seek } from '../ports.ts';
import type { Model, UiState } from '../state.ts';
import { change, type Step, say, stay } from './step.ts';

type Span = Pick<NonNullable<UiState['replay']>, 'firstMs' | 'lastMs'>;

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
  const beyond = beyondEnd(model, replay, by);
  return beyond === null
    ? change(model, { frozen }, { type: 'jump', by })
    : say(model, beyond, 'dim', { type: 'jump', by }, { frozen });
}

/** What is said of a jump over an end of the recording that is shown already. */
function beyondEnd({ snapshot: { atMs } }: Model, { firstMs, lastMs }: Span, by: Jump): string | null {
  const forwards = typeof by === 'string' ? by === 'end' : ('samples' in by ? by.samples : by.ms) > 0;
  if (forwards) {
    return atMs >= lastMs ? 'this is its last sample: < goes a minute back, ^ to its start' : null;
  }
  return atMs <= firstMs ? 'this is its first sample' : null;
}

/** Space: pauses, and plays on; of a recording at its end there is nothing more. */
export function freeze(model: Model): Step {
  const { frozen: was, replay } = model.ui;
  const frozen = !was;
  const effect = { type: 'freeze', frozen } as const;
  return replay !== null && !frozen && model.snapshot.atMs >= replay.lastMs
    ? say(model, 'it ends here: ^ goes to its start', 'dim', effect, { frozen })
    : change(model, { frozen }, effect);
}

/** How far the way to a place in the recording is. */
export function sought(model: Model, seek: Seek | null): Step {
  const { replay } = model.ui;
  return replay === null ? stay(model) : change(model, { replay: { ...replay, seek } });
}
