/**
 * Names of files are bytes. One that is not UTF-8 has each byte beyond ASCII as the lone surrogate U+DC00 + byte, so
 * that it goes back to the kernel as it came.
 */
const SURROGATE = 0xdc00;
const REPLACEMENT = '\ufffd';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strings that each end with NUL. */
export function decodeNames(bytes: Buffer): string[] {
  const text = bytes.toString('utf8');
  const names = text.includes(REPLACEMENT) ? eachName(bytes) : text.split('\0');
  names.pop();
  return names;
}

function eachName(bytes: Buffer): string[] {
  const names: string[] = [];
  let from = 0;
  for (let to = bytes.indexOf(0); to >= 0; to = bytes.indexOf(0, from)) {
    names.push(decodeName(bytes.subarray(from, to)));
    from = to + 1;
  }
  names.push('');
  return names;
}

function decodeName(bytes: Buffer): string {
  try {
    return strict.decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte < 0x80 ? byte : SURROGATE + byte)).join('');
  }
}

/** The bytes of a name, or of a path of such names, ended by NUL. */
export function encodeName(name: string): Buffer {
  if (name.includes('\0')) {
    throw new Error('a path holds a NUL');
  }
  if (!/[\udc80-\udcff]/.test(name)) {
    return Buffer.from(`${name}\0`);
  }
  const parts = Array.from(name, (letter) => {
    const code = letter.length === 1 ? letter.charCodeAt(0) - SURROGATE : 0;
    return code >= 0x80 && code <= 0xff ? Buffer.of(code) : Buffer.from(letter);
  });
  return Buffer.concat([...parts, Buffer.of(0)]);
}
