import { z } from 'zod';
import type { Docker } from './docker.ts';

/** What `docker inspect` says and the tests compare with: the oracle, so nothing of it is computed here. */
const dockerInspectSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  State: z.object({ Pid: z.int(), Status: z.string(), StartedAt: z.string() }),
  HostConfig: z.object({
    Memory: z.int(),
    MemoryReservation: z.int(),
    NanoCpus: z.int(),
    CpuShares: z.int(),
    CpuPeriod: z.int(),
    CpuQuota: z.int(),
    CpusetCpus: z.string(),
    PidsLimit: z.int().nullable(),
    NetworkMode: z.string(),
    PidMode: z.string(),
    IpcMode: z.string(),
    UTSMode: z.string(),
    UsernsMode: z.string(),
    CgroupnsMode: z.string(),
    ReadonlyRootfs: z.boolean(),
  }),
  GraphDriver: z.object({ Data: z.object({ LowerDir: z.string(), UpperDir: z.string() }) }),
  Mounts: z.array(z.object({ Type: z.string(), Destination: z.string(), RW: z.boolean() })),
  Config: z.object({ Image: z.string() }),
});

export type DockerInspect = z.infer<typeof dockerInspectSchema>;

/** Asks the daemon about containers by name. */
export async function inspectDocker(docker: Docker['docker'], names: readonly string[]): Promise<DockerInspect[]> {
  return z.array(dockerInspectSchema).parse(JSON.parse(await docker('inspect', ...names)));
}
