import { readFileSync } from 'node:fs';

/** proc_pid_mountinfo(5) of this process, in the order of the mounts: field 5 decoded, and after the dash the type. */
export function ownMounts(): readonly { readonly target: string; readonly fsType: string }[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [place, filesystem] = line.split(' - ');
      const target = place?.split(' ')[4];
      return target === undefined ? [] : [{ target: decoded(target), fsType: filesystem?.split(' ')[0] ?? '' }];
    });
}

/** Blanks and backslashes are octal there. */
function decoded(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
