import type { ExecSpec, NamespaceType } from '../spec.ts';
import { draftPlan, step } from './draft.ts';
import { planProcess, planWorkingDirectory } from './plan-process.ts';
import { planBirthGroup, planLifeline, planOomScore, planSealed, planStreams } from './plan-shared.ts';
import type { Step } from './step.ts';

/** A command more in a running container: enter what it is in, then the same restrictions as its first. */
export function planExec(spec: ExecSpec): readonly Step[] {
  const { target, joins, terminal, process } = spec;
  const plan = draftPlan();
  const slot = plan.slot();
  planSealed(plan);
  plan.add(
    'host',
    step('process', `pin process ${target.pid}, started at tick ${target.startTicks}`, `pidfd_open(${target.pid})`, {
      kind: 'open-process',
      slot,
      process: target,
    }),
  );
  planStreams(plan, terminal, null);
  const first = namespacesFirst(spec);
  if (first.length > 0) {
    plan.add(
      'host',
      step('namespace', 'let children be born in its pid namespace', 'setns(pidfd, CLONE_NEWPID)', {
        kind: 'enter',
        slot,
        namespaces: first,
      }),
    );
  }
  const cgroupSlot = planBirthGroup(plan, joins);
  const flags = cgroupSlot === null ? 'CLONE_PIDFD' : 'CLONE_PIDFD|CLONE_INTO_CGROUP';
  plan.add(
    'host',
    step('process', 'make the process that will become the command', `clone3(${flags})`, {
      kind: 'clone',
      namespaces: [],
      cgroupSlot,
    }),
  );
  planOomScore(plan, process);
  plan.add('host', step('process', 'let it go on', 'sendmsg', { kind: 'go' }));
  planLifeline(plan);
  for (const { directory, version } of joins) {
    if (version === 2) continue;
    plan.add(
      'child',
      step('cgroup', "move itself into the container's group", `write(${directory}/tasks, 0)`, {
        kind: 'cgroup-join',
        directory,
      }),
    );
  }
  plan.add('child', step('process', 'wait until the host has finished its part', 'recvmsg', { kind: 'await' }));
  const namespaces = spec.namespaces.filter((type) => !first.includes(type));
  if (namespaces.length > 0) {
    plan.add(
      'child',
      step('namespace', `enter its ${namespaces.join(', ')} namespaces`, 'setns(pidfd)', {
        kind: 'enter',
        slot,
        namespaces,
      }),
    );
  }
  if (spec.namespaces.includes('user')) {
    plan.add(
      'child',
      step('namespace', 'become root of its user namespace', 'setresuid(0, 0, 0)', { kind: 'become-root' }),
    );
  }
  plan.add('child', step('process', 'leave the session of the terminal', 'setsid()', { kind: 'session' }));
  planWorkingDirectory(plan, process.cwd);
  // The maps of an ordinary user's container deny setgroups(2).
  planProcess(plan, process, { init: false, tty: terminal.tty, console: false, setgroups: !first.includes('user') });
  return plan.steps();
}

/**
 * What the helper itself enters. An ordinary user may enter a pid namespace only with the user namespace that owns it;
 * it has no groups to join, for which the host's rights would be needed.
 */
function namespacesFirst({ namespaces, joins }: ExecSpec): readonly NamespaceType[] {
  if (!namespaces.includes('pid')) return [];
  return namespaces.includes('user') && joins.length === 0 ? ['user', 'pid'] : ['pid'];
}
