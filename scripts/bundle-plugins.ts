import type { Plugin } from 'esbuild';
import { DEFAULT_SET } from '../src/runtime/security/capabilities.ts';
import { compileDefaultFilter, filterKey } from '../src/runtime/security/default-filter.ts';

/** What a dependency asks for and nsview never uses: React's developer tools, Docker over ssh. */
const UNUSED = /^(react-devtools-core|ssh2|cpu-features)$/;

/** What Commander imports for rare needs, at a price of 5 ms: other programs as subcommands, text without its colours. */
const COMMANDERS: { readonly [module: string]: string } = {
  'node:child_process': 'export default {};',
  'node:util': `export const stripVTControlCharacters = (text) =>
    process.getBuiltinModule('node:util').stripVTControlCharacters(text);`,
};

export const leaveOutUnused: Plugin = {
  name: 'leave-out-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'export default {};' }));
    onResolve({ filter: /^node:/ }, ({ importer, path }) =>
      importer.includes('/node_modules/commander/') && path in COMMANDERS ? { path, namespace: 'commander' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'commander' }, ({ path }) => ({ contents: COMMANDERS[path] ?? '' }));
  },
};

/**
 * An import of one of Node's modules reads all of its properties, and so makes process open stdin and fs load its streams
 * (8 ms of every start); `require` reads those that are used.
 */
export const requireBuiltins: Plugin = {
  name: 'require-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      namespace === 'builtin' ? { path, external: true } : { path, namespace: 'builtin' },
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};

/** Those of Node's modules that its own start has not loaded, and what loading one costs: a stream 1 ms, a process 3. */
const LATE_BUILTINS = [
  'child_process',
  'crypto',
  'http',
  'https',
  'net',
  'readline',
  'stream',
  'timers/promises',
  'tls',
  'tty',
  'util',
  'zlib',
];

/** Loads each of them when something of it is used first, which in most commands is never. */
export const loadBuiltinsLate: Plugin = {
  name: 'load-builtins-late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      namespace === 'late-builtin'
        ? { path, external: true }
        : LATE_BUILTINS.includes(path.slice('node:'.length))
          ? { path, namespace: 'late-builtin' }
          : null,
    );
    onLoad({ filter: /.*/, namespace: 'late-builtin' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => /^[A-Za-z]\w*$/.test(name));
      return {
        contents: `let loaded;
          const load = () => (loaded ??= require('${path}'));
          module.exports = { ${names.map((name) => `get ${name}() { return load().${name}; }`).join(', ')} };`,
      };
    });
  },
};

/**
 * string-width compiles its Unicode patterns when it is loaded (10 ms); plain ASCII never needs them. A `require` within a
 * function is what the bundler turns into loading on first use.
 */
export const loadStringWidthLate: Plugin = {
  name: 'load-string-width-late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ namespace, path, resolveDir }) =>
      namespace === 'late' ? null : { path, namespace: 'late', pluginData: resolveDir },
    );
    onLoad({ filter: /.*/, namespace: 'late' }, ({ pluginData }) => ({
      contents: `let measure;
        export default (text, options) => (measure ??= require('string-width').default)(text, options);`,
      resolveDir: pluginData,
    }));
  },
};

/** What most containers are confined by is compiled here and not at each start. */
export const compileUsualFilters: Plugin = {
  name: 'compile-usual-filters',
  setup({ onLoad }) {
    onLoad({ filter: /\/security\/known-filters\.ts$/ }, () => {
      const known = (['x64', 'arm64'] as const).map((arch) => [
        filterKey(DEFAULT_SET, arch),
        Buffer.from(compileDefaultFilter(DEFAULT_SET, arch)).toString('base64'),
      ]);
      return { contents: `export const knownFilters = new Map(${JSON.stringify(known)});` };
    });
  },
};
