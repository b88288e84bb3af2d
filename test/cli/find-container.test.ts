import { describe, expect, it } from 'vitest';
import { CliFailure } from '../../src/cli/failure.ts';
import {
  findAgain,
  findContainer,
  findContainerOrProcess,
  mustRun,
  refuseAmbiguous,
} from '../../src/cli/find-container.ts';
import { bareContainerFixture, containerFixture } from '../support/container-fixture.ts';
import { snapshotFixture } from '../support/snapshot-fixture.ts';

const web = containerFixture(0, { name: 'web' });
const podmanWeb = containerFixture(1, { name: 'web', engine: 'podman' });
const bare = bareContainerFixture();
const old = containerFixture(2, { name: 'old', status: 'exited', init: null, processes: [] });
const snapshot = snapshotFixture([web, podmanWeb, bare], { stopped: [old] });

function failure(ref: string): { message: string; remedy: string | null; status: number } {
  try {
    findContainer(snapshot, ref);
  } catch (error) {
    if (error instanceof CliFailure) {
      return { message: error.message, remedy: error.remedy, status: error.status };
    }
  }
  throw new Error('no failure');
}

describe('a container of our own', () => {
  const own = (name: string) => containerFixture(9, { name, engine: 'nsview' });
  const remedyOf = (name: string, ref: string) => {
    try {
      refuseAmbiguous(snapshot, own(name), ref);
      return null;
    } catch (error) {
      return error instanceof CliFailure ? error.remedy : error;
    }
  };

  it.each([
    ['a name that nobody else uses', 'mine', 'mine', null],
    ['a name that two others use', 'web', 'web', 'Say which: web@nsview, web@docker, web@podman.'],
    ['a name that a stopped one of another uses', 'old', 'old', 'Say which: old@nsview, old@podman.'],
    ['its name and ours', 'web', 'web@nsview', null],
    ['an id that is another’s name', 'mine', 'old', 'Say which: mine, old.'],
  ])('is told from others by %s', (_, name, ref, remedy) => {
    const engine = old.engine;
    expect(remedyOf(name, ref)).toBe(remedy?.replace('old@podman', `old@${engine}`) ?? null);
  });
});

describe('findContainer', () => {
  it('finds running and stopped ones', () => {
    expect(findContainer(snapshot, web.id.slice(0, 4))).toBe(web);
    expect(findContainer(snapshot, 'web@podman')).toBe(podmanWeb);
    expect(findContainer(snapshot, 'pid:7001')).toBe(bare);
    expect(findContainer(snapshot, 'old')).toBe(old);
  });

  it('lists the candidates of an ambiguous name', () => {
    expect(failure('web')).toEqual({
      status: 1,
      message: "container 'web': it can mean several",
      remedy: 'Say which: web@docker, web@podman.',
    });
  });

  it('says what to do about an unknown one', () => {
    expect(failure('nope')).toEqual({
      status: 1,
      message: "container 'nope': no such container",
      remedy: "Run 'nsview ps -a' to see them.",
    });
    expect(failure('pid:12').remedy).toBe("Run 'nsview ns pid:12' to see the namespaces of any process.");
  });

  it('takes any process where a command can show one', () => {
    expect(findContainerOrProcess(snapshot, 'pid:12')).toBe(12);
    expect(findContainerOrProcess(snapshot, 'pid:7001')).toBe(bare);
  });

  it('says that a container does not run where only running ones have an answer', () => {
    expect(mustRun(web)).toBe(web);
    expect(() => mustRun(old)).toThrow("container 'old': it is not running (exited)");
  });

  it('says that a container ended between two looks', () => {
    expect(findAgain(snapshot, web)).toBe(web);
    expect(() => findAgain(snapshotFixture([]), web)).toThrow("container 'web': it ended meanwhile");
    expect(() => findAgain(snapshotFixture([]), old)).toThrow("container 'old': it is not running (exited)");
  });
});
