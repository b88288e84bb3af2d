import type { CgroupLayout, CgroupMount } from '../../model/cgroup/layout.ts';
import type { HugePages, LookAnswer, LookQuestion, OtherControllers, RawFile } from '../../model/cgroup/look.ts';
import { problemOf } from '../../model/problem.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { decimal } from '../kernel-text.ts';
import { limitOf } from './file-formats.ts';
import { cgroupDirectory, readCgroupLayout } from './layout.ts';
import { readChain } from './look-chain.ts';

type Paths = LookQuestion['paths'];

/** Reads what is asked for of one container's groups, at once: for the eyes, not for a sample. */
export function lookAtGroups(host: Host, { paths, files, chain }: LookQuestion): LookAnswer {
  const layout = readCgroupLayout(host);
  return {
    others: otherControllers(host, layout, paths),
    files: files.map((file) => rawFile(host, file)),
    chain: chain === null ? null : readChain(host, layout, paths, chain),
  };
}

function rawFile(host: Host, file: string): RawFile {
  const reading = host.readText(file, 'gone');
  return reading.status === 'ok'
    ? { file, text: reading.value, why: null }
    : { file, text: null, why: problemOf(reading, file)?.message ?? 'it is gone' };
}

function otherControllers(host: Host, layout: CgroupLayout, paths: Paths): OtherControllers {
  const legacy = (controller: string) => directoryOf(layout.v1[controller], paths[controller]);
  const unified = directoryOf(layout.v2, paths['unified']);
  const freezer = legacy('freezer');
  const devices = legacy('devices');
  return {
    hugetlb: hugePages(host, legacy('hugetlb') ?? (layout.kind === 'unified' ? unified : null)),
    devices: devices === null ? null : deviceRules(host, `${devices}/devices.list`),
    freezer: freezer === null ? (unified === null ? null : frozenV2(host, unified)) : frozenV1(host, freezer),
  };
}

function directoryOf(mount: CgroupMount | null | undefined, path: string | undefined): string | null {
  return mount == null || path === undefined || path === '/' ? null : cgroupDirectory(mount, path);
}

const textOf = (host: Host, file: string) => valueOr(host.readText(file, 'gone'), null);

/** cgroup-v1/hugetlb.rst, and "HugeTLB" of cgroup-v2.rst: a few files for each size of pages. */
function hugePages(host: Host, directory: string | null): readonly HugePages[] | null {
  const names = directory === null ? [] : valueOr(host.list(directory, 'gone'), []);
  const sizes = names.flatMap((name) => /^hugetlb\.(\d+[KMG]B)\.(?:max|limit_in_bytes)$/.exec(name)?.[1] ?? []);
  return sizes.length === 0
    ? null
    : sizes.sort().map((size) => {
        const isV1 = names.includes(`hugetlb.${size}.limit_in_bytes`);
        const read = (name: string) => textOf(host, `${directory}/hugetlb.${size}.${name}`)?.trim();
        return {
          size,
          useBytes: decimal(read(isV1 ? 'usage_in_bytes' : 'current')),
          limitBytes: limitOf(read(isV1 ? 'limit_in_bytes' : 'max')),
          failures: decimal(isV1 ? read('failcnt') : /^max (\d+)$/m.exec(read('events') ?? '')?.[1]),
          file: `${directory}/hugetlb.${size}.${isV1 ? 'limit_in_bytes' : 'max'}`,
        };
      });
}

/** cgroup-v1/devices.rst: what is allowed, a rule a line. v2 has a program of BPF instead, and no file. */
function deviceRules(host: Host, file: string): OtherControllers['devices'] {
  const text = textOf(host, file);
  return { rules: text === null ? null : text.split('\n').filter((line) => line !== ''), file };
}

/** cgroup-v1/freezer-subsystem.rst. */
function frozenV1(host: Host, directory: string): OtherControllers['freezer'] {
  const file = `${directory}/freezer.state`;
  const parent = textOf(host, `${directory}/freezer.parent_freezing`)?.trim();
  return {
    state: textOf(host, file)?.trim().toLowerCase() ?? null,
    byAncestor: parent === undefined ? null : parent === '1',
    file,
  };
}

/** v2: `cgroup.freeze` is what was asked of this very group, `frozen` of `cgroup.events` what came of it and of those above. */
function frozenV2(host: Host, directory: string): OtherControllers['freezer'] {
  const file = `${directory}/cgroup.events`;
  const frozen = /^frozen ([01])$/m.exec(textOf(host, file) ?? '')?.[1];
  const asked = textOf(host, `${directory}/cgroup.freeze`)?.trim();
  return {
    state: frozen === undefined ? null : frozen === '1' ? 'frozen' : 'thawed',
    byAncestor: frozen === undefined || asked === undefined ? null : frozen === '1' && asked === '0',
    file,
  };
}
