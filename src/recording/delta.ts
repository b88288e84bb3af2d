/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

type JsonObject = { readonly [key: string]: Json };

/**
 * How one value became another. `[0, value]`: it is another value. `[1, changed, gone, order]`: an object of which these
 * keys changed or came and those are gone; `order` only where the keys stand in another order than that makes. `[2,
 * changed]`: an array of the same length with changes at these places. Null: it stayed the same.
 */
export type Delta =
  | null
  | readonly [0, Json]
  | readonly [1, { readonly [key: string]: Delta }, readonly string[], (readonly string[])?]
  | readonly [2, { readonly [index: string]: Delta }];

/**
 * The difference of two values. What is the same object in both costs one comparison: a sampler hands on what did not
 * change. A key whose value is undefined is none, as in JSON.
 */
export function deltaOf(before: unknown, after: unknown): Delta {
  if (before === after) {
    return null;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return arrayDelta(before, after);
  }
  if (isObject(before) && isObject(after)) {
    return objectDelta(before, after);
  }
  return [0, after as Json];
}

function arrayDelta(before: readonly unknown[], after: readonly unknown[]): Delta {
  const changed: [string, Delta][] = [];
  for (const [index, value] of after.entries()) {
    const delta = deltaOf(before[index], value);
    if (delta !== null) {
      changed.push([String(index), delta]);
    }
  }
  return changed.length === 0 ? null : [2, Object.fromEntries(changed)];
}

type Fields = { readonly [key: string]: unknown };

function objectDelta(before: Fields, after: Fields): Delta {
  const keys = Object.keys(after);
  // Nearly always: the same keys in the same order, most of them with the same object.
  const same = sameOrder(Object.keys(before), keys) && keys.every((key) => after[key] !== undefined);
  return same ? fieldsDelta(before, after, keys) : keysDelta(before, after);
}

function fieldsDelta(before: Fields, after: Fields, keys: readonly string[]): Delta {
  let changed: [string, Delta][] | null = null;
  for (const key of keys) {
    const delta = before[key] === after[key] ? null : deltaOf(before[key], after[key]);
    if (delta !== null) {
      changed ??= [];
      changed.push([key, delta]);
    }
  }
  return changed === null ? null : [1, Object.fromEntries(changed), []];
}

function keysDelta(before: Fields, after: Fields): Delta {
  const order = keysOf(after);
  const known = order.filter((key) => has(before, key));
  const came = order.filter((key) => !has(before, key));
  const gone = keysOf(before).filter((key) => !has(after, key));
  const changed = known.map((key) => [key, deltaOf(before[key], after[key])] as const);
  const fields = Object.fromEntries<Delta>([
    ...changed.filter(([, delta]) => delta !== null),
    ...came.map((key) => [key, [0, after[key] as Json]] as const),
  ]);
  const left = keysOf(before).filter((key) => has(after, key));
  if (!sameOrder([...left, ...came], order)) {
    return [1, fields, gone, order];
  }
  return Object.keys(fields).length === 0 && gone.length === 0 ? null : [1, fields, gone];
}

/** The value after a change. What did not change is the same object as before. Fails where the two do not fit. */
export function applyDelta(before: Json, delta: Delta): Json {
  switch (delta?.[0]) {
    case undefined:
      return before;
    case 0:
      return delta[1];
    case 1: {
      const [, changed, gone, order] = delta;
      if (!isObject(before)) {
        throw new Error('a change of an object follows on none');
      }
      const copy: { [key: string]: Json } = { ...(before as JsonObject) };
      for (const key of gone) {
        delete copy[key];
      }
      for (const [key, change] of Object.entries(changed)) {
        put(copy, key, applyDelta(Object.hasOwn(copy, key) ? (copy[key] ?? null) : null, change));
      }
      return order === undefined ? copy : Object.fromEntries(order.map((key) => [key, copy[key] ?? null]));
    }
    case 2: {
      if (!Array.isArray(before)) {
        throw new Error('a change of a list follows on none');
      }
      const values: Json[] = [...before];
      for (const [index, change] of Object.entries(delta[1])) {
        values[Number(index)] = applyDelta(values[Number(index)] ?? null, change);
      }
      return values;
    }
  }
}

/** A label may be called `__proto__`: an assignment would make no key of that. */
function put(object: { [key: string]: Json }, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function has(object: { readonly [key: string]: unknown }, key: string): boolean {
  return Object.hasOwn(object, key) && object[key] !== undefined;
}

function keysOf(object: { readonly [key: string]: unknown }): readonly string[] {
  return Object.keys(object).filter((key) => object[key] !== undefined);
}

function sameOrder(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((key, index) => key === others[index]);
}
