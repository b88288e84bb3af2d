import type { Demo, Offer, Target } from '../model/action.ts';
import type { ChainController, LookedChain, OtherControllers, RawFile } from '../model/cgroup/look.ts';
import type { Container } from '../model/document/container.ts';
import type { History } from '../model/history/history.ts';
import type { Track } from '../model/history/track.ts';
import type { PathVersions, TreeAnswer, TreeSearch, TreeUse } from '../model/layers/tree.ts';
import type { LimitForm } from '../model/limit-edit.ts';
import { hasLostGroup } from '../model/lost-group.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Scale } from '../present/columns/scale.ts';
import type { Zoom } from './charts/time-window.ts';
import type { Seek } from './ports.ts';
import type { Size, Tone } from './rows.ts';
import { defaultSettings, type Grouping, type Settings, type TableSettings } from './settings.ts';
import type { TableId } from './table-columns.ts';
import type { TabKey } from './tabs.ts';

/** What is drawn: the last snapshot, what came before it, and what the person did with it. */
export type Model = { readonly snapshot: Snapshot; readonly history: History; readonly ui: UiState };

/** `seen` is the container as it last was, when, and after what history, for when it vanishes while looked at. */
export type ContainerView = {
  readonly name: 'container';
  readonly id: string;
  readonly tab: TabKey;
  readonly seen: Container;
  readonly seenAtMs: number;
  readonly track: Track | null;
  /** Of its groups, what is read for the Cgroup tab alone; null until it was looked at. */
  readonly others: OtherControllers | null;
  /** Its union, as the Layers tab has it opened. */
  readonly tree: TreeView;
  readonly from: HomeView;
  /** Time of the snapshot it was opened on: parts read only on demand come with a later one. Null in a recording: none come. */
  readonly openedAtMs: number | null;
};

/** What the Layers tab shows: the merged tree, the table of branches, or what they hold and waste. */
export type TreeView = {
  readonly shows: 'tree' | 'branches' | 'use';
  readonly opened: ReadonlySet<string>;
  readonly closed: ReadonlySet<string>;
  readonly changesOnly: boolean;
  /** Part of a name that is looked for; null: the tree is shown. */
  readonly search: string | null;
  /** What was answered so far; null: it is still to come. */
  readonly listed: Extract<TreeAnswer, { kind: 'directories' }> | null;
  readonly found: TreeSearch | null;
  readonly use: TreeUse | null;
};

export const CLOSED_TREE: TreeView = {
  shows: 'tree',
  opened: new Set(),
  closed: new Set(),
  changesOnly: false,
  search: null,
  listed: null,
  found: null,
  use: null,
};

/** The tree that is on the screen, or null. */
export function shownTree(view: View): TreeView | null {
  return view.name === 'container' && view.tab === 'layers' && view.tree.shows === 'tree' ? view.tree : null;
}

/** Views from which a container is opened, and to which Esc leads back. */
export type HomeView = 'list' | 'hostNamespaces' | 'hostGroups' | 'groupProcesses' | 'demos';

export type View = { readonly name: HomeView } | ContainerView;

/** What lies over the view and takes the keys. */
export type Overlay =
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'filter'; readonly before: string }
  | { readonly kind: 'palette'; readonly text: string; readonly index: number }
  | { readonly kind: 'sort'; readonly index: number }
  | { readonly kind: 'columns'; readonly index: number }
  | {
      readonly kind: 'actions';
      readonly target: Target;
      readonly offers: readonly Offer[];
      readonly index: number;
    }
  /** A limit that is being typed: `offer` is what that comes to. */
  | {
      readonly kind: 'limit';
      readonly target: Extract<Target, { kind: 'limit' }>;
      readonly form: LimitForm;
      readonly offer: Offer;
    }
  /** A file of the cgroup tree, as the kernel has it. */
  | { readonly kind: 'file'; readonly file: string; readonly raw: RawFile | null; readonly top: number }
  /** The groups above, as they are and as they were a while before: what is used is a rate. */
  | {
      readonly kind: 'chain';
      readonly controller: ChainController;
      readonly now: LookedChain | null;
      readonly before: LookedChain | null;
      readonly top: number;
    }
  /** All versions of one path: which is looked at, and whether beside the one below it. */
  | {
      readonly kind: 'versions';
      readonly path: string;
      /** Null: it is still to come. */
      readonly answer: PathVersions | null;
      readonly index: number;
      readonly asDiff: boolean;
      readonly top: number;
    }
  /** Part of a name, to be looked for in the whole tree. */
  | { readonly kind: 'search'; readonly text: string }
  /** The first line is No. */
  | { readonly kind: 'confirm'; readonly target: Target; readonly offer: Offer; readonly index: number };

