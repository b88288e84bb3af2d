import { describe, expect, it } from 'vitest';
import { runSource } from './run-source.ts';

const SOCKET = '/nonexistent/engine.sock';
const NOTE = `note: ${SOCKET}: no such socket (check the path, or start the engine)\n`;

describe('a socket that somebody named and that is not there', { timeout: 60_000 }, () => {
  it.each([
    [['ps'], { DOCKER_HOST: `unix://${SOCKET}` }],
    [['ps'], { CONTAINER_HOST: `unix://${SOCKET}` }],
    [['--engine', `docker=${SOCKET}`, 'stats', '-n', '2', '-i', '50ms'], {}],
    [['ps', '--engine', `podman=${SOCKET}`, '--json'], {}],
    [['ns'], { DOCKER_HOST: `unix://${SOCKET}` }],
  ])('%j %j says so once', async (args, env) => {
    const { status, stdout, stderr } = await runSource(args, env);
    expect(status).toBe(0);
    expect(stderr.split(NOTE)).toHaveLength(2);
    if (args.includes('--json')) {
      expect(JSON.parse(stdout).host.notices).toContainEqual(expect.objectContaining({ path: SOCKET, code: 'ENOENT' }));
    }
  });

  it('is told beside a failure', async () => {
    const { status, stderr } = await runSource(['inspect', 'no-such-container'], { DOCKER_HOST: `unix://${SOCKET}` });
    expect(status).toBe(1);
    expect(stderr).toContain(NOTE);
    expect(stderr).toContain('no such container');
  });

  it('is silence where nobody named one', async () => {
    const { stderr } = await runSource(['ps']);
    expect(stderr).not.toContain('no such socket');
  });
});
