import type { Flag } from './flags.ts';

/** The flags that stand before or after every command. */
export const globalFlags: readonly Flag[] = [
  { long: '--proc', value: '<dir>', says: 'another root for /proc: a mounted host, a captured tree' },
  { long: '--sys', value: '<dir>', says: 'another root for /sys' },
  { long: '--root', value: '<dir>', says: 'where nsview keeps its own containers and images' },
  {
    long: '--engine',
    value: '<engine>',
    repeat: true,
    says: 'auto, none, docker=SOCKET, podman=SOCKET or containerd=SOCKET; repeatable',
  },
  { long: '--no-color', says: 'no colours (also: NO_COLOR in the environment)' },
  { long: '--read-only', says: 'change nothing, whatever is asked' },
];

/** The first word that is no global flag and none's value, and where it stands; null: there is none. */
export function firstWord(args: readonly string[]): { readonly word: string; readonly at: number } | null {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) {
      return { word, at };
    }
    if (globalFlags.some(({ long, value }) => long === word && value !== undefined)) {
      at += 1;
    }
  }
  return null;
}

export function isHelpFlag(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

/** Whether help is asked for before anything that could be a command of somebody else's. */
export function asksForHelp(args: readonly string[]): boolean {
  return isHelpFlag(args[0]);
}
