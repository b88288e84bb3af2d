import type { Engine } from '../document/container.ts';

/**
 * One way in which a runtime names its groups. `components` are consecutive, the last one rightmost; their named groups
 * `id`, `name` and `pod` say what the path tells.
 */
export type CgroupRow = {
  readonly engine: Engine;
  /**
   * `supervisor`: the group of the process that watches over a container. `pod`: a group around containers, with none
   * of its own.
   */
  readonly is: 'container' | 'supervisor' | 'pod';
  readonly components: readonly RegExp[];
  /** Whether the path alone proves it. Others count only with a namespace or a supervisor to speak for them. */
  readonly sure: boolean;
  /** The first component is the first of the path. */
  readonly anchored?: true;
};

const HEX = '[0-9a-f]{64}';
const ID = `(?<id>${HEX})`;
const HEX_ID = new RegExp(`^${ID}$`);
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Static pods have a hash of 32 digits, all others a UUID. */
const POD_GROUP = new RegExp(`^pod(?<pod>${UUID}|[0-9a-f]{32})$`);
/** The prefix is the kubelet's own `--cgroup-root`, as kind has it. */
const POD_SLICE = /^(?:.+-)?kubepods(?:-burstable|-besteffort)?-pod(?<pod>[0-9a-f_]{32,36})\.slice$/;
const LIBPOD_PARENT = /^libpod_parent$/;
const NSPAWN_UNIT = /^systemd-nspawn@(?<name>.+)\.service$/;
/** machined's scopes; libvirt keeps its virtual machines and its LXC under the same pattern. */
const MACHINE = /^machine-(?!qemu|lxc\\x2d)(?<name>.+)\.scope$/;

function container(engine: Engine, ...components: readonly RegExp[]): CgroupRow {
  return { engine, is: 'container', components, sure: true };
}

function unsure(engine: Engine, ...components: readonly RegExp[]): CgroupRow {
  return { engine, is: 'container', components, sure: false };
}

function supervisor(engine: Engine, ...components: readonly RegExp[]): CgroupRow {
  return { engine, is: 'supervisor', components, sure: true };
}

function pod(engine: Engine, ...components: readonly RegExp[]): CgroupRow {
  return { engine, is: 'pod', components, sure: true };
}

/**
 * Every pattern, the narrower before the wider. Sources: moby daemon/oci_linux.go, podman libpod/container.go and
 * pod_internal_linux.go, containerd internal/cri/server/helpers.go, CRI-O internal/config/cgmgr, nerdctl
 * run_cgroup_linux.go, kubelet cgroup_manager_linux.go, LXC cgfsng.c, systemd-machined(8), systemd-nspawn(1), guardian
 * rundmc/cgroups. A sub-group below the last component (crun's `container`, an `init.scope`) stays with the container.
 */
