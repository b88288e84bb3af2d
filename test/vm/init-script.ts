import path from 'node:path';

/** The guest mounts file systems of its own there, so a checkout below them must be mounted again. */
const HIDDEN = ['/tmp', '/run', '/var/tmp', '/dev', '/proc', '/sys'];

/** Files in the work folder: what the tests print, their exit status. */
export const OUTPUT = 'output';
export const STATUS = 'status';

/** Where the guest finds the work folder: all of the host that it can write. */
const WORK = '/run/work';

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * The first process of the cgroup v2 kernel: its root is this machine's own tree, read-only. Mounts what a system has,
 * enables every controller as systemd does, runs `command` and powers off.
 */
export function initScript(workDir: string, checkout: string, command: readonly string[]): string {
  const mountCheckout = HIDDEN.some((hidden) => checkout.startsWith(`${hidden}/`))
    ? `mkdir -p ${quote(checkout)}\nmount -r -t hostfs none ${quote(checkout)} -o ${quote(path.resolve(checkout))}\n`
    : '';
  return `#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 NO_COLOR=1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir ${WORK}
mount -t hostfs none ${WORK} -o ${quote(workDir)}
exec >>${WORK}/${OUTPUT} 2>&1
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /var/tmp
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
${mountCheckout}mount -t cgroup2 cgroup2 /sys/fs/cgroup
modules=/usr/lib/uml/modules/$(uname -r)/kernel
insmod $modules/fs/overlayfs/overlay.ko
insmod $modules/drivers/net/veth.ko
insmod $modules/drivers/block/loop.ko
mkdir /sys/fs/cgroup/init
echo 1 > /sys/fs/cgroup/init/cgroup.procs
for controller in cpu memory io pids; do
  echo +$controller > /sys/fs/cgroup/cgroup.subtree_control
done
ip link set lo up
cd ${quote(checkout)}
${command.map(quote).join(' ')}
echo $? > ${WORK}/${STATUS}
sync
echo o > /proc/sysrq-trigger
sleep 60
`;
}
