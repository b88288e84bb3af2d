import type { Container } from '../../model/document/container.ts';
import { type Answer, answerText, usualRelease } from '../../model/procview/answers.ts';
import { type BuiltProcfs, buildProcfs, unreadable } from '../../model/procview/build-procfs.ts';
import { LXCFS_RELEASES, VIEW_FILES, type ViewFile, viewPath } from '../../model/procview/input.ts';
import { PACKAGED, parseLxcfsFlags } from '../../model/procview/options.ts';
import type { ProcfsSample } from '../../model/procview/sample.ts';
import type { Lxcfs } from '../../model/procview/view.ts';
import { valueOr } from '../../model/reading.ts';
import { printable } from '../../present/printable.ts';
import { readCgroupLayout } from '../../probes/cgroup/layout.ts';
import type { Host } from '../../probes/host.ts';
import { readMountinfo } from '../../probes/proc/mountinfo.ts';
import { readProcfs } from '../../probes/procview/read-procfs.ts';
import { requestFailed, wrongUsage } from '../failure.ts';
import { lookInto, refArgument } from '../find-container.ts';
import { jsonDocument, type Output } from '../output.ts';
import type { Verb } from '../verb.ts';
import { containerTitle } from './inspect-text.ts';
import { procfsText } from './procfs-text.ts';

const VIEWS = ['seen', 'limits', 'host'] as const;
type View = (typeof VIEWS)[number];

type ProcfsOptions = {
  readonly view?: View;
  readonly lxcfs?: string;
  readonly lxcfsVersion?: Lxcfs['release'];
  readonly json?: boolean;
};

export const procfs: Verb = {
  define(command, run) {
    command
      .argument(...refArgument)
      .addArgument(command.createArgument('[file]', 'print one file alone').choices(VIEW_FILES))
      .addOption(
        command.createOption('--view <view>', 'of FILE: as lxcfs would print it (limits), or as seen').choices(VIEWS),
      )
      .option('--lxcfs <flags>', 'flags of the lxcfs daemon, in one word: "-l --enable-cfs"')
      .addOption(command.createOption('--lxcfs-version <version>', 'release of lxcfs').choices(LXCFS_RELEASES))
      .option('--json', 'print JSON')
      .action((ref: string, file: ViewFile | undefined, options: ProcfsOptions) =>
        run.look(async ({ session, output }) => {
          const flags = daemonFlags(options.lxcfs);
          const container = await lookInto(session, ref);
          const files = file === undefined ? VIEW_FILES : [file];
          const sample = readSample(session.host, container, files);
          const built = builtFrom(sample, container, flags, options.lxcfsVersion);
          if (file !== undefined && options.json !== true) {
            output.write(bytesOf(built, sample, file, options.view ?? 'limits', output));
          } else if (options.json === true) {
            output.write(jsonDocument(documentOf(container, built)));
          } else {
            output.write(`${containerTitle(container)}\n${procfsText(built.procfs, output.columns)}`);
          }
        }),
      );
  },
};

function daemonFlags(text: string | undefined): Lxcfs['options'] {
  const flags = parseLxcfsFlags((text ?? '').split(/\s+/).filter((word) => word !== ''));
  if ('unknown' in flags) {
    throw wrongUsage('procfs', `lxcfs has no flag '${flags.unknown}'`, "See 'lxcfs --help'.");
  }
  return text === undefined ? PACKAGED : flags;
}

function readSample(host: Host, container: Container, files: readonly ViewFile[]): ProcfsSample {
  const pid = container.init?.pid ?? container.processes[0]?.pid;
  if (pid === undefined) {
    throw requestFailed(`/proc of '${container.name ?? container.shortId}'`, 'nothing of it runs');
  }
  const layout = readCgroupLayout(host);
  return readProcfs(host, pid, { layout, mountinfo: valueOr(readMountinfo(host, pid), []), files });
}

function builtFrom(
  sample: ProcfsSample,
  container: Container,
  options: Lxcfs['options'],
  release: Lxcfs['release'] | undefined,
): BuiltProcfs {
  const what = `/proc of '${container.name ?? container.shortId}'`;
  const { input } = sample;
  if (input.status !== 'ok') {
    const denied = input.status === 'denied';
    throw requestFailed(what, denied ? `${input.path} may not be read (${input.code})` : 'it ended meanwhile');
  }
  const { version } = input.value;
  if (release === '7.0.0' && version === 1) {
    throw requestFailed(what, 'lxcfs 7.0.0 does not work with version 1 of cgroups', 'Choose --lxcfs-version 5.0.3.');
  }
  const built = buildProcfs(sample, container.cgroup, { release: release ?? usualRelease(version), options });
  if (built === null) {
    throw requestFailed(what, 'it ended meanwhile');
  }
  return built;
}

/** The bytes of one file, as a reader inside gets them. */
function bytesOf({ answers }: BuiltProcfs, sample: ProcfsSample, file: ViewFile, view: View, output: Output): string {
  const what = viewPath(file);
  const [answer] = answers;
  const text = answer === undefined ? null : answerText(answer, view);
  const unread = sample.unread.find((each) => each.file === file)?.failure;
  if (view !== 'seen' && unread?.status === 'denied') {
    throw requestFailed(what, `reading it is not permitted (${unread.code})`, 'Run it as root.');
  }
  if (text !== null && answer !== undefined) {
    const isForeign = output.isTerminal && view === 'seen' && answer.cover === 'masked';
    return isForeign ? text.split('\n').map(printable).join('\n') : text;
  }
  throw requestFailed(what, ...whyNot(answer, view));
}

function whyNot(answer: Answer | undefined, view: View): [why: string, remedy: string | null] {
  if (view === 'limits') {
    return ['lxcfs 5.0.3 has no such file: a container goes on seeing the kernel’s', 'See it with --view seen.'];
  }
  if (view === 'host' || answer === undefined) {
    return ['this kernel has no such file', null];
  }
  const { seen } = answer;
  if (seen.status === 'unsupported' && seen.code === 'ENOTCONN') {
    return [
      'the lxcfs mounted over it has ended: Transport endpoint is not connected (ENOTCONN)',
      'Start the container again: old mounts of lxcfs stay broken when it is restarted.',
    ];
  }
  return [unreadable(answer) ?? 'the container ended meanwhile', null];
}

function documentOf({ id, name }: Container, { procfs: built, answers }: BuiltProcfs): object {
  const { files, ...rest } = built;
  return {
    schema: 'nsview/1',
    id,
    name,
    ...rest,
    files: files.map((file, index) => {
      const answer = answers[index];
      const text = (view: View) => (answer === undefined ? null : answerText(answer, view));
      return { ...file, seen: text('seen'), limits: text('limits'), host: text('host') };
    }),
  };
}
