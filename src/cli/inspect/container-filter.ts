import { InvalidArgumentError } from 'commander';
import type { Container } from '../../model/document/container.ts';

export const filterKeys = ['name', 'id', 'engine', 'status', 'label', 'image'] as const;
type FilterKey = (typeof filterKeys)[number];

/** One `--filter key=value`, as a question to a container. */
export type ContainerFilter = { readonly key: FilterKey; readonly matches: (container: Container) => boolean };

/** Collects `--filter` values for commander. */
export function parseContainerFilter(
  text: string,
  before: readonly ContainerFilter[] = [],
): readonly ContainerFilter[] {
  const equals = text.indexOf('=');
  const key = filterKeys.find((candidate) => candidate === text.slice(0, Math.max(equals, 0)));
  if (key === undefined) {
    throw new InvalidArgumentError(`It is KEY=VALUE, where KEY is one of ${filterKeys.join(', ')}.`);
  }
  return [...before, { key, matches: matcher(key, text.slice(equals + 1)) }];
}

/** Docker's rule: any of the filters with the same key, and that for every key. */
export function matchesFilters(container: Container, filters: readonly ContainerFilter[]): boolean {
  return filterKeys.every((key) => {
    const same = filters.filter((filter) => filter.key === key);
    return same.length === 0 || same.some((filter) => filter.matches(container));
  });
}

function matcher(key: FilterKey, value: string): ContainerFilter['matches'] {
  switch (key) {
    case 'name': {
      const pattern = namePattern(value);
      return ({ name }) => name !== null && (pattern.test(name) || pattern.test(`/${name}`));
    }
    case 'id':
      return ({ id }) => id.startsWith(value);
    case 'engine':
      return ({ engine }) => engine === value;
    case 'status':
      return ({ status }) => status === value;
    case 'label':
      return ({ labels }) => labels !== null && hasLabel(labels, value);
    case 'image':
      return ({ image }) => image !== null && (image === value || untagged(image) === value);
  }
}

/** As in `docker ps`, a regular expression that may match anywhere; names there may begin with a slash. */
function namePattern(value: string): RegExp {
  try {
    return new RegExp(value, 'u');
  } catch {
    throw new InvalidArgumentError(`'${value}' is no regular expression.`);
  }
}

/** `KEY`, or `KEY=VALUE`. */
function hasLabel(labels: { readonly [key: string]: string }, value: string): boolean {
  const equals = value.indexOf('=');
  const key = equals < 0 ? value : value.slice(0, equals);
  return Object.hasOwn(labels, key) && (equals < 0 || labels[key] === value.slice(equals + 1));
}

/** A registry's port is no tag: the colon must come after the last slash. */
function untagged(image: string): string {
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? image.slice(0, colon) : image;
}
