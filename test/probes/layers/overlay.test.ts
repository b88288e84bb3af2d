import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OverlayDirectories, parseOverlayOptions } from '../../../src/probes/layers/overlay.ts';
import { parseMountinfo } from '../../../src/probes/proc/mountinfo.ts';

/** Directories of a mountinfo line with these super options, as the kernel prints it. */
function directoriesOf(superOptions: string): OverlayDirectories {
  const mounts = parseMountinfo(`1076 1070 0:301 / /m rw,relatime - overlay o ${superOptions}\n`);
  if (mounts.status !== 'ok' || mounts.value[0] === undefined) throw new Error(superOptions);
  return parseOverlayOptions(mounts.value[0].superOptions);
}

const lowersOf = (superOptions: string) => directoriesOf(superOptions).lowers.map(({ named }) => named);

describe('overlay options', () => {
  it.each([
    ['a space', 'rw,lowerdir=l\\0401', ['l 1']],
    ['a comma, escaped by the mounter', 'rw,lowerdir=l\\134\\0542', ['l,2']],
    ['a colon, escaped by the mounter', 'rw,lowerdir=l\\134:3', ['l:3']],
    ['a backslash, escaped by the mounter', 'rw,lowerdir=l\\134\\1344', ['l\\4']],
    ['tab and newline', 'rw,lowerdir=l\\0115:l\\0126', ['l\t5', 'l\n6']],
    ['an equals sign and a hash', 'rw,lowerdir=a=b:c#d', ['a=b', 'c#d']],
    ['an escaped equals sign', 'rw,lowerdir=a\\075b', ['a=b']],
    ['several', 'rw,lowerdir=/a:/b/c:/d,upperdir=/u,workdir=/w', ['/a', '/b/c', '/d']],
    ['one each', 'rw,lowerdir+=/x/l\\0401,lowerdir+=/x/l\\0542,lowerdir+=/x/l:3', ['/x/l 1', '/x/l,2', '/x/l:3']],
    ['one each, with an octal colon', 'rw,lowerdir+=/x/l\\0723,lowerdir+=/x/l\\1344', ['/x/l:3', '/x/l\\4']],
    ['relative', 'rw,lowerdir=l/AAA:l/BBB,upperdir=1/diff,workdir=1/work', ['l/AAA', 'l/BBB']],
  ])('%s', (_, options, lowers) => {
    expect(lowersOf(options)).toEqual(lowers);
  });

  it('tells data-only layers from the others', () => {
    expect(directoriesOf('rw,lowerdir=l\\0401::d1::d2,metacopy=on').lowers).toEqual([
      { named: 'l 1', data: false },
      { named: 'd1', data: true },
      { named: 'd2', data: true },
    ]);
    expect(directoriesOf('rw,lowerdir+=/l,datadir+=/d:1').lowers).toEqual([
      { named: '/l', data: false },
      { named: '/d:1', data: true },
    ]);
  });

  it('has no upper on a read-only overlay', () => {
    expect(directoriesOf('ro,lowerdir=/a:/b')).toMatchObject({ upper: null, work: null });
  });

  const name = fc
    .array(fc.constantFrom(' ', ',', ':', '\\', '\t', '\n', '=', '#', '1', '3', '4', 'a', 'é', '漢', '😀'), {
      minLength: 1,
      maxLength: 12,
    })
    .map((letters) => letters.join(''));

  it('finds any names behind the escapes of mounter and kernel', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), name, (names, upper) => {
        const old = `rw,lowerdir=${kernelEscape(names.map(mounterEscape).join(':'))},upperdir=${kernelEscape(upper)}`;
        expect(directoriesOf(old)).toMatchObject({ upper, lowers: names.map((named) => ({ named, data: false })) });
        expect(lowersOf(`rw,${names.map((each) => `lowerdir+=${kernelEscape(each)}`).join(',')}`)).toEqual(names);
      }),
    );
  });
});

/** As `mount -o lowerdir=` wants it, Documentation/filesystems/overlayfs.rst. */
function mounterEscape(name: string): string {
  return name.replace(/[\\:,]/g, '\\$&');
}

/** seq_show_option: blanks, commas and backslashes as octal. */
function kernelEscape(text: string): string {
  return text.replace(/[ ,\t\n\\]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
