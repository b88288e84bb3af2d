import type { Branch } from '../../model/document/layers.ts';
import { shownInstruction } from '../instruction.ts';
import { printable } from '../printable.ts';
import { formatBytesShort, formatCount, PENDING, UNKNOWN } from '../units.ts';
import type { Column } from './column.ts';

/** Whether the files of a branch are still being counted. */
export type IsCounting = (branch: Branch) => boolean;

type BranchColumn = Column<Branch, IsCounting>;

const text = { width: 7, grow: false, align: 'left', largestFirst: false } as const;
const figure = { width: 6, grow: false, align: 'right', largestFirst: true } as const;

const ROLES: { readonly [role in Branch['role']]: string } = {
  rw: 'this container’s own changes',
  init: 'the engine’s mount points and /etc files, never committed',
  image: '',
  data: 'contents only, named by the branches above',
};

/** What made it: the image's instruction where it is known, else what its role means. */
export function branchOrigin(branch: Branch): string {
  return branch.createdBy === null ? ROLES[branch.role] : shownInstruction(branch.createdBy);
}

/** Every column of a branch of a root file system. */
export const branchColumns = [
  {
    ...figure,
    key: 'index',
    title: '#',
    description: 'its place, top first',
    width: 3,
    largestFirst: false,
    cell: ({ index }) => String(index),
    value: ({ index }) => index,
  },
  {
    ...text,
    key: 'access',
    title: 'ACCESS',
    description: 'rw: takes the writes; ro; ro+wh: read-only, its whiteouts hide what is below',
    width: 6,
    cell: ({ access }) => access,
    value: ({ access }) => access,
  },
  {
    ...text,
    key: 'role',
    title: 'ROLE',
    description: 'rw, init, image or data',
    width: 5,
    cell: ({ role }) => role,
    value: ({ role }) => role,
  },
  {
    ...figure,
    key: 'size',
    title: 'SIZE',
    description: 'bytes of its files',
    cell: (branch, isCounting) => (isCounting(branch) ? PENDING : formatBytesShort(branch.bytes)),
    value: ({ bytes }) => bytes,
  },
  {
    ...figure,
    key: 'files',
    title: 'FILES',
    description: 'files in it',
    cell: (branch, isCounting) => (isCounting(branch) ? PENDING : formatCount(branch.files)),
    value: ({ files }) => files,
  },
  {
    ...figure,
    key: 'whiteouts',
    title: 'WH',
    description: 'whiteouts: names that it deletes from the branches below',
    width: 4,
    cell: (branch, isCounting) => (isCounting(branch) ? PENDING : formatCount(branch.whiteouts)),
    value: ({ whiteouts }) => whiteouts,
  },
  {
    ...figure,
    key: 'containers',
    title: 'CTR',
    description: 'running containers that stand on it, this one among them',
    width: 4,
    cell: ({ containers }) => formatCount(containers),
    value: ({ containers }) => containers,
  },
  {
    ...figure,
    key: 'images',
    title: 'IMG',
    description: 'images of its store that have it as a layer',
    width: 4,
    cell: ({ images }) => formatCount(images),
    value: ({ images }) => images,
  },
  {
    ...text,
    key: 'digest',
    title: 'DIGEST',
    description: 'the layer’s digest in its image',
    width: 19,
    cell: ({ digest }) => (digest === null ? UNKNOWN : printable(digest.slice(0, 19))),
    value: ({ digest }) => digest,
  },
  {
    ...text,
    key: 'what',
    title: 'WHAT',
    description: 'the instruction that made it',
    width: 24,
    grow: true,
    cell: (branch) => branchOrigin(branch) || UNKNOWN,
    value: (branch) => branch.createdBy,
  },
  {
    ...text,
    key: 'path',
    title: 'PATH',
    description: 'its directory on the host',
    width: 24,
    grow: true,
    cell: ({ path }) => printable(path),
    value: ({ path }) => path,
  },
] as const satisfies readonly BranchColumn[];
