import { describe, expect, it } from 'vitest';
import type { LayersSample } from '../../../src/model/layers/sample.ts';
import { finish } from '../../../src/model/steps.ts';
import type { Missing } from '../../../src/probes/host.ts';
import { openContents } from '../../../src/probes/layers/contents.ts';
import { layersSample } from '../../support/layers-sample.ts';
import { type MemoryHost, memoryHost } from '../../support/memory-host.ts';
import { mountLines } from '../../support/mount-line.ts';

const FOREVER = Number.POSITIVE_INFINITY;

/** A host that says which directories were listed, and where each list takes a second. */
function slowHost(tree: string): { host: MemoryHost; listed: string[] } {
  const memory = memoryHost(tree);
  const listed: string[] = [];
  const list: MemoryHost['list'] = (path, missing) => {
    listed.push(path);
    memory.advance(1000);
    return memory.list(path, missing);
  };
  return { host: { ...memory, list }, listed };
}

const filesOf = (layers: LayersSample) =>
  layers.branches.map(({ content }) => (content?.status === 'ok' ? content.value.files : content));

describe('what is in the branches', () => {
  it('is not asked of a FUSE daemon, which may never answer', () => {
    const asked: string[] = [];
    const host = memoryHost('=== image/a\n\n');
    const watched = {
      ...host,
      list: (path: string, missing: Missing) => {
        asked.push(path);
        return host.list(path, missing);
      },
    };
    const served = mountLines('2 1 0:50 / /served rw - fuse.sshfs far rw\n');
    const counted = finish(openContents(watched).count(layersSample(['/served/one', '/image']), FOREVER, served));
    expect(filesOf(counted)).toEqual([{ status: 'unsupported', path: '/served/one', code: 'FUSE' }, 1]);
    expect(asked).toEqual(['/image']);
  });

  it('is walked once for all containers of an image, and again for a writable branch that may have changed', () => {
    const { host, listed } = slowHost('=== one/a\n\n=== two/a\n\n=== image/a\n\n=== image/b\n\n');
    const contents = openContents(host);
    expect(filesOf(finish(contents.count(layersSample(['/one', '/image']), FOREVER, [])))).toEqual([1, 2]);
    expect(filesOf(finish(contents.count(layersSample(['/two', '/image']), FOREVER, [])))).toEqual([1, 2]);
    expect(listed).toEqual(['/one', '/image', '/two']);
    host.write('/one/b', '');
    host.write('/image/c', '');
    expect(filesOf(finish(contents.count(layersSample(['/one', '/image']), FOREVER, [])))).toEqual([1, 2]);
    host.advance(20_000);
    expect(filesOf(finish(contents.count(layersSample(['/one', '/image']), FOREVER, [])))).toEqual([2, 2]);
  });

  it('comes branch by branch where there is no time for all', () => {
    const { host, listed } = slowHost('=== one/a\n\n=== image/a\n\n');
    const contents = openContents(host);
    const layers = layersSample(['/one', '/image']);
    const unfinished = { status: 'unsupported', path: '/image', code: 'EAGAIN' };
    expect(filesOf(finish(contents.count(layers, 500_000, [])))).toEqual([1, unfinished]);
    expect(filesOf(finish(contents.count(layers, 500_000, [])))).toEqual([1, 1]);
    expect(listed).toEqual(['/one', '/image']);
  });

  it('shows the old figures while a branch is walked again', () => {
    const many = Array.from({ length: 300 }, (_, index) => `=== one/${index}\n\n`).join('');
    const { host } = slowHost(many);
    const contents = openContents(host);
    const layers = layersSample(['/one']);
    expect(filesOf(finish(contents.count(layers, 500_000, [])))).toMatchObject([{ code: 'EAGAIN' }]);
    expect(filesOf(finish(contents.count(layers, 500_000, [])))).toEqual([300]);
    host.write('/one/more', '');
    host.advance(60_000);
    expect(filesOf(finish(contents.count(layers, 500_000, [])))).toEqual([300]);
    expect(filesOf(finish(contents.count(layers, 500_000, [])))).toEqual([301]);
  });

  it('forgets branches of containers that are no more', () => {
    const { host, listed } = slowHost('=== image/a\n\n');
    const contents = openContents(host);
    finish(contents.count(layersSample(['/image']), FOREVER, []));
    contents.keepOnly([null]);
    finish(contents.count(layersSample(['/image']), FOREVER, []));
    expect(listed).toEqual(['/image', '/image']);
  });
});
