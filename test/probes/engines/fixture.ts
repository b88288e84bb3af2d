import { readFileSync } from 'node:fs';
import type { Candidate } from '../../../src/model/discovery/candidate.ts';

/** A captured answer or state file of a real engine. */
export function captured(name: string): string {
  return readFileSync(new URL(`../../fixtures/engines/${name}`, import.meta.url), 'utf8');
}

export function capturedJson(name: string): unknown {
  return JSON.parse(captured(name));
}

/** The container of the captures of Docker, and that of Podman's. */
export const DOCKER_ID = 'b2a915ed8c5d27f354d81f10a2b1ac879c3a866e2a2c3f3abb321f3f3edfa412';
export const PODMAN_ID = '1874195189bc7ba2e1e88076e2c6d5cea8320ca3e9dc088110d7ebca927ebe6d';

export function candidate(parts: Partial<Candidate>): Candidate {
  return {
    key: `${parts.engine}:${parts.id}`,
    engine: 'unknown',
    id: null,
    name: null,
    pod: null,
    evidence: [],
    pids: [],
    execs: [],
    init: null,
    joined: [],
    starting: false,
    parent: null,
    supervisor: null,
    ...parts,
  };
}
