/**
 * Filters by their `filterKey`, as base64: what the bundler compiles beforehand stands here in the bundle
 * (scripts/bundle-plugins.ts), so that no usual start compiles one. Run from the sources, all are compiled when needed.
 */
export const knownFilters: ReadonlyMap<string, string> = new Map();
