import { WrongValue } from '../wrong-value.ts';

/** Who a command runs as. */
export type User = {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
};

/** passwd(5) and group(5) lines, split; a file of the image's, so nothing is believed of its form. */
type Line = readonly string[];

const MOST_ID = 2 ** 32 - 2;

/**
 * `-u USER[:GROUP]`, each a name of the image's or a number, as Docker reads it: without a group that of passwd, or 0 for
 * a number that is not there; supplementary groups only where no group was given. WrongValue for a name that is not there.
 */
export function findUser(asked: string, added: readonly string[], read: (path: string) => string | null): User {
  const [userText = '', groupText, ...rest] = asked.split(':');
  if (rest.length > 0) {
    throw new WrongValue(`--user ${asked}`, 'it is USER[:GROUP]');
  }
  const passwd = linesOf(read('/etc/passwd'), 7);
  const group = linesOf(read('/etc/group'), 4);
  const entry = userText === '' ? byId(passwd, 0) : (byName(passwd, userText) ?? byId(passwd, idOf(userText)));
  const uid = entry === undefined ? (idOf(userText) ?? (userText === '' ? 0 : null)) : idOf(entry[2]);
  if (uid === null) {
    throw new WrongValue(`--user ${asked}`, `the image has no user '${userText}'`);
  }
  const gid = groupText === undefined || groupText === '' ? (idOf(entry?.[3]) ?? 0) : groupId(group, groupText, asked);
  const listed = groupText === undefined || groupText === '' ? groupsOf(group, entry?.[0]) : [];
  const supplementary = added.map((text) => groupId(group, text, text, '--group-add'));
  return { uid, gid, groups: [...new Set([...listed, ...supplementary])], home: entry?.[5] || '/' };
}

function groupId(group: readonly Line[], text: string, asked: string, flag = '--user'): number {
  const id = idOf(byName(group, text)?.[2]) ?? idOf(text);
  if (id === null) {
    throw new WrongValue(`${flag} ${asked}`, `the image has no group '${text}'`);
  }
  return id;
}

function groupsOf(group: readonly Line[], user: string | undefined): readonly number[] {
  return group
    .filter((line) => user !== undefined && (line[3] ?? '').split(',').includes(user))
    .map((line) => idOf(line[2]))
    .filter((id) => id !== null);
}

function byName(lines: readonly Line[], name: string): Line | undefined {
  return lines.find((line) => line[0] === name && idOf(line[2]) !== null);
}

function byId(lines: readonly Line[], id: number | null): Line | undefined {
  return id === null ? undefined : lines.find((line) => idOf(line[2]) === id);
}

/** Only digits: what a lenient parser makes of `-u 1x` or of a number too large has been root before. */
function idOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= MOST_ID ? Number(text) : null;
}

function linesOf(text: string | null, fields: number): readonly Line[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((line) => line.length >= fields);
}
