/** How the helper's detail ends where the file is there, and what it needs is not (native/init/exec.c). */
const NO_INTERPRETER = 'the interpreter of its #! line, or its ELF loader, is missing';

/** Why the command itself could not be started, or null where `code` says that something else failed. */
export function commandRefusal(code: number, detail: string): string | null {
  if (code === 127) {
    return detail.endsWith(`: ${NO_INTERPRETER}`) ? NO_INTERPRETER : 'there is no such program in the container';
  }
  return code === 126 ? 'it cannot be executed' : null;
}
