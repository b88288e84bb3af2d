import type { ProcessSpec } from '../spec.ts';
import { type PlanDraft, step } from './draft.ts';

export type ProcessSurroundings = {
  readonly init: boolean;
  readonly tty: boolean;
  /** The terminal also as /dev/console: in a /dev of our own. */
  readonly console: boolean;
  readonly setgroups: boolean;
};

/** From the terminal, once it is in its working directory, to the command: who it is, what it may do, and nothing else of the host's left open. */
export function planProcess(plan: PlanDraft, process: ProcessSpec, around: ProcessSurroundings): void {
  const { uid, argv, env } = process;
  if (around.tty) {
    plan.add(
      'child',
      step('process', 'open a terminal in its own devpts', 'ioctl(TIOCGPTPEER), ioctl(TIOCSCTTY)', {
        kind: 'terminal',
        uid,
        console: around.console,
      }),
    );
  }
  plan.add('child', step('process', 'replace a null device of the host', 'dup2(/dev/null)', { kind: 'std-null' }));
  for (const { name, soft, hard, optional } of process.rlimits) {
    plan.add(
      'child',
      step('process', `limit ${name}`, `setrlimit(RLIMIT_${name.toUpperCase()}, ${soft}:${hard})`, {
        kind: 'rlimit',
        resource: name,
        soft,
        hard,
        optional,
      }),
    );
  }
  // Without no_new_privs only CAP_SYS_ADMIN may set a filter, which is gone after the next steps.
  if (!process.noNewPrivileges) {
    planClosing(plan);
    planFilter(plan, process);
  }
  planCredentials(plan, process, around.setgroups);
  if (process.noNewPrivileges) {
    planClosing(plan);
    plan.add(
      'child',
      step('security', 'let nothing that it executes gain rights', 'prctl(PR_SET_NO_NEW_PRIVS)', {
        kind: 'no-new-privileges',
      }),
    );
    planFilter(plan, process);
  }
  plan.add(
    'child',
    step('process', 'become the command', `execve(${argv[0]})`, { kind: 'exec', argv, env, init: around.init }),
  );
}

function planClosing(plan: PlanDraft): void {
  plan.add(
    'child',
    step('security', 'close every descriptor of the host', 'close_range(4, ~0)', { kind: 'close-descriptors' }),
  );
}

function planFilter(plan: PlanDraft, { seccomp }: ProcessSpec): void {
  if (seccomp === null) return;
  plan.add(
    'child',
    step('security', `filter system calls (${seccomp.length / 8} instructions)`, 'seccomp(SECCOMP_SET_MODE_FILTER)', {
      kind: 'seccomp',
      filter: seccomp,
    }),
  );
}

function planCredentials(plan: PlanDraft, process: ProcessSpec, setgroups: boolean): void {
  const { uid, gid, groups, umask, capabilities } = process;
  const { bounding, effective, permitted } = capabilities;
  plan.add(
    'child',
    step(
      'security',
      'drop for good the capabilities it may never have',
      `prctl(PR_CAPBSET_DROP) to 0x${bounding.toString(16)}`,
      { kind: 'bounding', mask: bounding },
    ),
  );
  plan.add(
    'child',
    step(
      'security',
      `become user ${uid}, group ${gid}`,
      `setgroups(${groups.join(' ')}), setresgid(${gid}), setresuid(${uid})`,
      { kind: 'identity', uid, gid, groups, setgroups, umask },
    ),
  );
  plan.add(
    'child',
    step('security', 'keep only the capabilities that were granted', `capset(0x${effective.toString(16)})`, {
      kind: 'capabilities',
      effective,
      permitted,
    }),
  );
}

/** Made where missing: before the root is read-only. */
export function planWorkingDirectory(plan: PlanDraft, cwd: string): void {
  plan.add(
    'child',
    step('process', 'go to the working directory', `openat2(${cwd}, RESOLVE_IN_ROOT), fchdir`, {
      kind: 'cwd',
      path: cwd,
    }),
  );
}
