/** What the kernel does with a call: SECCOMP_RET_* of seccomp(2) in the high half, its data in the low. */
export type SeccompVerdict = number;

export const SECCOMP = {
  killProcess: 0x8000_0000,
  killThread: 0x0000_0000,
  trap: 0x0003_0000,
  errno: 0x0005_0000,
  trace: 0x7ff0_0000,
  log: 0x7ffc_0000,
  allow: 0x7fff_0000,
} as const;

const EPERM = 1;
const ENOSYS = 38;

export const REFUSED: SeccompVerdict = SECCOMP.errno | EPERM;

/** As if the kernel had no such call: libraries then fall back to an older one. */
export const ABSENT: SeccompVerdict = SECCOMP.errno | ENOSYS;

/** Comparisons of 64 bits, named as libseccomp names them without `SCMP_CMP_`. */
export type SeccompOperator = 'NE' | 'LT' | 'LE' | 'EQ' | 'GE' | 'GT' | 'MASKED_EQ';

export type SeccompArgument = {
  /** 0 to 5. */
  readonly index: number;
  readonly operator: SeccompOperator;
  /** What is compared with; for MASKED_EQ the mask. */
  readonly value: bigint;
  /** Only for MASKED_EQ: what the masked argument equals. */
  readonly masked: bigint;
};

export type SeccompRule = {
  readonly names: readonly string[];
  /** All of them must hold. */
  readonly args: readonly SeccompArgument[];
  readonly verdict: SeccompVerdict;
};

/** A filter by names. Of the rules for a call the first whose arguments hold decides. */
export type SeccompProfile = {
  readonly rules: readonly SeccompRule[];
  /** For calls without a rule that holds. */
  readonly otherwise: SeccompVerdict;
  /** For numbers above the highest that has a rule: calls that the profile's author could not know. */
  readonly newer: SeccompVerdict;
};
