import type { TestProject } from 'vitest/node';
import { makeWorkDir, removeWorkDir } from '../work-dir.ts';
import { type Docker, dockerIsMissing, startDockerd } from './docker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null where no dockerd can be started: its tests are skipped and say so. */
    docker: { readonly socket: string; readonly containerd: string; readonly configDir: string } | null;
  }
}

/** One dockerd for a whole lane: it takes seconds to start. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (dockerIsMissing) {
    project.provide('docker', null);
    return undefined;
  }
  const workDir = makeWorkDir();
  let docker: Docker;
  try {
    docker = await startDockerd(workDir);
  } catch (error) {
    await removeWorkDir(workDir);
    throw error;
  }
  project.provide('docker', {
    socket: docker.socket,
    containerd: docker.containerd,
    configDir: `${workDir}/docker/config`,
  });
  return async () => {
    await docker.stop();
    await removeWorkDir(workDir);
  };
}
