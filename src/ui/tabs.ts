/** The tabs of one container. Digits keep their numbers also while a tab does not exist. */
export const tabs = [
  { key: 'overview', digit: '1', title: 'Overview', short: 'Over' },
  { key: 'namespaces', digit: '2', title: 'Namespaces', short: 'Ns' },
  { key: 'cgroup', digit: '3', title: 'Cgroup', short: 'Cgroup' },
  { key: 'processes', digit: '4', title: 'Processes', short: 'Procs' },
  { key: 'layers', digit: '5', title: 'Layers', short: 'Layers' },
  { key: 'procfs', digit: '6', title: '/proc', short: '/proc' },
  { key: 'mounts', digit: '7', title: 'Mounts & network', short: 'Mounts' },
  { key: 'security', digit: '8', title: 'Security', short: 'Sec' },
] as const;

export type TabKey = (typeof tabs)[number]['key'];

/** The tab `by` places further, around the end. */
export function neighbourTab(tab: TabKey, by: 1 | -1): TabKey {
  const index = tabs.findIndex(({ key }) => key === tab);
  return tabs[(index + by + tabs.length) % tabs.length]?.key ?? tab;
}
