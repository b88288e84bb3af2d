/** One entry of a container's log, in the form that Kubernetes' runtimes keep (native/init/log.h). */
export type LogLine = {
  /** RFC 3339 with nanoseconds: compares as text. */
  readonly at: string;
  readonly stream: 'stdout' | 'stderr';
  /** A part that the next entry of the stream goes on with: no line feed behind it. */
  readonly partial: boolean;
  readonly text: Buffer;
};

const HEAD = /^(\S+Z) (stdout|stderr) ([FP]) /;
/** A head is shorter than this. */
export const HEAD_BYTES = 64;

/** Null where the line is none of these. `line` without its line feed. */
export function parseLogLine(line: Buffer): LogLine | null {
  const head = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES));
  if (head === null) {
    return null;
  }
  const [all, at = '', stream, tag] = head;
  return {
    at,
    stream: stream === 'stderr' ? 'stderr' : 'stdout',
    partial: tag === 'P',
    text: line.subarray(all.length),
  };
}
