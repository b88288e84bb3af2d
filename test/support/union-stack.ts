import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';

/** What is done to a tree, with names of a small alphabet so that they meet. */
export type Act =
  | { readonly act: 'write' | 'append' | 'mkdir' | 'remove' | 'fill' | 'crowd'; readonly path: string }
  | { readonly act: 'rename' | 'link' | 'symlink'; readonly path: string; readonly to: string }
  | { readonly act: 'chmod' | 'chown'; readonly path: string; readonly value: number }
  | { readonly act: 'touch'; readonly path: string };

export type StackOptions = {
  readonly redirect: boolean;
  readonly metacopy: boolean;
  readonly userxattr: boolean;
  /** Whiteouts of lower layers become empty files with an attribute. */
  readonly attributes: boolean;
  /** By the daemon fuse-overlayfs, which knows none of the others. */
  readonly fuse?: true;
};

export type MountedStack = {
  /** The union, and the same without its writable branch. */
  readonly merged: string;
  readonly before: string;
  /** Top first. */
  readonly branches: readonly string[];
  readonly options: string;
  unmount(): void;
};

/** Runs a program that says nothing; what it has to complain of is in the error. */
export function call(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

const libc = koffi.load('libc.so.6');
const lsetxattr = libc.func('int lsetxattr(str path, str name, str value, size_t size, int flags)');
let written = 0;

/** Does it where it can be done: a path that is not there, or a rename that the kernel refuses, is passed over. */
function perform(root: string, step: Act): void {
  const path = join(root, step.path);
  try {
    switch (step.act) {
      case 'write':
        written += 1;
        if (existsSync(path) && lstatSync(path).isDirectory()) rmSync(path, { recursive: true });
        writeFileSync(path, `text ${written}`);
        return;
      case 'append':
        written += 1;
        appendFileSync(path, `more ${written}`);
        return;
      case 'mkdir':
        if (existsSync(path) && !lstatSync(path).isDirectory()) rmSync(path);
        mkdirSync(path, { recursive: true });
        return;
      case 'fill':
        for (const name of ['a', 'b']) {
          mkdirSync(join(path, name), { recursive: true });
          written += 1;
          writeFileSync(join(path, name, 'c'), `filled ${written}`);
        }
        return;
      case 'crowd':
        // More than are read as a whole: of some names no more than the kind is looked at.
        mkdirSync(path, { recursive: true });
        for (let at = 0; at < 300; at += 1) writeFileSync(join(path, `crowd-${at}`), '');
        return;
      case 'remove':
        rmSync(path, { recursive: true });
        return;
      case 'rename':
        renameSync(path, join(root, step.to));
        return;
      case 'link':
        linkSync(path, join(root, step.to));
        return;
      case 'symlink':
        symlinkSync(step.to, path);
        return;
      case 'chmod':
        if (!lstatSync(path).isSymbolicLink()) chmodSync(path, step.value);
        return;
      case 'chown':
        if (!lstatSync(path).isSymbolicLink()) chownSync(path, step.value, step.value);
        return;
      case 'touch':
        if (!lstatSync(path).isSymbolicLink()) utimesSync(path, 1_000_000, 1_000_000);
        return;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/**
 * Makes a stack of layers, each by mounting those before it and doing its steps there, so that the kernel itself writes
 * the marks; the last one stays mounted. Wants a mount namespace of its own.
 */
export function mountStack(base: string, layers: readonly (readonly Act[])[], options: StackOptions): MountedStack {
  const below: string[] = [];
  const common = [
    // The kernel has no metacopy without redirects.
    `redirect_dir=${options.redirect || options.metacopy ? 'on' : 'off'}`,
    `metacopy=${options.metacopy ? 'on' : 'off'}`,
    'index=off',
  ];
  const flags = options.userxattr ? 'index=off,userxattr' : common.join(',');
  const mount = (target: string, directories: string): void => {
    const command = options.fuse
      ? ['fuse-overlayfs', '-o', directories]
      : ['mount', '-t', 'overlay', 'overlay', '-o', `${directories},${flags}`];
    call(command[0] ?? '', ...command.slice(1), target);
  };
  const merged = join(base, 'merged');
  const before = join(base, 'before');
  const empty = join(base, 'empty');
  for (const directory of [merged, before, empty]) mkdirSync(directory, { recursive: true });
  for (const [at, acts] of layers.entries()) {
    const upper = join(base, `layer${at}`);
    const work = join(base, `work${at}`);
    mkdirSync(upper);
    mkdirSync(work);
    const isLast = at === layers.length - 1;
    if (below.length === 0) {
      for (const act of acts) perform(upper, act);
    } else {
      mount(merged, `lowerdir=${below.join(':')},upperdir=${upper},workdir=${work}`);
      for (const act of acts) perform(merged, act);
      if (isLast && options.fuse) {
        // The daemon and the kernel remember sizes and times for a second.
        call('umount', merged);
        mount(merged, `lowerdir=${below.join(':')},upperdir=${upper},workdir=${work}`);
      }
      if (!isLast) {
        call('umount', merged);
        if (options.attributes && !options.fuse) asAttributes(upper, options.userxattr ? 'user' : 'trusted');
      }
    }
    below.unshift(upper);
  }
  mount(before, `lowerdir=${[...below.slice(1), empty].join(':')}`);
  return {
    merged,
    before,
    branches: below,
    options: flags,
    unmount: () => {
      call('umount', before);
      call('umount', merged);
      rmSync(base, { recursive: true });
    },
  };
}

/** Turns devices 0:0 into what Documentation/filesystems/overlayfs.rst has for nested overlays. */
function asAttributes(directory: string, owner: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) asAttributes(path, owner);
    if (!entry.isCharacterDevice()) continue;
    rmSync(path);
    writeFileSync(path, '');
    mark(path, `${owner}.overlay.whiteout`, 'y', 1);
    mark(directory, `${owner}.overlay.opaque`, 'x', 1);
  }
}

/** XATTR_CREATE is 1: a directory that is opaque already stays so. */
function mark(path: string, attribute: string, value: string, flags: 0 | 1): void {
  lsetxattr(path, attribute, value, value.length, flags);
}
