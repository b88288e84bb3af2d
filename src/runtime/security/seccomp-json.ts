import { WrongValue } from '../wrong-value.ts';
import { byField, listOf, type Place, readNumber, readText } from './json-place.ts';
import {
  ABSENT,
  SECCOMP,
  type SeccompArgument,
  type SeccompOperator,
  type SeccompProfile,
  type SeccompRule,
  type SeccompVerdict,
} from './seccomp-profile.ts';
import type { SyscallArch } from './syscalls.ts';

/** What the conditions of a profile are about. */
export type SeccompConditions = {
  readonly arch: SyscallArch;
  /** Version and patch level: [6, 18]. */
  readonly kernel: readonly [number, number];
  /** Names of the capabilities in the container's bounding set. */
  readonly bounding: readonly string[];
};

/** Architectures as profiles name them in `includes`: Go's names. */
const GO_ARCH: { readonly [arch in SyscallArch]: string } = { x64: 'amd64', arm64: 'arm64' };

/** As `architectures` and `archMap` name them. */
const SCMP_ARCH: { readonly [arch in SyscallArch]: string } = { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' };

const ACTIONS = new Map<string, (errno: number) => SeccompVerdict>([
  ['SCMP_ACT_ALLOW', () => SECCOMP.allow],
  ['SCMP_ACT_ERRNO', (errno) => SECCOMP.errno | errno],
  ['SCMP_ACT_KILL', () => SECCOMP.killThread],
  ['SCMP_ACT_KILL_THREAD', () => SECCOMP.killThread],
  ['SCMP_ACT_KILL_PROCESS', () => SECCOMP.killProcess],
  ['SCMP_ACT_LOG', () => SECCOMP.log],
  ['SCMP_ACT_TRACE', (errno) => SECCOMP.trace | errno],
  ['SCMP_ACT_TRAP', () => SECCOMP.trap],
]);

const OPERATORS = new Map<string, SeccompOperator>(
  (['NE', 'LT', 'LE', 'EQ', 'GE', 'GT', 'MASKED_EQ'] as const).map((name) => [`SCMP_CMP_${name}`, name]),
);

const EPERM = 1;
/** The kernel's MAX_ERRNO. */
const MOST_ERRNO = 4095;
const LAST_ARGUMENT = 5;

/**
 * A profile in Docker's JSON (docs.docker.com, seccomp security profiles), for this container and machine. Other
 * architectures of it are passed over: their programs do not run. Null when the profile is empty, which is no filter.
 * WrongValue tells the place in one line.
 */
export function readSeccompProfile(file: string, text: string, conditions: SeccompConditions): SeccompProfile | null {
  const top = byField({ file, path: '', value: parseJson(file, text) }, [
    'defaultAction',
    'defaultErrnoRet',
    'architectures',
    'archMap',
    'flags',
    'listenerPath',
    'listenerMetadata',
    'syscalls',
  ]);
  const calls = listOf(top('syscalls'));
  if (top('defaultAction').value === undefined && calls.length === 0) return null;
  checkArchitectures(top('architectures'), top('archMap'), conditions.arch);
  const errno = readErrno(top('defaultErrnoRet')) ?? EPERM;
  const otherwise = readAction(top('defaultAction'))(errno);
  const rules = calls.flatMap((call) => readCall(call, conditions, errno));
  const lets = otherwise === SECCOMP.allow || otherwise === SECCOMP.log;
  return { rules: inForce(rules, otherwise), otherwise, newer: lets ? otherwise : ABSENT };
}

/** Numbers are kept as written: those above 2^53 are bits of arguments. */
function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, ...[context]: readonly { readonly source?: string }[]) => {
      const source = context?.source;
      return typeof value === 'number' && source !== undefined && /^\d+$/.test(source) ? BigInt(source) : value;
    });
  } catch (error) {
    throw new WrongValue(file, error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : 'no JSON');
  }
}

function checkArchitectures(architectures: Place, archMap: Place, arch: SyscallArch): void {
  const listed = listOf(architectures).map(readText);
  const mapped = listOf(archMap).map((entry) =>
    readText(byField(entry, ['architecture', 'subArchitectures'])('architecture')),
  );
  if (listed.length > 0 && mapped.length > 0) {
    throw new WrongValue(architectures.file, 'architectures and archMap: only one of them');
  }
  if (listed.length > 0 && !listed.includes(SCMP_ARCH[arch])) {
    throw new WrongValue(
      architectures.file,
      `architectures: ${SCMP_ARCH[arch]}, which this machine is, is not among them`,
    );
  }
}

