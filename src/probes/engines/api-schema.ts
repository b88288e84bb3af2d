import { z } from 'zod';

/**
 * The parts of the Docker Engine API's answers that are used, as Docker ≥ 1.12 and Podman ≥ 3 give them; everything
 * else is dropped. Go writes `null` for an empty map or list.
 */
const texts = z.record(z.string(), z.string()).nullish();

const mount = z.object({ Type: z.string().nullish(), Name: z.string().nullish(), Destination: z.string().nullish() });

export const versionAnswer = z.object({
  Version: z.string().nullish(),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
});

export const listAnswer = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()).nullish(),
    Image: z.string().nullish(),
    State: z.string().nullish(),
    Status: z.string().nullish(),
    Labels: texts,
    Ports: z
      .array(
        z.object({
          IP: z.string().nullish(),
          PrivatePort: z.int(),
          PublicPort: z.int().nullish(),
          Type: z.string(),
        }),
      )
      .nullish(),
    Mounts: z.array(mount).nullish(),
  }),
);

export const inspectAnswer = z.object({
  Id: z.string(),
  Name: z.string().nullish(),
  State: z.object({
    Status: z.string().nullish(),
    StartedAt: z.string().nullish(),
    ExitCode: z.int().nullish(),
    FinishedAt: z.string().nullish(),
  }),
  Config: z.object({ Image: z.string().nullish(), Labels: texts }),
  HostConfig: z.object({
    Privileged: z.boolean().nullish(),
    NanoCpus: z.int().nullish(),
    CpuQuota: z.int().nullish(),
    CpuPeriod: z.int().nullish(),
    RestartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.int().nullish() }).nullish(),
  }),
  Mounts: z.array(mount).nullish(),
  NetworkSettings: z
    .object({
      Ports: z
        .record(
          z.string(),
          z.array(z.object({ HostIp: z.string().nullish(), HostPort: z.string().nullish() })).nullable(),
        )
        .nullish(),
    })
    .nullish(),
});

/** What a daemon says against a request. */
export const errorAnswer = z.object({ message: z.string() });

/** Newer daemons give `Action` and `Actor`, older ones and some proxies only `status` and `id`. */
export const eventAnswer = z.object({
  Type: z.string().nullish(),
  Action: z.string().nullish(),
  status: z.string().nullish(),
  id: z.string().nullish(),
  Actor: z.object({ ID: z.string().nullish() }).nullish(),
});

export type VersionAnswer = z.infer<typeof versionAnswer>;
export type ListedContainer = z.infer<typeof listAnswer>[number];
export type InspectedContainer = z.infer<typeof inspectAnswer>;
