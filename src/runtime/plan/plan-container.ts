import type { CgroupSpec } from '../cgroup-spec.ts';
import type { ContainerSpec, NamespaceType, ProcessRef } from '../spec.ts';
import { draftPlan, type PlanDraft, step } from './draft.ts';
import { mapText } from './map-text.ts';
import { planMounts } from './plan-mounts.ts';
import { planInterface, planLinks, planListening, planNetworkEnd } from './plan-network.ts';
import { planProcess } from './plan-process.ts';
import { phaseOfRootfs, planRootfs } from './plan-rootfs.ts';
import { planBirthGroup, planLifeline, planOomScore, planSealed, planStreams } from './plan-shared.ts';
import type { Slot, Step } from './step.ts';

/** Those whose sharing the spec decides; mnt is always new. */
const sharable = ['user', 'pid', 'net', 'uts', 'ipc', 'cgroup'] as const;

/** Everything that makes one container and takes it down again, in order. Pure: the same spec, the same steps. */
export function planContainer(spec: ContainerSpec): readonly Step[] {
  const plan = draftPlan();
  planSealed(plan);
  planLock(plan, spec);
  planExitRecord(plan, spec);
  planListening(plan, spec);
  planGroups(plan, spec.cgroup);
  const joined = planJoinedProcesses(plan, spec);
  const before = phaseOfRootfs(spec) === 'host' ? planRootfs(plan, spec) : null;
  planClone(plan, spec);
  planLinks(plan, spec);
  plan.add('host', step('process', 'let it go on', 'sendmsg', { kind: 'go' }));
  planFirstSteps(plan, spec);
  planNamespaces(plan, spec, joined);
  planMounts(plan, spec, before ?? planRootfs(plan, spec));
  planProcess(plan, spec.process, {
    init: spec.init,
    tty: spec.terminal.tty,
    console: true,
    setgroups: spec.userMaps?.setgroups ?? true,
  });
  planNetworkEnd(plan, spec);
  planEnd(plan, spec);
  return plan.steps();
}

function planLock(plan: PlanDraft, { files }: ContainerSpec): void {
  if (files.lock === null) return;
  plan.add(
    'host',
    step('state', 'hold the lock that says: this container lives', `flock(${files.lock}, LOCK_EX)`, {
      kind: 'lock',
      path: files.lock,
    }),
  );
}

function planExitRecord(plan: PlanDraft, { files }: ContainerSpec): void {
  if (files.exit === null) return;
  plan.add(
    'host',
    step('state', 'set room aside for how it will end', `fallocate(${files.exit})`, {
      kind: 'exit-reserve',
      path: files.exit,
    }),
  );
}

/** What a file of a group is written for. */
function purposeOf(file: string): string {
  if (/\/devices\.[^/]+$/.test(file)) return 'say which devices it may use';
  return file.endsWith('/cgroup.subtree_control') ? 'let groups below have limits' : 'set a limit';
}

function planGroups(plan: PlanDraft, cgroup: CgroupSpec): void {
  for (const path of cgroup.directories) {
    plan.add('host', step('cgroup', 'make a control group', `mkdir(${path})`, { kind: 'cgroup-make', path }));
  }
  for (const { file, value, optional } of cgroup.writes) {
    plan.add(
      'host',
      step('cgroup', purposeOf(file), `write(${file}, ${value})`, { kind: 'cgroup-write', file, value, optional }),
    );
  }
  if (cgroup.devices === null) return;
  const { directory, program } = cgroup.devices;
  plan.add(
    'host',
    step('cgroup', 'keep it from the devices of the host', `bpf(BPF_PROG_ATTACH, ${directory}, BPF_CGROUP_DEVICE)`, {
      kind: 'cgroup-devices',
      directory,
      program,
    }),
  );
}

/** A descriptor for every process whose namespaces are shared, and which of them. */
type Joined = readonly { readonly slot: Slot; readonly namespaces: readonly NamespaceType[] }[];

function planJoinedProcesses(plan: PlanDraft, { namespaces }: ContainerSpec): Joined {
  const byPid = new Map<number, { process: ProcessRef; namespaces: NamespaceType[] }>();
  for (const type of sharable) {
    const source = namespaces[type];
    if (source === 'new' || source === 'host') continue;
    const known = byPid.get(source.pid) ?? { process: source, namespaces: [] };
    known.namespaces.push(type);
    byPid.set(source.pid, known);
  }
  return [...byPid.values()].map(({ process, namespaces }) => {
    const slot = plan.slot();
    plan.add(
      'host',
      step('namespace', `pin process ${process.pid}, whose namespaces are shared`, `pidfd_open(${process.pid})`, {
        kind: 'open-process',
        slot,
        process,
      }),
    );
    if (namespaces.includes('pid')) {
      plan.add(
        'host',
        step('namespace', `let children be born in its pid namespace`, 'setns(pidfd, CLONE_NEWPID)', {
          kind: 'enter',
          slot,
          namespaces: ['pid'],
        }),
      );
    }
    return { slot, namespaces: namespaces.filter((type) => type !== 'pid') };
  });
}

