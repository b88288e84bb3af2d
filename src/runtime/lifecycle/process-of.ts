import type { SecurityDefaults } from '../security/security-defaults.ts';
import type { ProcessSpec } from '../spec.ts';
import { RequestFailed } from './request-failed.ts';
import type { RunRequest } from './run-request.ts';
import type { User } from './user.ts';

const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const UMASK = 0o022;

/** The command of a new container: the image's where the command line does not say. */
export function processOf(request: RunRequest, user: User, security: SecurityDefaults, hostname: string): ProcessSpec {
  const { defaults } = request.root;
  return {
    argv: argvOf(request),
    env: environment(
      [`PATH=${USUAL_PATH}`, `HOSTNAME=${hostname}`, `HOME=${user.home}`, ...(request.tty ? ['TERM=xterm'] : [])],
      defaults.Env ?? [],
      request.env,
    ),
    cwd: request.workdir ?? (defaults.WorkingDir || '/'),
    uid: user.uid,
    gid: user.gid,
    groups: user.groups,
    umask: UMASK,
    capabilities: security.capabilities,
    noNewPrivileges: security.noNewPrivileges,
    seccomp: security.seccomp,
    rlimits: security.rlimits,
    oomScoreAdj: null,
  };
}

/** An entrypoint of the command line's drops the image's command with the image's entrypoint, as Docker does. */
function argvOf({ root, command, entrypoint }: RunRequest): readonly string[] {
  const { Entrypoint, Cmd } = root.defaults;
  const program = entrypoint === null ? (Entrypoint ?? []) : entrypoint === '' ? [] : [entrypoint];
  const rest = command.length > 0 ? command : entrypoint === null ? (Cmd ?? []) : [];
  const argv = [...program, ...rest];
  if (argv.length === 0) {
    throw new RequestFailed(root.image ?? 'run', 'no command was given, and the image names none');
  }
  return argv;
}

/** Later ones replace earlier ones of the same name, in the place of those. */
export function environment(...lists: readonly (readonly string[])[]): readonly string[] {
  const values = new Map<string, string>();
  for (const entry of lists.flat()) {
    values.set(entry.slice(0, entry.indexOf('=')), entry);
  }
  return [...values.values()];
}
