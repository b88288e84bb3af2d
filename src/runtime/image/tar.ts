import type { LayerEntry } from './layer-entry.ts';

const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/**
 * A layer as a tar archive: ustar (POSIX.1-1988) with a pax header (POSIX.1-2001) only before names that do not fit. The
 * same entries give the same bytes on every host: the digest of a layer is that of its archive. `entries` are ordered
 * (orderEntries).
 */
export function tarOf(entries: readonly LayerEntry[]): Buffer {
  const parts = entries.flatMap(entryBlocks);
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

const TYPES = { file: '0', link: '2', directory: '5', pax: 'x' } as const;

type Header = {
  readonly path: Buffer;
  readonly type: (typeof TYPES)[keyof typeof TYPES];
  readonly mode: number;
  readonly size: number;
  readonly target: Buffer;
};

function entryBlocks(entry: LayerEntry): readonly Buffer[] {
  const path = Buffer.from(entry.kind === 'directory' ? `${entry.path}/` : entry.path);
  const target = Buffer.from(entry.kind === 'link' ? entry.target : '');
  const content = entry.kind === 'file' ? entry.content : Buffer.alloc(0);
  const records = [
    ...(splitPath(path) === null ? [paxRecord('path', path)] : []),
    ...(target.length > NAME_BYTES ? [paxRecord('linkpath', target)] : []),
  ];
  const mode = entry.kind === 'link' ? 0o777 : entry.mode;
  const header = headerBlock({ path, type: TYPES[entry.kind], mode, size: content.length, target });
  return [...paxBlocks(records), header, ...padded(content)];
}

function paxBlocks(records: readonly Buffer[]): readonly Buffer[] {
  if (records.length === 0) {
    return [];
  }
  const content = Buffer.concat(records);
  const name = {
    path: Buffer.from('pax'),
    type: TYPES.pax,
    mode: 0o644,
    size: content.length,
    target: Buffer.alloc(0),
  };
  return [headerBlock(name), ...padded(content)];
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts its own digits. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) {
    length = String(length).length + rest.length;
  }
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function padded(content: Buffer): readonly Buffer[] {
  const over = content.length % BLOCK;
  return over === 0 ? [content] : [content, Buffer.alloc(BLOCK - over)];
}

function headerBlock({ path, type, mode, size, target }: Header): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { prefix, name } = splitPath(path) ?? { prefix: Buffer.alloc(0), name: path.subarray(0, NAME_BYTES) };
  name.copy(block, 0);
  octal(block, 100, 8, mode);
  octal(block, 108, 8, 0);
  octal(block, 116, 8, 0);
  octal(block, 124, 12, size);
  octal(block, 136, 12, 0);
  block.write(type, 156);
  target.copy(block, 157, 0, NAME_BYTES);
  block.write('ustar\x0000', 257, 'latin1');
  octal(block, 329, 8, 0);
  octal(block, 337, 8, 0);
  prefix.copy(block, 345);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** A path of up to 255 bytes goes into two fields, parted at a slash. Null: it does not fit. */
function splitPath(path: Buffer): { readonly prefix: Buffer; readonly name: Buffer } | null {
  if (path.length <= NAME_BYTES) {
    return { prefix: Buffer.alloc(0), name: path };
  }
  const slash = path.indexOf('/', path.length - NAME_BYTES - 1);
  return slash > 0 && slash <= PREFIX_BYTES && slash < path.length - 1
    ? { prefix: path.subarray(0, slash), name: path.subarray(slash + 1) }
    : null;
}

function octal(block: Buffer, offset: number, width: number, value: number): void {
  block.write(value.toString(8).padStart(width - 1, '0'), offset, 'latin1');
}
