import type { Container } from '../model/document/container.ts';
import type { ContainerNamespace, NamespaceType } from '../model/document/namespace.ts';
import { NAMESPACE_TYPES } from '../model/namespaces/types.ts';

/** How a container stands to one of its namespaces. `unknown`: the link was not readable. */
export type Standing = 'private' | 'host' | 'shared' | 'unknown' | 'absent';

export function standing(namespace: ContainerNamespace | undefined): Standing {
  if (namespace === undefined) {
    return 'absent';
  }
  if (namespace.isolated === false) {
    return 'host';
  }
  if (namespace.sharedWith.some((ref) => ref !== 'host')) {
    return 'shared';
  }
  return namespace.isolated === null ? 'unknown' : 'private';
}

export type NamespaceLetter = { readonly letter: string; readonly standing: Standing; readonly inode: number | null };

/** The eight letters: capital = its own, small = the host's or shared, `?` = not readable, a blank = no such type. */
export function namespaceLetters(container: Container): readonly NamespaceLetter[] {
  return NAMESPACE_TYPES.map((type) => {
    const namespace = container.namespaces.find((candidate) => candidate.type === type);
    const how = standing(namespace);
    const small = type[0] ?? ' ';
    const letter = how === 'private' ? small.toUpperCase() : how === 'unknown' ? '?' : how === 'absent' ? ' ' : small;
    return { letter, standing: how, inode: namespace?.inode ?? null };
  });
}

/** `net pid ⇄ web`: what it shares and with whom; empty where it shares nothing with a container. */
export function sharingRemark(container: Container): string {
  const byPartner = new Map<string, NamespaceType[]>();
  for (const namespace of container.namespaces) {
    if (standing(namespace) === 'shared') {
      const partners = namespace.sharedWith.filter((ref) => ref !== 'host').join(', ');
      byPartner.set(partners, [...(byPartner.get(partners) ?? []), namespace.type]);
    }
  }
  return Array.from(byPartner, ([partners, types]) => `${types.join(' ')} ⇄ ${partners}`).join('; ');
}
