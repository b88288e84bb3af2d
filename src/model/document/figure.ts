import { z } from 'zod';

/** Unknown is null, never 0; why it is unknown stands in the container's `problems`. */
export const figure = z.number().nonnegative().nullable();
export const count = z.int().nonnegative().nullable();
export const bytes = z.int().nonnegative().nullable();
/** A limit that is absent is "max"; null when it could not be read. */
export const limit = z.union([z.number().nonnegative(), z.literal('max')]).nullable();
export const text = z.string().nullable();
