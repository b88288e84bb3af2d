import { type ChildProcess, spawn } from 'node:child_process';
import type { ActionResult } from '../model/action.ts';
import type { Container } from '../model/document/container.ts';
import type { Reading } from '../model/reading.ts';
import { containerLabel } from '../present/container-label.ts';
import { printable } from '../present/printable.ts';
import type { Host } from '../probes/host.ts';
import { FUSE, readInside } from '../probes/read-inside.ts';
import { nameOrId } from './daemon-actions.ts';
import { firstLine, type Reentry } from './reentry.ts';
import { closedWay, failed, type Way } from './way.ts';

/** What `nsview exec` ends with when it could not run the command: our failure, not executable, not found. */
const OWN_FAILURES = [125, 126, 127];
const MOST_ERROR_BYTES = 4096;

/** Where a PATH usually finds one. */
const SHELLS = ['/bin/sh', '/usr/bin/sh', '/usr/local/bin/sh', '/sbin/sh'];

/** The shells that were opened and have not ended. */
export type Shells = {
  readonly way: (container: Container, engineCommand: string | null) => Way;
  /** Ends them. */
  readonly close: () => void;
};

export function openShells(host: Host, reentry: Reentry, nsview: string, stdout: NodeJS.WriteStream): Shells {
  const running = new Set<ChildProcess>();

  /** With a terminal of its own inside, what `exec` writes to its standard error is its own word alone. */
  function run(container: Container, ref: string, command: string): Promise<ActionResult> {
    const name = containerLabel(container);
    stdout.write(`$ ${printable(command)}\n`);
    const child = spawn(reentry.file, [...reentry.args, 'exec', '-ti', ref, 'sh'], {
      stdio: ['inherit', 'inherit', 'pipe'],
    });
    running.add(child);
    let told = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      told = (told + chunk.toString()).slice(0, MOST_ERROR_BYTES);
    });
    return new Promise((resolve) => {
      const end = (result: ActionResult) => {
        running.delete(child);
        resolve(result);
      };
      child.on('error', (error) => end(failed('shell', name, error.message)));
      child.on('close', (code) => {
        const line = firstLine(told);
        const refused = OWN_FAILURES.includes(code ?? 0) && line !== '';
        end(refused ? { ok: false, says: line } : { ok: true, says: `back from ${name}` });
      });
    });
  }

  return {
    way(container, engineCommand) {
      const { init } = container;
      const command = `${nsview} exec -ti ${refOf(container)} sh`;
      if (init === null) {
        return closedWay('shell', command, 'no process is left whose namespaces could be entered');
      }
      if (container.status === 'paused') {
        return closedWay('shell', command, 'it is paused, and a shell in it would be too: unpause it first');
      }
      if (SHELLS.every((path) => isAbsent(readInside(host, init.pid, path, 1)))) {
        return closedWay('shell', command, 'there is no sh inside: it has nothing to type into');
      }
      const types = container.namespaces.filter(({ isolated }) => isolated !== false).map(({ type }) => type);
      return {
        verb: 'shell',
        command,
        calls: [
          `enters the namespaces of pid ${init.pid} with setns: ${types.join(' ')}`,
          ...(engineCommand === null
            ? []
            : [`the same by its engine: ${engineCommand} exec -ti ${nameOrId(container)} sh`]),
        ],
        asks: false,
        disabledReason: null,
        run: () => run(container, exactRef(container), command),
      };
    },
    close: () => {
      for (const child of running) {
        child.kill('SIGHUP');
      }
    },
  };
}

/** What lies on a FUSE mount was not looked at. */
function isAbsent(shell: Reading<string>): boolean {
  return shell.status === 'unsupported' && shell.code !== FUSE;
}

/** What a person would type; what is run names the very container. */
function refOf(container: Container): string {
  return container.id.startsWith('pid:') ? exactRef(container) : nameOrId(container);
}

function exactRef({ id, init }: Container): string {
  return id.startsWith('pid:') ? `pid:${init?.pid}` : id;
}
