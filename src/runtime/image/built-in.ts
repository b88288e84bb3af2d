import { nativeFile, nativeRemedy } from '../../native/native-file.ts';
import { busyboxTools, type Tools } from './busybox.ts';
import { type HostFile, programDirectories, readHostFile } from './host-file.ts';
import { hostTools } from './host-tools.ts';
import { ImageFailure } from './image-failure.ts';
import type { LayerEntry } from './layer-entry.ts';

/** An image before it has digests. */
export type Recipe = {
  readonly name: BuiltInName;
  /** Bottom first, with the steps that make no layer between them. */
  readonly steps: readonly RecipeStep[];
  readonly env: readonly string[];
  readonly command: readonly string[];
  /** What it was made from; another content of any of these makes another image. */
  readonly files: readonly HostFile[];
};

type RecipeStep = { readonly createdBy: string; readonly entries: readonly LayerEntry[] | null };

/** Images that are made on first use from what the host has. */
export type BuiltInName = 'nsview/demo' | 'nsview/union';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Throws ImageFailure where the host lacks a shell, or the workload was not built. */
export function builtInRecipe(name: BuiltInName, path: string | undefined): Recipe {
  const directories = programDirectories(path);
  const tools = busyboxTools(directories) ?? hostTools(directories);
  const place = nativeFile('nsview-demo');
  const workload = readHostFile(place);
  if (tools === null) {
    throw new ImageFailure(name, 'neither a static busybox nor a shell was found to make it from', null);
  }
  if (workload === null) {
    throw new ImageFailure(name, `${place} is missing`, `To have it, ${nativeRemedy()}.`);
  }
  const files = [...tools.files, workload.file];
  const demo = demoSteps(tools, workload.content);
  return {
    name,
    env: [PATH],
    files,
    steps: name === 'nsview/demo' ? demo : [...demo, ...unionSteps()],
    command: name === 'nsview/demo' ? ['/bin/sh'] : ['nsview-demo', 'union', '/union'],
  };
}

function demoSteps(tools: Tools, workload: Buffer): readonly RecipeStep[] {
  return [
    { createdBy: 'ADD directories, /etc/passwd and /etc/group in /', entries: base() },
    { createdBy: `ENV ${PATH}`, entries: null },
    { createdBy: tools.createdBy, entries: tools.entries },
    {
      createdBy: 'COPY nsview-demo /bin/',
      entries: [{ kind: 'file', path: 'bin/nsview-demo', mode: 0o755, content: workload }],
    },
    { createdBy: 'CMD ["/bin/sh"]', entries: null },
  ];
}

/** Two branches, each with a file of its own and both with `x`. */
function unionSteps(): readonly RecipeStep[] {
  return [
    { createdBy: 'COPY A/a A/x /union/', entries: [text('union/a', 'a, of A\n'), text('union/x', 'x, of A\n')] },
    { createdBy: 'COPY B/b B/x /union/', entries: [text('union/b', 'b, of B\n'), text('union/x', 'x, of B\n')] },
    { createdBy: 'CMD ["nsview-demo", "union", "/union"]', entries: null },
  ];
}

function base(): readonly LayerEntry[] {
  const plain = ['bin', 'dev', 'etc', 'home', 'mnt', 'opt', 'proc', 'run', 'srv', 'sys', 'usr', 'var'];
  return [
    ...plain.map((path): LayerEntry => ({ kind: 'directory', path, mode: 0o755 })),
    { kind: 'directory', path: 'root', mode: 0o700 },
    { kind: 'directory', path: 'tmp', mode: 0o1777 },
    { kind: 'directory', path: 'var/tmp', mode: 0o1777 },
    text('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'),
    text('etc/group', 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n'),
    text('etc/os-release', 'ID=nsview-demo\nNAME="nsview demo"\nPRETTY_NAME="nsview demo"\n'),
  ];
}

function text(path: string, content: string): LayerEntry {
  return { kind: 'file', path, mode: 0o644, content: Buffer.from(content) };
}