/** Lists that scroll and remember where they are. */
export type BodyId = HomeView | TabKey;

/** The selected row by its key; `index` is where it was, for when it is gone. `top`: first line shown. */
export type Cursor = { readonly key: string | null; readonly index: number; readonly top: number };

export type UiState = {
  readonly view: View;
  readonly overlay: Overlay | null;
  readonly tables: { readonly [id in TableId]: TableSettings };
  readonly filters: { readonly [id in TableId]: string };
  readonly cursors: { readonly [id in BodyId]: Cursor };
  /** Paths of the host's groups whose insides are hidden. */
  readonly folded: ReadonlySet<string>;
  /** The group whose processes are shown, or were last. */
  readonly openedGroup: string;
  /** A process in no container that is to be opened as soon as it has been looked at. */
  readonly awaited: number | null;
  readonly scale: Scale;
  /** Minutes that charts show. */
  readonly zoom: Zoom;
  readonly group: Grouping;
  readonly frozen: boolean;
  /** The recording that is looked at, by its wall clock, and how fast it plays; null: the host as it is. */
  readonly replay: {
    readonly firstMs: number;
    readonly lastMs: number;
    readonly speed: number;
    /** What is still to come of the place that is shown. */
    readonly seek: Seek | null;
  } | null;
  readonly intervalMs: number;
  readonly mouse: boolean;
  /** One line of answer to the last key; gone with the next. */
  readonly message: { readonly text: string; readonly tone: Tone } | null;
  readonly size: Size;
  /** What can be started here. */
  readonly demos: readonly Demo[];
};

const START: Cursor = { key: null, index: 0, top: 0 };

export function initialState(
  size: Size,
  intervalMs: number,
  settings: Settings = defaultSettings,
  demos: readonly Demo[] = [],
): UiState {
  return {
    view: { name: 'list' },
    overlay: null,
    tables: settings.tables,
    filters: {
      containers: '',
      hostNamespaces: '',
      hostGroups: '',
      groupProcesses: '',
      namespaces: '',
      processes: '',
      branches: '',
      mounts: '',
    },
    cursors: {
      list: START,
      hostNamespaces: START,
      hostGroups: START,
      groupProcesses: START,
      demos: START,
      namespaces: START,
      overview: START,
      cgroup: START,
      processes: START,
      layers: START,
      procfs: START,
      mounts: START,
      security: START,
    },
    folded: new Set(),
    openedGroup: '/',
    awaited: null,
    scale: settings.scale,
    zoom: 10,
    group: settings.group,
    frozen: false,
    replay: null,
    intervalMs,
    mouse: false,
    message: null,
    size,
    demos,
  };
}

/** `reading`: parts that are read only on demand are still to come. `atMs`: when it was as it is shown. */
export type Viewed = {
  readonly container: Container;
  readonly gone: boolean;
  readonly reading: boolean;
  readonly atMs: number;
};

/** The container looked at as the snapshot has it, or as it last was. */
export function viewedContainer(view: ContainerView, snapshot: Snapshot): Viewed {
  const container = snapshot.containers.find(({ id }) => id === view.id);
  return container === undefined || hasLostGroup(view.seen, container)
    ? { container: view.seen, gone: true, reading: false, atMs: view.seenAtMs }
    : { container, gone: false, reading: snapshot.atMs === view.openedAtMs, atMs: snapshot.atMs };
}

export function bodyIdOf(view: View): BodyId {
  return view.name === 'container' ? view.tab : view.name;
}

const TABLES: { readonly [id in BodyId]: TableId | null } = {
  list: 'containers',
  hostNamespaces: 'hostNamespaces',
  hostGroups: 'hostGroups',
  groupProcesses: 'groupProcesses',
  demos: null,
  overview: null,
  namespaces: 'namespaces',
  cgroup: null,
  processes: 'processes',
  layers: 'branches',
  procfs: null,
  mounts: 'mounts',
  security: null,
};

/** The table that the view on the screen is, or null where it is text. */
export function tableIdOf(view: View): TableId | null {
  if (view.name === 'container' && view.tab === 'layers' && view.tree.shows !== 'branches') {
    return null;
  }
  return TABLES[bodyIdOf(view)];
}
