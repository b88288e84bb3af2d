/** What a person answers before a step; `end`: nobody can type any more. */
export type StepKey = 'next' | 'n' | 'c' | 'q' | 'end';

const byCharacter: Readonly<Record<string, StepKey>> = {
  '\r': 'next',
  '\n': 'next',
  n: 'n',
  c: 'c',
  q: 'q',
  '\u0003': 'q',
};

/** The keys of what was typed, the others left out. Where lines are typed, the end of a letter's line is no key of its own. */
export function keysIn(text: string, byLine: boolean): readonly StepKey[] {
  const typed = byLine ? text.replace(/([ncq])\r?\n/g, '$1') : text;
  return Array.from(typed, (character) => byCharacter[character]).filter((key) => key !== undefined);
}

/** Typed ahead: each is for a step of its own. */
const ahead: StepKey[] = [];

/**
 * The next key. The terminal is raw only meanwhile: nothing typed shows, no Enter is needed after a letter, and the
 * command finds it as it was.
 */
export async function nextKey(): Promise<StepKey> {
  const typed = ahead.shift();
  if (typed !== undefined) return typed;
  const { stdin } = process;
  if (stdin.readableEnded) return 'end';
  const isTerminal = stdin.isTTY === true;
  if (isTerminal) stdin.setRawMode(true);
  return new Promise((resolve) => {
    const settle = (key: StepKey) => {
      stdin.off('data', take).off('end', end);
      // What is typed from here on belongs to the command.
      stdin.pause();
      if (isTerminal) stdin.setRawMode(false);
      resolve(key);
    };
    const take = (chunk: Buffer) => {
      const [first, ...rest] = keysIn(chunk.toString('latin1'), !isTerminal);
      if (first === undefined) return;
      ahead.push(...rest);
      settle(first);
    };
    const end = () => settle('end');
    stdin.on('data', take).on('end', end).resume();
  });
}
