import type { Container } from '../../model/document/container.ts';
import type { IdMap, Security } from '../../model/document/isolation.ts';
import { type Row, span, type Tone } from '../rows.ts';
import { field, section, textField } from './fields.ts';
import { riskRows } from './risks.ts';
import { unreadRows } from './unread.ts';

/** What its processes may do: capabilities, filters, users; and what is risky about it. */
export function securityRows(container: Container, width: number, reading: boolean): readonly Row[] {
  const { security } = container;
  if (security === null) {
    return unreadRows(container, 'its security', reading, width);
  }
  return [
    ...section('Confinement'),
    ...confinementRows(security),
    ...section('Capabilities'),
    ...capabilityRows(security, width),
    ...section('Users'),
    ...mapRows('uid map', security.uidMap),
    ...mapRows('gid map', security.gidMap),
    ...riskRows(security, width),
  ];
}

function yesNo(label: string, value: boolean | null, toneIf: { readonly yes?: Tone; readonly no?: Tone }): Row {
  if (value === null) {
    return field(label, span('not known', 'dim'));
  }
  return field(label, value ? span('yes', toneIf.yes) : span('no', toneIf.no));
}

function confinementRows(security: Security): readonly Row[] {
  const { seccomp } = security;
  const words = {
    filter: span('filter: a list of system calls is refused', 'good'),
    strict: span('strict: read, write and exit only', 'good'),
    disabled: span('disabled: every system call is allowed', 'warn'),
  };
  return [
    yesNo('privileged', security.privileged, { yes: 'bad', no: 'good' }),
    field('seccomp', seccomp === null ? span('not known', 'dim') : words[seccomp]),
    yesNo('no new priv.', security.noNewPrivileges, { yes: 'good' }),
    field('LSM', security.lsm === null ? span('none, or not readable', 'dim') : span(security.lsm)),
    yesNo('rootless', security.rootless, { yes: 'good' }),
  ];
}

function capabilityRows({ capabilities }: Security, width: number): readonly Row[] {
  if (capabilities === null) {
    return [field('', span('not known', 'dim'))];
  }
  const list = (names: readonly string[]) =>
    names.length === 0 ? 'none' : names.map((name) => name.replace(/^CAP_/, '').toLowerCase()).join(' ');
  const { effective, bounding } = capabilities;
  return [
    ...textField(`effective ${effective.length}`, list(effective), width),
    ...(list(effective) === list(bounding)
      ? [field('bounding', span('the same', 'dim'))]
      : textField(`bounding ${bounding.length}`, list(bounding), width, 'dim')),
  ];
}

/** user_namespaces(7): the map of the initial namespace says that it maps everybody to themselves. */
function mapRows(label: string, maps: readonly IdMap[]): readonly Row[] {
  if (maps.length === 0) {
    return [field(label, span('none', 'dim'))];
  }
  return maps.map(({ inside, outside, count }, index) =>
    field(
      index === 0 ? label : '',
      inside === outside && count >= 4_294_967_295
        ? span('everybody is who they are outside', inside === 0 ? 'warn' : undefined)
        : span(`${inside}–${inside + count - 1} inside are ${outside}–${outside + count - 1} outside`),
    ),
  );
}
