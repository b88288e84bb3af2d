import { spawn } from 'node:child_process';
import { LEAVE_ALL } from './screen.ts';

/** Watches over the terminal from outside, for the one end that no program sees: SIGKILL. */
export type Keeper = {
  /** Whether the terminal is ours now: only then is there something to give back. */
  readonly tell: (state: 'entered' | 'left') => void;
};

/**
 * The end of its input is our death. Raw mode is taken back only where it is still as we left it: a shell that sets the
 * terminal itself is not disturbed. The flags are those that uv_tty_set_mode(3) takes away.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT TSTP TTOU
raw=$(stty -g <&3)
while read -r word; do state=$word; done
[ "$state" = entered ] || exit 0
printf '${LEAVE_ALL}' >&3
[ "$(stty -g <&3)" = "$raw" ] && stty brkint icrnl ixon icanon isig iexten echo <&3
`;

/** Starts the watch over a terminal in raw mode. Where there is no shell there is no watch. */
export function startKeeper(stdout: NodeJS.WriteStream): Keeper {
  const { fd } = stdout as NodeJS.WriteStream & { readonly fd: number };
  const child = spawn('sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore', fd] });
  const ignore = () => undefined;
  child.on('error', ignore);
  child.stdin?.on('error', ignore);
  child.unref();
  const tell: Keeper['tell'] = (state) => {
    child.stdin?.write(`${state}\n`);
  };
  tell('entered');
  return { tell };
}
