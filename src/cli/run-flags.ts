import type { Flag } from './flags.ts';

/** Limits, of `run` and `limit` alike: docker-run(1), docker-update(1). */
export const limitFlags: readonly Flag[] = [
  { long: '--cpus', value: '<number>', says: 'CPUs, as 0.5; max: no limit' },
  { long: '--cpu-period', value: '<us>', says: 'period of the CPU quota, in microseconds' },
  { long: '--cpu-quota', value: '<us>', says: 'CPU time per period, in microseconds; max: no limit' },
  { long: '--cpu-shares', short: '-c', value: '<shares>', says: 'CPU share against others, 2 to 262144' },
  { long: '--cpuset-cpus', value: '<list>', says: 'CPUs to run on, as 0-1,3' },
  { long: '--memory', short: '-m', value: '<bytes>', says: 'memory, as 300m; max: no limit' },
  { long: '--memory-swap', value: '<bytes>', says: 'memory and swap together; max or -1: no limit' },
  { long: '--memory-reservation', value: '<bytes>', says: 'memory that is kept when the host is short of it' },
  { long: '--pids-limit', value: '<number>', says: 'processes and threads; max or -1: no limit' },
  { long: '--device-read-bps', value: '<device:rate>', repeat: true, says: 'bytes per second from a block device' },
  { long: '--device-write-bps', value: '<device:rate>', repeat: true, says: 'bytes per second to a block device' },
];

/** Of `run` and `exec` alike. */
export const processFlags: readonly Flag[] = [
  { long: '--detach', short: '-d', says: 'leave it running and print its id' },
  { long: '--interactive', short: '-i', says: 'standard input goes to the command' },
  { long: '--tty', short: '-t', says: 'a terminal of its own' },
  {
    long: '--env',
    short: '-e',
    value: '<name=value>',
    repeat: true,
    says: 'an environment variable; NAME alone: ours',
  },
  { long: '--env-file', value: '<file>', repeat: true, says: 'environment variables, one a line' },
  { long: '--workdir', short: '-w', value: '<dir>', says: 'directory to start in' },
  {
    long: '--user',
    short: '-u',
    value: '<user>',
    says: 'user, and group after a colon; names of the image or numbers',
  },
  { long: '--privileged', says: 'all capabilities, all devices, nothing masked' },
  { long: '--explain', says: 'print every step, its system call and what it changed' },
];

export const runFlags: readonly Flag[] = [
  ...processFlags,
  { long: '--rootfs', value: '<dir>', says: 'a directory for root instead of an image; it stays as it is' },
  { long: '--name', value: '<name>', says: 'name of the container' },
  { long: '--rm', says: 'remove it when it ends' },
  { long: '--hostname', value: '<name>', says: 'host name inside' },
  { long: '--entrypoint', value: '<command>', says: 'program to run instead of the image’s' },
  { long: '--init', says: 'a small PID 1 that reaps and forwards signals' },
  { long: '--read-only', says: 'the root file system cannot be written' },
  { long: '--tmpfs', value: '<dir>', repeat: true, says: 'a file system in memory; options after a colon' },
  {
    long: '--volume',
    short: '-v',
    value: '<volume>',
    repeat: true,
    says: 'SOURCE:TARGET[:ro], SOURCE a path or a name',
  },
  { long: '--mount', value: '<mount>', repeat: true, says: 'type=bind|volume|tmpfs,source=…,target=…[,readonly]' },
  { long: '--network', value: '<mode>', says: 'none (only loopback), host or container:NAME' },
  { long: '--pid', value: '<mode>', says: 'host or container:NAME' },
  { long: '--ipc', value: '<mode>', says: 'private, host or container:NAME' },
  { long: '--uts', value: '<mode>', says: 'host' },
  { long: '--userns', value: '<mode>', says: 'host, auto, or INSIDE:OUTSIDE:COUNT' },
  { long: '--cgroup-parent', value: '<path>', says: 'cgroup to make the container’s in' },
  ...limitFlags,
  { long: '--ulimit', value: '<limit>', repeat: true, says: 'NAME=SOFT[:HARD]' },
  { long: '--device', value: '<device>', repeat: true, says: 'a device of the host: PATH[:TARGET[:rwm]]' },
  { long: '--sysctl', value: '<name=value>', repeat: true, says: 'a kernel parameter of its own namespaces' },
  { long: '--group-add', value: '<group>', repeat: true, says: 'a supplementary group' },
  { long: '--cap-add', value: '<capability>', repeat: true, says: 'give a capability, or ALL' },
  { long: '--cap-drop', value: '<capability>', repeat: true, says: 'take a capability, or ALL' },
  {
    long: '--security-opt',
    value: '<option>',
    repeat: true,
    says: 'no-new-privileges[=false], seccomp=FILE or seccomp=unconfined',
  },
  { long: '--stop-signal', value: '<signal>', says: 'signal that stop sends first' },
  { long: '--stop-timeout', value: '<seconds>', says: 'seconds that stop waits before it kills' },
  { long: '--label', short: '-l', value: '<name=value>', repeat: true, says: 'a label' },
  { long: '--step', says: 'wait for Enter before each step' },
];
