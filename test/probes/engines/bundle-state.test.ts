import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsOfBundle } from '../../../src/probes/engines/annotations.ts';
import { inspectedFacts } from '../../../src/probes/engines/api-facts.ts';
import { inspectAnswer } from '../../../src/probes/engines/api-schema.ts';
import { containerdFacts } from '../../../src/probes/engines/containerd-state.ts';
import { parseCrunStatus, parseRuncState } from '../../../src/probes/engines/oci-state.ts';
import { parseStoredContainers } from '../../../src/probes/engines/podman-state.ts';
import { capturedJson, PODMAN_ID } from './fixture.ts';

describe('annotations of a bundle', () => {
  it.each([
    [
      'a container of containerd in Kubernetes',
      {
        'io.kubernetes.cri.container-type': 'container',
        'io.kubernetes.cri.container-name': 'nginx',
        'io.kubernetes.cri.image-name': 'docker.io/library/nginx:1.27',
        'io.kubernetes.cri.sandbox-name': 'web-5d4f',
        'io.kubernetes.cri.sandbox-namespace': 'shop',
      },
      { name: 'nginx', image: 'docker.io/library/nginx:1.27', group: 'shop/web-5d4f', labels: null },
    ],
    [
      'its sandbox, which is called as the pod',
      {
        'io.kubernetes.cri.container-type': 'sandbox',
        'io.kubernetes.cri.sandbox-name': 'web-5d4f',
        'io.kubernetes.cri.sandbox-namespace': 'shop',
      },
      { name: 'web-5d4f', image: null, group: 'shop/web-5d4f' },
    ],
    [
      'a container of CRI-O',
      {
        'io.kubernetes.cri-o.ContainerType': 'container',
        'io.kubernetes.cri-o.Name': 'k8s_nginx_web-5d4f_shop_uid_0',
        'io.kubernetes.container.name': 'nginx',
        'io.kubernetes.cri-o.ImageName': 'docker.io/library/nginx:1.27',
        'io.kubernetes.pod.name': 'web-5d4f',
        'io.kubernetes.pod.namespace': 'shop',
        'io.kubernetes.cri-o.Labels': '{"app":"web","tier":"front"}',
      },
      {
        name: 'nginx',
        image: 'docker.io/library/nginx:1.27',
        group: 'shop/web-5d4f',
        labels: { app: 'web', tier: 'front' },
      },
    ],
    [
      'nerdctl',
      {
        'nerdctl/name': 'web',
        'nerdctl/ports': '[{"HostPort":8080,"ContainerPort":80,"Protocol":"tcp","HostIP":"0.0.0.0"}]',
      },
      { name: 'web', ports: [{ host: '0.0.0.0:8080', container: 80, protocol: 'tcp' }] },
    ],
    ['labels that are no JSON', { 'io.kubernetes.cri-o.Labels': '{' }, { labels: {}, name: null }],
    [
      'none',
      undefined,
      { name: null, image: null, labels: null, group: null, privileged: null, ports: [], volumes: {} },
    ],
  ])('%s', (_title, annotations, facts) => {
    expect(factsOfBundle({ annotations })).toMatchObject(facts);
  });

  it.each([
    ['/var/lib/containers/storage/volumes/data/_data', 'data'],
    ['/home/volumes/me/.local/share/containers/storage/volumes/data/_data', 'data'],
    ['/var/lib/nerdctl/1935db59/volumes/default/data/_data', 'data'],
    ['/var/lib/kubelet/pods/8c3d/volumes/kubernetes.io~projected/kube-api-access-x2', 'kube-api-access-x2'],
    ['/var/lib/kubelet/pods/8c3d/volumes/kubernetes.io~csi/pvc-1/mount', 'pvc-1'],
    ['/srv/site', undefined],
    ['/srv/volumes/x', undefined],
  ])('volume bound from %s', (source, name) => {
    const { volumes } = factsOfBundle({ mounts: [{ destination: '/d', type: 'bind', source }] });
    expect(volumes['/d']).toBe(name);
  });

  it('take any JSON without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (annotations, mounts) => {
        factsOfBundle({ annotations, mounts });
        factsOfBundle(annotations);
        parseStoredContainers(annotations);
        parseRuncState(annotations, 'x');
        parseCrunStatus(annotations, 'id', 'x');
      }),
    );
  });
});

describe('Podman', () => {
  const bundle = factsOfBundle(capturedJson('podman-bundle-config.json'));
  const inspected = inspectedFacts('podman', inspectAnswer.parse(capturedJson('podman-inspect.json')));

  it('keeps names and images in its store', () => {
    expect(parseStoredContainers(capturedJson('podman-containers.json'))).toEqual([
      { id: PODMAN_ID, name: 'eng-pod1', image: 'localhost/nsv-busybox:latest' },
      { id: expect.stringMatching(/^[0-9a-f]{64}$/), name: 'eng-never', image: 'localhost/nsv-busybox:latest' },
    ]);
  });

  it('agrees with its service wherever the files tell', () => {
    const [stored] = parseStoredContainers(capturedJson('podman-containers.json'));
    expect(stored).toEqual({ id: inspected.id, name: inspected.name, image: inspected.image });
    expect(bundle.privileged).toBe(inspected.privileged);
    expect(bundle.volumes).toEqual(inspected.volumes);
    expect(bundle.labels).toBeNull();
    expect(inspected).toMatchObject({ restartPolicy: 'on-failure:3', labels: { a: 'b', 'com.example.role': 'web' } });
  });
});

describe('OCI runtimes', () => {
  it('runc tells the init and when it started', () => {
    expect(parseRuncState(capturedJson('runc-state.json'), '/run/runc/x/state.json')).toMatchObject({
      facts: { id: PODMAN_ID, engine: 'oci', startedAt: '2026-11-25T18:04:06.029118774Z' },
      pid: 19830,
      startTicks: 95866,
      bundle: `/var/lib/containers/storage/overlay-containers/${PODMAN_ID}/userdata`,
    });
  });

  it('crun has no id in its file', () => {
    const status = { pid: 42, 'process-start-time': 777, bundle: '/b', created: '2026-01-02T03:04:05.678Z' };
    expect(parseCrunStatus(status, 'web', 'x')).toMatchObject({
      facts: { id: 'web', name: 'web', startedAt: '2026-01-02T03:04:05.678Z' },
      pid: 42,
      startTicks: 777,
      bundle: '/b',
    });
  });
});

describe('containerd', () => {
  it('shows an id that somebody gave as the name', () => {
    expect(containerdFacts({}, 'my-task', 'x').name).toBe('my-task');
    expect(containerdFacts({}, PODMAN_ID, 'x').name).toBeNull();
  });
});
