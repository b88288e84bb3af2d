import type { Sample } from '../model/sample.ts';
import { type Aliases, openAliases } from './aliases.ts';

/**
 * How texts are renamed. `strict`: every word; `common`: every word that not every host has; `kept`: words of the kernel's
 * or our own; `gone`: prose, which may hold anything. With `all`: whatever the keys below are called, and these too.
 */
type Manner = 'strict' | 'common' | 'kept' | 'gone' | 'all strict' | 'all common' | 'all kept';

/** By key. What is not named here is strict: a part that is new in a sample is scrubbed before anybody thinks of it. */
const MANNERS = new Map<string, Manner>([
  ...keys('all strict', 'labels argv'),
  ...keys('all common', 'paths inRoot controllers controller volumes rootMarks'),
  ...keys('all kept', 'namespaceFacts'),
  ...keys(
    'common',
    'path file operationsFile where source target root mountPoint named directory options superOptions',
  ),
  ...keys('common', 'propagation evidence key parent id pod digest lsm devices'),
  ...keys('kept', 'kernel kind engine status state type role access driver code fsType restartPolicy startedAt'),
  ...keys('kept', 'capEffective capBounding device cpus cpusGivenAs'),
  ...keys('gone', 'message remedy line'),
]);

function keys(manner: Manner, names: string): readonly (readonly [string, Manner])[] {
  return names.split(' ').map((name) => [name, manner]);
}

/** Of a Reading and a figure: what holds what the key above names. */
const HOLDERS = new Set(['value', 'reading']);

const PROSE = '(scrubbed)';

/** Takes the names out of samples: the same thing always gets the same other name. What did not change stays the same object. */
export function openScrubber(): (sample: Sample) => Sample {
  const aliases = openAliases();
  const known = new Map<Manner, WeakMap<object, unknown>>();
  /** Of keys that are no words of ours: those of containers come with each sample. */
  const names = new Map<string, string>();

  function nameOf(key: string): string {
    if (isNumbered(key)) {
      return key;
    }
    const name = names.get(key) ?? aliases.common(key);
    names.set(key, name);
    return name;
  }

  function scrub(value: unknown, manner: Manner): unknown {
    if (typeof value === 'string') {
      return value === 'max' ? value : renamed(value, manner, aliases);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    let seen = known.get(manner);
    if (seen === undefined) {
      seen = new WeakMap();
      known.set(manner, seen);
    }
    const before = seen.get(value);
    if (before !== undefined) {
      return before;
    }
    const scrubbed = Array.isArray(value) ? value.map((each) => scrub(each, manner)) : object(value, manner);
    seen.set(value, scrubbed);
    return scrubbed;
  }

  function object(value: object, manner: Manner): unknown {
    if (manner.startsWith('all ')) {
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [renamed(key, manner, aliases), scrub(each, manner)]),
      );
    }
    const scrubbed: { [key: string]: unknown } = {};
    for (const [key, each] of Object.entries(value)) {
      const part = partOf(key);
      const below = part.holds ? manner : part.manner;
      scrubbed[part.name ?? nameOf(key)] =
        typeof each === 'number' ? each : (part.own?.(each, aliases) ?? scrub(each, below));
    }
    return scrubbed;
  }

  return (sample) => scrub(sample, 'strict') as Sample;
}

function renamed(text: string, manner: Manner, aliases: Aliases): string {
  switch (manner) {
    case 'strict':
    case 'all strict':
      return aliases.strict(text);
    case 'common':
    case 'all common':
      return aliases.common(text);
    case 'kept':
    case 'all kept':
      return text;
    case 'gone':
      return PROSE;
  }
}

/** How what stands under a key is scrubbed. `name`: null where the key is no word of ours, but a path, an id or a number. */
type Part = {
  readonly name: string | null;
  readonly manner: Manner;
  readonly holds: boolean;
  readonly own: ((value: unknown, aliases: Aliases) => unknown) | undefined;
};

/** A sample has the same few by the thousand. */
const parts = new Map<string, Part>();

/** Of processes and such, of which there are always others. */
const NAMED_BY_OTHERS: Part = { name: null, manner: 'strict', holds: false, own: undefined };

function partOf(key: string): Part {
  const known = parts.get(key);
  if (known !== undefined) {
    return known;
  }
  if (isNumbered(key) || !/^\w+$/.test(key) || key === '__proto__') {
    return NAMED_BY_OTHERS;
  }
  const part = { name: key, manner: MANNERS.get(key) ?? 'strict', holds: HOLDERS.has(key), own: PARTS[key] };
  parts.set(key, part);
  return part;
}

function isNumbered(key: string): boolean {
  return /^\d\w*$/.test(key);
}

type Ports = readonly { readonly host: string | null; readonly container: number; readonly protocol: string }[];

/** What is no text, or would be too much of it. */
const PARTS: { readonly [key: string]: (value: unknown, aliases: Aliases) => unknown } = {
  ports: (value, aliases) =>
    (value as Ports).map(({ host, container, protocol }) => ({
      host: host === null ? null : hostPort(host, aliases),
      container: aliases.port(container),
      protocol,
    })),
};

function hostPort(text: string, aliases: Aliases): string {
  const [, address = text, port] = /^(.*):(\d+)$/.exec(text) ?? [];
  return port === undefined ? aliases.strict(text) : `${aliases.strict(address)}:${aliases.port(Number(port))}`;
}
