/** What a container may do with a kind of device: the device cgroup of cgroup-v1/devices.rst. Null: any number. */
export type DeviceRule = {
  readonly type: 'c' | 'b';
  readonly major: number | null;
  readonly minor: number | null;
  readonly access: DeviceAccess;
};

/** Read, write and mknod; at least one. */
export type DeviceAccess = { readonly read: boolean; readonly write: boolean; readonly mknod: boolean };

export const FULL_ACCESS: DeviceAccess = { read: true, write: true, mknod: true };

const MKNOD_ONLY: DeviceAccess = { read: false, write: false, mknod: true };

/** Unix98 pseudo-terminals, of the container's own devpts. */
const PTY_MAJOR = 136;

const character = (major: number, minor: number | null): DeviceRule => ({
  type: 'c',
  major,
  minor,
  access: FULL_ACCESS,
});

/** Docker's and runc's: nodes of any device may be made, only harmless ones opened. */
export const DEFAULT_DEVICE_RULES: readonly DeviceRule[] = [
  { type: 'c', major: null, minor: null, access: MKNOD_ONLY },
  { type: 'b', major: null, minor: null, access: MKNOD_ONLY },
  character(1, 3),
  character(1, 5),
  character(1, 7),
  character(1, 8),
  character(1, 9),
  character(5, 0),
  character(5, 1),
  character(5, 2),
  character(PTY_MAJOR, null),
];

/** As devices.allow takes it: `c 1:3 rwm`. */
export function deviceRuleText({ type, major, minor, access }: DeviceRule): string {
  return `${type} ${major ?? '*'}:${minor ?? '*'} ${accessText(access)}`;
}

function accessText({ read, write, mknod }: DeviceAccess): string {
  return `${read ? 'r' : ''}${write ? 'w' : ''}${mknod ? 'm' : ''}`;
}
