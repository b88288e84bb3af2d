/**
 * Words that tell nothing of whose host this is: of the kernel's files and mounts, of engines, and of the directories
 * that every Linux has. Any other word of a recording is somebody's.
 */
const WORDS = `
  proc sys fs dev etc run var lib usr bin sbin tmp opt srv mnt media root home boot cgroup cgroup2 unified systemd self
  ns net ipc uts pid user time fd task attr current status stat mountinfo cmdline environ maps exe cwd uid_map gid_map
  mem kcore keys sched_debug timer_list latency_stats timer_stats scsi acpi firmware asound bus irq sysrq trigger interrupts
  hosts hostname resolv conf shm mqueue pts ptmx console hugepages null zero full random urandom tty core stdin stdout
  cpu cpuacct cpuset memory pids io blkio freezer devices hugetlb rdma misc net_cls net_prio perf_event name
  max min high low weight pressure events shares idle rt_period_us rt_runtime_us cfs_quota_us cfs_period_us cfs_burst_us
  usage usage_usec usage_percpu usage_in_bytes limit_in_bytes soft_limit_in_bytes max_usage_in_bytes memsw kmem tcp failcnt
  oom_control swappiness swap peak cpus mems effective effective_cpus effective_mems procs threads type controllers
  subtree_control freeze state self_freezing parent_freezing kill throttle io_service_bytes io_serviced
  io_service_bytes_recursive io_serviced_recursive read_bps_device write_bps_device read_iops_device write_iops_device
  list allow deny local release_agent notify_on_release tasks
  slice scope service system init machine payload monitor lxc docker podman libpod containerd crio kubernetes kubepods
  burstable besteffort guaranteed pod buildkit moby nsview oci runc crun youki conmon shim cri k8s io container containers
  overlay overlay2 overlayfs aufs vfs btrfs zfs storage snapshots snapshotter image images layers layer diff merged work
  upper lower lowerdir upperdir workdir rootfs data data-root volumes volume sock socket state sandbox sandboxes
  cgroupfs proc tmpfs sysfs devpts ext4 xfs btrfs squashfs fuse lxcfs nfs nfs4 securityfs tracefs debugfs bpf pstore
  configfs ramfs devtmpfs binfmt_misc none
  rw ro nosuid nodev noexec relatime noatime nodiratime strictatime lazytime nosymfollow shared master propagate_from
  unbindable size mode gid uid nr_inodes inode64 inode32 huge nsdelegate memory_recursiveprot ptmxmode errors remount
  redirect_dir metacopy index nfs_export xino on off auto volatile userxattr seclabel clone_children
  pidns mntns netns userns mark dockerenv containerenv flatpak info
  lo eth0 sha256 localhost kernel unconfined enforce complain c b a m rwm r w all
`;

const words = new Set(WORDS.split(/\s+/).filter((word) => word !== ''));

export function isCommonWord(word: string): boolean {
  return words.has(word);
}