function planClone(plan: PlanDraft, { namespaces, cgroup, userMaps, process, terminal, files }: ContainerSpec): void {
  planStreams(plan, terminal, files.log);
  const cgroupSlot = planBirthGroup(plan, cgroup.joins);
  const fresh: NamespaceType[] = ['mnt', ...sharable.filter((type) => type !== 'cgroup' && namespaces[type] === 'new')];
  const flags = [
    ...fresh.map((type) => `CLONE_NEW${type === 'mnt' ? 'NS' : type.toUpperCase()}`),
    ...(cgroupSlot === null ? [] : ['CLONE_INTO_CGROUP']),
  ];
  plan.add(
    'host',
    step('namespace', 'make the first process, in namespaces of its own', `clone3(${flags.join('|')})`, {
      kind: 'clone',
      namespaces: fresh,
      cgroupSlot,
    }),
  );
  if (userMaps !== null) {
    plan.add(
      'host',
      step('namespace', 'say which ids of the host the ids inside are', 'write(/proc/PID/uid_map, gid_map)', {
        kind: 'id-maps',
        uidMap: mapText(userMaps.uid),
        gidMap: mapText(userMaps.gid),
        setgroups: userMaps.setgroups,
      }),
    );
  }
  planOomScore(plan, process);
}

function planFirstSteps(plan: PlanDraft, { cgroup, namespaces, userMaps }: ContainerSpec): void {
  planLifeline(plan);
  for (const { directory, version } of cgroup.joins) {
    if (version === 2) continue;
    plan.add(
      'child',
      step('cgroup', 'move itself into its control group', `write(${directory}/tasks, 0)`, {
        kind: 'cgroup-join',
        directory,
      }),
    );
  }
  if (namespaces.cgroup === 'new') {
    plan.add(
      'child',
      step('namespace', 'make that group the root of what it sees', 'unshare(CLONE_NEWCGROUP)', {
        kind: 'unshare',
        namespaces: ['cgroup'],
      }),
    );
  }
  plan.add('child', step('process', 'wait until the host has finished its part', 'recvmsg', { kind: 'await' }));
  if (userMaps !== null) {
    plan.add(
      'child',
      step('namespace', 'become root of the new user namespace', 'setresuid(0, 0, 0)', { kind: 'become-root' }),
    );
  }
}

function planNamespaces(plan: PlanDraft, spec: ContainerSpec, joined: Joined): void {
  const { namespaces, hostname, domainname, bridge } = spec;
  plan.add('child', step('process', 'leave the session of the terminal', 'setsid()', { kind: 'session' }));
  plan.add(
    'child',
    step('mount', 'let no mount of ours reach the host', 'mount(/, MS_REC|MS_SLAVE)', { kind: 'slave-mounts' }),
  );
  for (const { slot, namespaces: types } of joined) {
    if (types.length === 0) continue;
    plan.add(
      'child',
      step('namespace', `enter the ${types.join(', ')} namespace of the other`, 'setns(pidfd)', {
        kind: 'enter',
        slot,
        namespaces: types,
      }),
    );
  }
  if (namespaces.net === 'new') {
    plan.add(
      'child',
      step(
        'network',
        bridge === null ? 'bring up the only interface there is, lo' : 'bring up lo',
        'ioctl(SIOCSIFFLAGS, lo, IFF_UP)',
        { kind: 'loopback' },
      ),
    );
  }
  planInterface(plan, spec);
  if (hostname !== null && namespaces.uts === 'new') {
    plan.add(
      'child',
      step('namespace', 'give it a host name', `sethostname(${hostname})`, { kind: 'hostname', value: hostname }),
    );
  }
  if (domainname !== null && namespaces.uts === 'new') {
    plan.add(
      'child',
      step('namespace', 'give it a domain name', `setdomainname(${domainname})`, {
        kind: 'domainname',
        value: domainname,
      }),
    );
  }
}

function planEnd(plan: PlanDraft, { files, cgroup, discard }: ContainerSpec): void {
  if (files.exit !== null) {
    plan.add(
      'monitor',
      step('state', 'write down how it ended, with the last figures of its groups', `rename(${files.exit})`, {
        kind: 'exit-record',
        path: files.exit,
        finals: cgroup.finals,
      }),
    );
  }
  for (const path of cgroup.removes) {
    plan.add('monitor', step('cgroup', 'remove the control group', `rmdir(${path})`, { kind: 'cgroup-remove', path }));
  }
  for (const path of cgroup.parents) {
    plan.add(
      'monitor',
      step('cgroup', 'remove the group above, if it was the last in it', `rmdir(${path})`, {
        kind: 'cgroup-remove-empty',
        path,
      }),
    );
  }
  if (discard === null) return;
  plan.add(
    'monitor',
    step('state', 'give its name up and remove its files', `unlink(${discard.link}), rename(${discard.trash})`, {
      kind: 'discard',
      ...discard,
    }),
  );
}
