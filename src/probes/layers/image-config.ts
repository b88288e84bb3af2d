import { garbled, ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';

/** The parts of an OCI image configuration that tell of its layers (image-spec, config.md). Bottom first. */
export type ImageConfig = {
  readonly diffIds: readonly string[];
  /** The instruction of each layer, or all null where the history does not fit the layers. */
  readonly createdBy: readonly (string | null)[];
};

/**
 * Steps of the history that made no layer (ENV, CMD) are skipped; an imported layer has a comment only. Tabs are blanks,
 * as in `docker history`.
 */
export function parseImageConfig(text: string, path: string): Reading<ImageConfig> {
  const config = parseObject(text);
  const rootfs = objectOf(config?.['rootfs']);
  const ids = rootfs?.['diff_ids'];
  if (config === null || !Array.isArray(ids)) {
    return garbled(path, text);
  }
  const diffIds = ids.filter((id) => typeof id === 'string');
  const history = Array.isArray(config['history']) ? config['history'].map(objectOf) : [];
  const steps = history.filter((step) => step !== null && step['empty_layer'] !== true);
  const told = steps.map(
    (step) => (textOf(step?.['created_by']) ?? textOf(step?.['comment']))?.replaceAll('\t', ' ') ?? null,
  );
  return ok({ diffIds, createdBy: told.length === diffIds.length ? told : diffIds.map(() => null) });
}

export function readImageConfig(host: Host, path: string): Reading<ImageConfig> {
  const text = host.readText(path, 'unsupported');
  return text.status === 'ok' ? parseImageConfig(text.value, path) : text;
}

/** A JSON object, or null for anything else. */
export function parseObject(text: string): { readonly [key: string]: unknown } | null {
  return objectOf(parseJson(text));
}

/** The objects of a JSON array; null for anything else. */
export function parseObjects(text: string): readonly { readonly [key: string]: unknown }[] | null {
  const value = parseJson(text);
  return Array.isArray(value) ? value.map(objectOf).filter((entry) => entry !== null) : null;
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A value of JSON as an object, or null for anything else. */
export function objectOf(value: unknown): { readonly [key: string]: unknown } | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: unknown })
    : null;
}
