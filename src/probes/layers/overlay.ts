/** The directories of an overlay mount as its options name them. */
export type OverlayDirectories = {
  /** Null on a read-only overlay. Escapes of the mounter are still in: see `unescapeOverlay`. */
  readonly upper: string | null;
  readonly work: string | null;
  /** Top first, the data-only ones last. */
  readonly lowers: readonly OverlayLower[];
};

type OverlayLower = { readonly named: string; readonly data: boolean };

/**
 * The branches of an overlay mount (Documentation/filesystems/overlayfs.rst). Takes super options that were split on
 * commas and octal-decoded. `lowerdir` holds all of them, colon-separated, with `\` before a colon, comma or backslash
 * of a name; `::` begins the data-only ones. `lowerdir+` and `datadir+` (fsconfig, Linux 6.8) hold one each, unescaped,
 * so that their colons belong to the name.
 */
export function parseOverlayOptions(superOptions: readonly string[]): OverlayDirectories {
  let upper: string | null = null;
  let work: string | null = null;
  const lowers: OverlayLower[] = [];
  for (const option of superOptions) {
    const equals = option.indexOf('=');
    const value = option.slice(equals + 1);
    switch (option.slice(0, Math.max(equals, 0))) {
      case 'upperdir':
        upper = value;
        break;
      case 'workdir':
        work = value;
        break;
      case 'lowerdir':
        lowers.push(...splitLowerdir(value));
        break;
      case 'lowerdir+':
        lowers.push({ named: value, data: false });
        break;
      case 'datadir+':
        lowers.push({ named: value, data: true });
        break;
    }
  }
  return { upper, work, lowers };
}

/** Splits a `lowerdir` value on its unescaped colons; from the first `::` on the layers are data-only. */
function splitLowerdir(value: string): readonly OverlayLower[] {
  const lowers: OverlayLower[] = [];
  let named = '';
  let data = false;
  const finish = () => {
    if (named !== '') {
      lowers.push({ named, data });
    }
    named = '';
  };
  for (let at = 0; at < value.length; at += 1) {
    const letter = value.charAt(at);
    if (letter === '\\' && at + 1 < value.length) {
      at += 1;
      named += value.charAt(at);
    } else if (letter === ':') {
      finish();
      if (value.charAt(at + 1) === ':') {
        data = true;
        at += 1;
      }
    } else {
      named += letter;
    }
  }
  finish();
  return lowers;
}

/**
 * Drops the backslashes that a mounter puts before commas, colons and backslashes. The kernel shows `upperdir` as it
 * was given: escaped when it came as a string, plain when it came as a descriptor. Which of the two it was, only the
 * disk knows.
 */
export function unescapeOverlay(name: string): string {
  return name.replace(/\\(.)/gs, '$1');
}
