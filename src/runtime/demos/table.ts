/** One container of a demo: what `nsview run` is given for it, word by word. */
export type DemoContainer = {
  readonly name: string;
  readonly options: readonly string[];
  readonly image: string;
  readonly command: readonly string[];
  /** Only where lxcfs(8) is mounted at its usual place. */
  readonly wantsLxcfs?: true;
};

/** One thing to see, in one container or a few that belong together. */
export type Demo = {
  readonly name: string;
  /** One sentence: what to look at. */
  readonly says: string;
  /** In the order of starting: one that shares with another comes after it. */
  readonly containers: readonly DemoContainer[];
  /** The directory in the Layers tab that shows it. */
  readonly directory?: string;
  /** Command lines without `nsview`, which show it. */
  readonly tries: readonly string[];
};

/** Whose containers these are, whatever their names. */
export const DEMO_LABEL = 'nsview.demo';

const IMAGE = 'nsview/demo';

export const demos: readonly Demo[] = [
  {
    name: 'burn',
    says: 'An endless loop takes a whole core; with a quota of 20 ms in every 100 ms it gets a fifth of one, and is throttled the rest of the time.',
    containers: [
      {
        name: 'demo-burn',
        options: ['--cpu-period', '100000', '--cpu-quota', '20000'],
        image: IMAGE,
        command: ['nsview-demo', 'burn'],
      },
    ],
    tries: ['cgroup demo-burn', 'limit demo-burn --cpus 0.5'],
  },
  {
    name: 'hog',
    says: 'It may have 300 MiB and holds 285, yet /proc/meminfo tells it of all the memory of the host; lxcfs, where it runs, tells the second one the truth.',
    containers: [
      { name: 'demo-hog', options: ['-m', '300m'], image: IMAGE, command: ['nsview-demo', 'hog', '285m'] },
      {
        name: 'demo-hog-lxcfs',
        options: ['-m', '300m', '--lxcfs'],
        image: IMAGE,
        command: ['nsview-demo', 'hog', '285m'],
        wantsLxcfs: true,
      },
    ],
    tries: ['cgroup demo-hog', 'logs demo-hog', 'exec demo-hog grep MemTotal /proc/meminfo', 'kill -s USR1 demo-hog'],
  },
  {
    name: 'forks',
    says: 'It makes processes until the kernel refuses one: 20 are allowed, and every second one more is refused.',
    containers: [
      { name: 'demo-forks', options: ['--pids-limit', '20'], image: IMAGE, command: ['nsview-demo', 'forks'] },
    ],
    tries: ['cgroup demo-forks', 'top demo-forks'],
  },
  {
    name: 'tmp',
    says: 'A second process gets a mount namespace and still sees the same /tmp; only once it mounts a tmpfs there it sees an empty one, and the first process does not.',
    containers: [
      {
        name: 'demo-tmp',
        options: ['--userns', 'auto', '--cap-add', 'SYS_ADMIN'],
        image: IMAGE,
        command: ['nsview-demo', 'tmp'],
      },
    ],
    tries: ['logs demo-tmp', 'ns', 'kill -s USR1 demo-tmp'],
  },
  {
    name: 'zombie',
    says: 'Orphans belong to PID 1; this one never waits for them, so that they stay as zombies until the container ends.',
    containers: [{ name: 'demo-zombie', options: [], image: IMAGE, command: ['nsview-demo', 'zombie', '5'] }],
    tries: ['top demo-zombie', 'inspect demo-zombie'],
  },
  {
    name: 'shared',
    says: 'Two containers with roots and limits of their own share the network and the processes: one reaches the other’s server on 127.0.0.1 and sees its PID 1.',
    containers: [
      { name: 'demo-web', options: ['-p', '80'], image: IMAGE, command: ['nsview-demo', 'http', '80'] },
      {
        name: 'demo-sidecar',
        options: ['--network', 'container:demo-web', '--pid', 'container:demo-web'],
        image: IMAGE,
        command: ['nsview-demo', 'watch', '80'],
      },
    ],
    tries: ['ns demo-sidecar', 'logs demo-sidecar', 'top demo-web', 'inspect demo-web'],
  },
  {
    name: 'union',
    says: 'Branches A and B, each with a file of its own and both with x, are seen as one directory; the change of a and the deletion of b are in the writable branch alone.',
    directory: '/union',
    containers: [{ name: 'demo-union', options: [], image: 'nsview/union', command: [] }],
    tries: ['layers demo-union /union/x', 'diff demo-union', 'exec demo-union ls /union', 'logs demo-union'],
  },
  {
    name: 'io',
    says: 'It writes and reads a MiB every second, past the page cache, so that the block device counts it.',
    containers: [{ name: 'demo-io', options: [], image: IMAGE, command: ['nsview-demo', 'io', '/io'] }],
    tries: ['cgroup demo-io', 'stats demo-io'],
  },
];

/** What stands after `nsview run` for this container. */
export function runWords(demo: Demo, { name, options, image, command }: DemoContainer): readonly string[] {
  return ['-d', '--name', name, '--label', `${DEMO_LABEL}=${demo.name}`, ...options, image, ...command];
}
