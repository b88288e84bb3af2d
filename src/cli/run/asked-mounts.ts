import { resolve } from 'node:path';
import type { MountRequest } from '../../runtime/lifecycle/run-request.ts';
import type { MountFlag, MountOption } from '../../runtime/spec.ts';
import { type Flags, misuse } from '../flags.ts';

/** Docker's rule for names of volumes. */
const VOLUME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;

/** Files and directories of the host, volumes and file systems in memory that a command line asks for. */
export function askedMounts(verb: string, flags: Flags): readonly MountRequest[] {
  return [
    ...flags.all('--volume').map((text) => volumeOf(verb, text)),
    ...flags.all('--mount').map((text) => mountOf(verb, text)),
    ...flags.all('--tmpfs').map((text) => tmpfsOf(verb, text)),
  ];
}

/** `[SOURCE:]TARGET[:ro,…]`: docker-run(1) --volume. A source with a slash is a path, any other a volume's name. */
function volumeOf(verb: string, text: string): MountRequest {
  const parts = text.split(':');
  const [first = '', second, third, ...more] = parts;
  const [source, target, words] = second === undefined ? [null, first, ''] : [first, second, third ?? ''];
  if (more.length > 0 || source === '') {
    throw misuse(verb, `--volume is [SOURCE:]TARGET[:ro], not '${text}'`);
  }
  const inside = targetOf(verb, '--volume', target);
  const { flags, propagation } = bindWords(verb, '--volume', words);
  if (source === null || !source.includes('/')) {
    if (source !== null && !VOLUME.test(source)) {
      throw misuse(verb, `--volume: '${source}' is neither a path with a slash nor a volume's name`);
    }
    return { kind: 'volume', name: source, target: inside, flags };
  }
  return { kind: 'bind', source: resolve(source), target: inside, flags, propagation, makeSource: true };
}

/** `type=…,source=…,target=…`: docker-run(1) --mount. */
function mountOf(verb: string, text: string): MountRequest {
  const fields = new Map(
    text.split(',').map((field): [string, string] => {
      const equals = field.indexOf('=');
      return equals === -1 ? [field, 'true'] : [field.slice(0, equals), field.slice(equals + 1)];
    }),
  );
  const one = (...names: readonly string[]) =>
    names.map((name) => fields.get(name)).find((value) => value !== undefined);
  const known = [
    'type',
    'source',
    'src',
    'target',
    'destination',
    'dst',
    'readonly',
    'ro',
    'bind-propagation',
    'tmpfs-size',
    'tmpfs-mode',
  ];
  const strange = [...fields.keys()].find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw misuse(verb, `--mount has no '${strange}'; there are ${known.join(', ')}`);
  }
  const target = targetOf(verb, '--mount', one('target', 'destination', 'dst') ?? '');
  const source = one('source', 'src');
  const flags: readonly MountFlag[] = ['nodev', ...(isSet(one('readonly', 'ro')) ? (['ro'] as const) : [])];
  switch (fields.get('type') ?? 'volume') {
    case 'bind': {
      if (source === undefined) {
        throw misuse(verb, '--mount type=bind needs a source');
      }
      const propagation = propagationOf(verb, '--mount', fields.get('bind-propagation') ?? 'private');
      return { kind: 'bind', source: resolve(source), target, flags, propagation, makeSource: false };
    }
    case 'volume':
      if (source !== undefined && !VOLUME.test(source)) {
        throw misuse(verb, `--mount: '${source}' is no volume's name`);
      }
      return { kind: 'volume', name: source ?? null, target, flags };
    case 'tmpfs':
      return {
        kind: 'tmpfs',
        target,
        flags: ['nosuid', ...flags],
        options: [
          ...optionOf('size', fields.get('tmpfs-size')),
          ...optionOf('mode', fields.get('tmpfs-mode') ?? '1777'),
        ],
      };
    default:
      throw misuse(verb, `--mount type is bind, volume or tmpfs, not '${fields.get('type')}'`);
  }
}

/** `TARGET[:size=64m,mode=755,noexec]`: closed as Docker's are unless the options open it. */
function tmpfsOf(verb: string, text: string): MountRequest {
  const colon = text.indexOf(':');
  const target = targetOf(verb, '--tmpfs', colon === -1 ? text : text.slice(0, colon));
  const words = colon === -1 ? [] : text.slice(colon + 1).split(',');
  const flags = new Set<MountFlag>(['nosuid', 'nodev', 'noexec']);
  const options: MountOption[] = [];
  for (const word of words) {
    const [name = '', value] = word.split('=');
    if (['size', 'mode', 'uid', 'gid', 'nr_inodes'].includes(name) && value !== undefined) {
      options.push({ name, value });
    } else if (name === 'exec' || name === 'suid' || name === 'dev') {
      flags.delete(`no${name}`);
    } else if (['ro', 'nosuid', 'nodev', 'noexec', 'noatime'].includes(name)) {
      flags.add(name as MountFlag);
    } else if (name !== 'rw') {
      throw misuse(verb, `--tmpfs has no option '${word}'; there are size=, mode=, uid=, gid=, ro, exec, suid, dev`);
    }
  }
  return { kind: 'tmpfs', target, flags: [...flags], options };
}

const PROPAGATIONS = {
  private: 'private',
  rprivate: 'private',
  slave: 'slave',
  rslave: 'slave',
  shared: 'shared',
  rshared: 'shared',
} as const;

function bindWords(verb: string, flag: string, words: string) {
  const flags = new Set<MountFlag>(['nodev']);
  let propagation: 'private' | 'slave' | 'shared' = 'private';
  for (const word of words.split(',').filter((text) => text !== '')) {
    if (word === 'ro' || word === 'nosuid' || word === 'noexec') {
      flags.add(word);
    } else if (word in PROPAGATIONS) {
      propagation = propagationOf(verb, flag, word);
    } else if (!['rw', 'z', 'Z', 'nocopy', 'consistent', 'cached', 'delegated'].includes(word)) {
      throw misuse(verb, `${flag} has no option '${word}'; there are ro, rw, nosuid, noexec, private, slave, shared`);
    }
  }
  return { flags: [...flags], propagation };
}

function propagationOf(verb: string, flag: string, word: string): 'private' | 'slave' | 'shared' {
  if (word in PROPAGATIONS) {
    return PROPAGATIONS[word as keyof typeof PROPAGATIONS];
  }
  throw misuse(verb, `${flag}: propagation is private, slave or shared, not '${word}'`);
}

function targetOf(verb: string, flag: string, target: string): string {
  const clean = resolve('/', target);
  if (!target.startsWith('/') || clean === '/') {
    throw misuse(verb, `${flag}: the target is an absolute path below /, not '${target}'`);
  }
  return clean;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== 'false' && value !== '0';
}

function optionOf(name: string, value: string | undefined): readonly MountOption[] {
  return value === undefined ? [] : [{ name, value }];
}
