import { flagValue } from '../../model/flag-value.ts';

/** The process that watches over a container from outside, as its command line tells of itself. */
export type Supervisor =
  | { readonly kind: 'shim'; readonly namespace: string | null; readonly id: string; readonly address: string | null }
  | {
      readonly kind: 'conmon';
      readonly id: string;
      readonly name: string | null;
      /** Where config.json is. */
      readonly bundle: string | null;
      readonly storageRoot: string | null;
      readonly runRoot: string | null;
    }
  | { readonly kind: 'lxc'; readonly path: string; readonly name: string }
  | { readonly kind: 'nspawn'; readonly machine: string | null; readonly directory: string | null }
  /** runc(8) or crun(1) in the foreground. */
  | { readonly kind: 'runtime'; readonly root: string | null };

/** Reads the argv of a containerd shim, conmon(8), an OCI runtime, `[lxc monitor]` or systemd-nspawn(1); else null. */
export function parseSupervisor(argv: readonly string[]): Supervisor | null {
  const program = (argv[0] ?? '').split('/').at(-1) ?? '';
  if (program.startsWith('containerd-shim')) {
    const id = flagValue(argv, 'id');
    return id === null
      ? null
      : { kind: 'shim', id, namespace: flagValue(argv, 'namespace'), address: flagValue(argv, 'address') };
  }
  if (program === 'conmon') return parseConmon(argv);
  if (program === 'systemd-nspawn') {
    return {
      kind: 'nspawn',
      machine: flagValue(argv, 'M', 'machine'),
      directory: flagValue(argv, 'D', 'directory', 'i', 'image'),
    };
  }
  if (program === 'runc' || program === 'crun' || program === 'youki') {
    return { kind: 'runtime', root: flagValue(argv, 'root') };
  }
  // The monitor sets its title: one string, whose path and name are parted by the last space.
  const monitor = /^\[lxc monitor\] (.+) (\S+)\s*$/.exec(argv.join(' '));
  return monitor === null ? null : { kind: 'lxc', path: monitor[1] ?? '', name: monitor[2] ?? '' };
}

/** conmon hands whole command lines on, an argument at a time: those are not its own flags. */
function parseConmon(argv: readonly string[]): Supervisor | null {
  const own: string[] = [];
  const exit: string[] = [];
  for (let index = 1; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (argument === '--exit-command-arg') {
      index += 1;
      exit.push(argv[index] ?? '');
    } else if (argument === '--runtime-arg') {
      index += 1;
    } else {
      own.push(argument);
    }
  }
  const id = flagValue(own, 'c', 'cid');
  if (id === null) return null;
  return {
    kind: 'conmon',
    id,
    name: flagValue(own, 'n', 'name'),
    bundle: flagValue(own, 'b', 'bundle'),
    storageRoot: flagValue(exit, 'root'),
    runRoot: flagValue(exit, 'runroot'),
  };
}