function readCall(call: Place, conditions: SeccompConditions, defaultErrno: number): readonly SeccompRule[] {
  const field = byField(call, ['name', 'names', 'action', 'errnoRet', 'args', 'comment', 'includes', 'excludes']);
  const name = field('name');
  const names = [...(name.value === undefined ? [] : [readText(name)]), ...listOf(field('names')).map(readText)];
  if (name.value !== undefined && names.length > 1) {
    throw new WrongValue(call.file, `${call.path}: name and names: only one of them`);
  }
  const verdict = readAction(field('action'))(readErrno(field('errnoRet')) ?? defaultErrno);
  const args = listOf(field('args')).map(readArgument);
  const holds = conditionOf(field('includes'), conditions);
  const excluded = conditionOf(field('excludes'), conditions);
  const applies = holds.every(Boolean) && !excluded.some(Boolean);
  if (!applies) return [];
  const indexes = new Set(args.map(({ index }) => index));
  // runc reads several tests of one argument as alternatives, and tests of different ones as all wanted.
  return indexes.size < args.length
    ? args.map((argument) => ({ names, args: [argument], verdict }))
    : [{ names, args, verdict }];
}

/** What each part of a condition says of this container. */
function conditionOf(place: Place, { arch, kernel, bounding }: SeccompConditions): readonly boolean[] {
  const field = byField(place, ['caps', 'arches', 'minKernel']);
  const caps = listOf(field('caps')).map(readText);
  const arches = listOf(field('arches')).map(readText);
  const minKernel = field('minKernel');
  return [
    ...caps.map((name) => bounding.includes(name)),
    ...(arches.length === 0 ? [] : [arches.includes(GO_ARCH[arch])]),
    ...(minKernel.value === undefined ? [] : [isAtLeast(kernel, readKernel(minKernel))]),
  ];
}

function isAtLeast(kernel: readonly [number, number], wanted: readonly [number, number]): boolean {
  return kernel[0] > wanted[0] || (kernel[0] === wanted[0] && kernel[1] >= wanted[1]);
}

function readKernel(place: Place): readonly [number, number] {
  const [, version, patch] = /^(\d{1,3})\.(\d{1,3})$/.exec(readText(place)) ?? [];
  if (version === undefined || patch === undefined) throw new WrongValue(place.file, `${place.path}: not like "4.8"`);
  return [Number(version), Number(patch)];
}

function readAction(place: Place): (errno: number) => SeccompVerdict {
  const action = ACTIONS.get(readText(place));
  if (action !== undefined) return action;
  throw new WrongValue(place.file, `${place.path}: ${readText(place)} is none of ${[...ACTIONS.keys()].join(', ')}`);
}

function readErrno(place: Place): number | null {
  return place.value === undefined ? null : Number(readNumber(place, BigInt(MOST_ERRNO)));
}

function readArgument(place: Place): SeccompArgument {
  const field = byField(place, ['index', 'value', 'valueTwo', 'op']);
  const op = field('op');
  const operator = OPERATORS.get(readText(op));
  if (operator === undefined) {
    throw new WrongValue(place.file, `${op.path}: ${readText(op)} is none of ${[...OPERATORS.keys()].join(', ')}`);
  }
  const value = readNumber(field('value'));
  const valueTwo = field('valueTwo');
  return {
    index: Number(readNumber(field('index'), BigInt(LAST_ARGUMENT))),
    operator,
    value,
    // libseccomp compares only the bits of the mask.
    masked: valueTwo.value === undefined ? 0n : readNumber(valueTwo) & value,
  };
}

/**
 * As runc and libseccomp have it: a rule that says what is said of all calls anyway counts for nothing, and one without
 * arguments is of the whole call and stands before those with.
 */
function inForce(rules: readonly SeccompRule[], otherwise: SeccompVerdict): readonly SeccompRule[] {
  const rank = ({ args, verdict }: SeccompRule): number => (verdict === otherwise ? 2 : Math.min(args.length, 1));
  return rules.toSorted((one, other) => rank(one) - rank(other));
}
