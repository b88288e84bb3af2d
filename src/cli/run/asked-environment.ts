import { readOrErrno } from '../../runtime/state/read-text-file.ts';
import { type Flags, misuse } from '../flags.ts';

const NAME = /^[^=\0]+$/;

/** `-e` and `--env-file` as NAME=VALUE: docker-run(1). NAME alone is taken from our own environment, if it is there. */
export function askedEnvironment(
  verb: string,
  flags: Flags,
  own: { readonly [name: string]: string | undefined },
): readonly string[] {
  const fromFiles = flags.all('--env-file').flatMap((path) => {
    const file = readOrErrno(path);
    if (file.text === null) {
      throw misuse(verb, `--env-file ${path} cannot be read (${file.errno})`);
    }
    return file.text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  });
  return [...fromFiles, ...flags.all('--env')].flatMap((entry) => {
    const equals = entry.indexOf('=');
    const name = equals === -1 ? entry.trim() : entry.slice(0, equals).trimStart();
    if (!NAME.test(name) || entry.includes('\0')) {
      throw misuse(verb, `--env is NAME=VALUE or NAME, not '${entry}'`);
    }
    if (equals !== -1) {
      return [`${name}${entry.slice(equals)}`];
    }
    const value = own[name];
    return value === undefined ? [] : [`${name}=${value}`];
  });
}
