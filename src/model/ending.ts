/** How a container of ours ended. */
export type Ending = {
  /** The command's own, or 128 + the signal. */
  readonly code: number;
  readonly signal: number | null;
  /** RFC 3339, nanoseconds. */
  readonly startedAt: string;
  readonly endedAt: string;
};

/** The first lines of the helper's record (native/init/exit-record.c), up to the files it kept. Null: it is not whole. */
export function parseEnding(record: string): Ending | null {
  const lines = record.split('\n').slice(0, -1);
  const files = lines.findIndex((line) => line.startsWith('file '));
  const values = new Map(
    lines.slice(0, files === -1 ? lines.length : files).map((line): [string, string] => {
      const [name = '', value = ''] = line.split(' ');
      return [name, value];
    }),
  );
  const code = values.get('code');
  const startedAt = timeOf(values.get('started'));
  const endedAt = timeOf(values.get('ended'));
  if (code === undefined || !/^\d+$/.test(code) || startedAt === null || endedAt === null) {
    return null;
  }
  const signal = Number(values.get('signal') ?? 0);
  return { code: Number(code), signal: signal > 0 ? signal : null, startedAt, endedAt };
}

/** Nanoseconds since 1970, as RFC 3339. */
function timeOf(nanoseconds: string | undefined): string | null {
  if (nanoseconds === undefined || !/^\d{10,19}$/.test(nanoseconds)) {
    return null;
  }
  const text = new Date(Number(BigInt(nanoseconds) / 1_000_000n)).toISOString();
  return `${text.slice(0, -'.000Z'.length)}.${nanoseconds.slice(-9)}Z`;
}