export const CGROUP_ROWS: readonly CgroupRow[] = [
  container('docker', /^docker$/, HEX_ID),
  container('docker', new RegExp(`^docker-${ID}\\.scope$`)),
  unsure('docker', /^docker$/, /^buildkit$/, /^(?<id>[a-z0-9]{10,})$/),
  unsure('oci', /^buildkit$/, /^(?<id>[a-z0-9]{10,})$/),

  container('nsview', /^nsview$/, HEX_ID),

  container('podman', new RegExp(`^libpod-(?:payload-)?${ID}(?:\\.scope)?$`)),
  supervisor('podman', new RegExp(`^libpod-conmon-${ID}\\.scope$`)),
  supervisor('podman', LIBPOD_PARENT, /^conmon$/),
  supervisor('podman', LIBPOD_PARENT, new RegExp(`^${HEX}$`), /^conmon$/),
  supervisor('podman', new RegExp(`libpod_pod_${HEX}\\.slice$`), /^conmon$/),
  pod('podman', LIBPOD_PARENT, new RegExp(`^(?<pod>${HEX})$`)),
  pod('podman', new RegExp(`libpod_pod_(?<pod>${HEX})\\.slice$`)),

  container('cri-o', new RegExp(`^crio-${ID}(?:\\.scope)?$`)),
  supervisor('cri-o', new RegExp(`^crio-conmon-${ID}(?:\\.scope)?$`)),

  container('containerd', new RegExp(`^cri-containerd-${ID}\\.scope$`)),
  // The systemd driver's notation taken for a path: containerd without SystemdCgroup under a kubelet with it.
  container('containerd', new RegExp(`^(?:.+-)?kubepods.*-pod(?<pod>[0-9a-f_]{32,36})\\.slice:cri-containerd:${ID}$`)),
  container('containerd', new RegExp(`^nerdctl-${ID}\\.scope$`)),
  { engine: 'containerd', is: 'container', components: [/^(?<pod>default)$/, HEX_ID], sure: true, anchored: true },

  container('kubernetes', POD_GROUP, HEX_ID),
  container('kubernetes', POD_SLICE, HEX_ID),
  pod('kubernetes', POD_GROUP),
  pod('kubernetes', POD_SLICE),

  container('lxc', /^lxc\.payload\.(?<name>.+)$/),
  container('lxc', /^lxc\.payload$/, /^(?<name>.+)$/),
  supervisor('lxc', /^lxc\.monitor\.(?<name>.+)$/),
  supervisor('lxc', /^lxc\.monitor$/, /^(?<name>.+)$/),
  supervisor('lxc', /^lxc\.pivot$/),
  unsure('lxc', /^lxc$/, /^(?<name>.+)$/),
  container('lxc', /^machine-lxc\\x2d\d+\\x2d(?<name>.+)\.scope$/),

  container('nspawn', NSPAWN_UNIT, /^payload$/),
  supervisor('nspawn', NSPAWN_UNIT, /^supervisor$/),
  container('nspawn', MACHINE, /^payload$/),
  supervisor('nspawn', MACHINE, /^supervisor$/),
  container('nspawn', MACHINE),

  // With --systemd-cgroup and no path told.
  unsure('oci', /^(?:runc|crun|youki)-(?<name>.+)\.scope$/),

  unsure('oci', /^garden$/, /^(?:good|bad)$/, /^(?<id>.+)$/),
  unsure('oci', /^garden$/, /^(?!good$|bad$)(?<id>.+)$/),

  container('docker', /^ecs$/, /^(?<pod>[^/]+)$/, new RegExp(`^(?<id>${HEX}|[0-9a-f]{32}-\\d+)$`)),
  container('docker', /^ecs$/, /^[^/]+$/, /^(?<pod>[^/]+)$/, new RegExp(`^(?<id>${HEX}|[0-9a-f]{32}-\\d+)$`)),
  pod('docker', /^ecstasks-(?<pod>.+)\.slice$/),

  container('unknown', /^mesos$/, new RegExp(`^(?<id>${UUID})$`)),
  // Docker and nerdctl under any --cgroup-parent, or in another containerd namespace.
  unsure('unknown', HEX_ID),
];

/** What a unit that is no container is. `scope`: any other. */
export type UnitKind = 'snap' | 'flatpak' | 'app' | 'session' | 'init' | 'service' | 'machine' | 'scope';

/** systemd's units that hold processes, narrower first: not containers, whatever namespaces their processes have. */
export const UNIT_ROWS: readonly (readonly [UnitKind, RegExp])[] = [
  ['snap', /^snap\..+\.(?:scope|service)$/],
  ['flatpak', /^app-flatpak-.+\.scope$/],
  ['app', /^app-.+\.(?:scope|service)$/],
  ['session', /^session-.+\.scope$/],
  ['init', /^init\.scope$/],
  ['machine', /^machine-qemu.+\.scope$/],
  ['service', /\.service$/],
  ['scope', /\.scope$/],
];
