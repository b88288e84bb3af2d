import type { Container } from '../../model/document/container.ts';
import type { HostNamespace } from '../../model/document/namespace.ts';
import type { Problem } from '../../model/document/problem.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { standing } from '../../present/namespace-letters.ts';
import { formatMembers, hasHiddenMembers } from '../../present/namespace-members.ts';
import { printable } from '../../present/printable.ts';
import { formatCount, UNKNOWN } from '../../present/units.ts';
import type { Host } from '../../probes/host.ts';
import { requestFailed } from '../failure.ts';
import { findContainerOrProcess, LISTING, mustRun, refArgument } from '../find-container.ts';
import { jsonDocument } from '../output.ts';
import type { Verb } from '../verb.ts';
import { renderTable } from './text-table.ts';

export const ns: Verb = {
  define(command, run) {
    command
      .argument('[ref]', `${refArgument[1]}; without it the whole host`)
      .option('--json', 'print JSON')
      .action((ref: string | undefined, options: { json?: boolean }) =>
        run.look(async ({ session, output }) => {
          if (ref === undefined) {
            const { namespaces, notices } = await session.namespaces();
            if (options.json === true) {
              output.write(jsonDocument({ schema: 'nsview/1', namespaces }));
            } else {
              output.write(hostNamespacesTable(namespaces, notices, output.columns));
            }
            output.notices(notices);
            return;
          }
          const snapshot = await session.look({ ...LISTING, namespaces: true });
          const target = findContainerOrProcess(snapshot, ref);
          if (typeof target !== 'number') {
            mustRun(target);
          }
          const namespaces = namespacesOf(snapshot, target);
          if (typeof target === 'number' && namespaces.length === 0) {
            throw noNamespaces(session.host, target);
          }
          if (options.json === true) {
            output.write(jsonDocument({ schema: 'nsview/1', namespaces }));
          } else if (typeof target === 'number') {
            output.write(hostNamespacesTable(namespaces, snapshot.host.notices, output.columns));
            output.notices(snapshot.host.notices);
          } else {
            output.write(containerNamespacesText(target, output.columns));
          }
        }),
      );
  },
};

function noNamespaces(host: Host, pid: number): Error {
  const link = host.readLink(`/proc/${pid}/ns/mnt`, 'gone');
  return link.status === 'denied'
    ? requestFailed(
        `pid:${pid}`,
        `its namespaces may not be read (${link.code})`,
        'Run it as root, or with CAP_SYS_PTRACE.',
      )
    : requestFailed(`pid:${pid}`, 'no such process', null);
}

/** The host's entries that a container is in, or one process. */
export function namespacesOf(snapshot: Snapshot, target: Container | number): readonly HostNamespace[] {
  return snapshot.namespaces.filter(({ type, inode, processes }) =>
    typeof target === 'number'
      ? processes.includes(target)
      : target.namespaces.some((own) => own.type === type && own.inode === inode),
  );
}

export function hostNamespacesTable(
  namespaces: readonly HostNamespace[],
  notices: readonly Problem[],
  columns: number | null,
): string {
  const areSomeHidden = hasHiddenMembers(notices);
  return renderTable(
    [
      { title: 'TYPE', align: 'left', shrink: false },
      { title: 'INODE', align: 'right', shrink: false },
      { title: 'PROCS', align: 'right', shrink: false },
      { title: 'PID', align: 'right', shrink: false },
      { title: 'PARENT', align: 'right', shrink: false },
      { title: 'OWNER', align: 'right', shrink: false },
      { title: 'UID', align: 'right', shrink: false },
      { title: 'WHO', align: 'left', shrink: true },
    ],
    namespaces.map((namespace) => [
      namespace.type,
      String(namespace.inode),
      formatMembers(namespace.processes, areSomeHidden),
      formatCount(namespace.processes[0] ?? null),
      formatCount(namespace.parent),
      formatCount(namespace.owner),
      formatCount(namespace.ownerUid),
      whoText(namespace, areSomeHidden),
    ]),
    columns,
  );
}

/** Who is in it; else what keeps it alive. */
function whoText({ initial, containers, heldBy, processes }: HostNamespace, areSomeHidden: boolean): string {
  const who = [
    ...(initial === true && !containers.includes('host') ? ['host'] : []),
    ...containers.map((ref) => printable(ref)),
    ...(processes.length === 0 ? heldBy.map(({ kind, where }) => `held by ${kind} ${printable(where)}`) : []),
    ...(processes.length === 0 && areSomeHidden ? ['its processes need root'] : []),
  ];
  return who.length === 0 ? UNKNOWN : who.join(', ');
}

const STANDING_WORDS = {
  private: 'private',
  host: 'host’s',
  shared: 'shared',
  unknown: 'needs root',
  absent: UNKNOWN,
} as const;

export function containerNamespacesText(container: Container, columns: number | null): string {
  const table = renderTable(
    [
      { title: 'TYPE', align: 'left', shrink: false },
      { title: 'INODE', align: 'right', shrink: false },
      { title: 'HERE', align: 'left', shrink: false },
      { title: 'PARENT', align: 'right', shrink: false },
      { title: 'OWNER', align: 'right', shrink: false },
      { title: 'WITH', align: 'left', shrink: true },
    ],
    container.namespaces.map((namespace) => [
      namespace.type,
      formatCount(namespace.inode),
      STANDING_WORDS[standing(namespace)],
      formatCount(namespace.parent),
      formatCount(namespace.owner),
      namespace.sharedWith.map((ref) => printable(ref)).join(', ') || UNKNOWN,
    ]),
    columns,
  );
  const weak = container.weak.map(({ says }) => `${printable(says)}\n`).join('');
  return weak === '' ? table : `${table}\n${weak}`;
}
