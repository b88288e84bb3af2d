import type { Port } from '../../model/document/isolation.ts';
import type { EngineFacts } from '../../model/engine-facts.ts';
import { groupOf, hostPort } from './facts.ts';
import { listAt, numberAt, parseJson, textAt, textsAt } from './json.ts';

type Told = Pick<EngineFacts, 'name' | 'image' | 'labels' | 'group' | 'privileged' | 'ports' | 'volumes'>;

/**
 * What engines write into the `config.json` of a bundle (OCI runtime-spec config.md): the annotations of containerd's
 * CRI (`io.kubernetes.cri.`), of CRI-O (`io.kubernetes.cri-o.`), of nerdctl and of Podman. Parts that the annotations do not
 * tell are null.
 */
export function factsOfBundle(config: unknown): Told {
  const notes = textsAt(config, 'annotations');
  const labels = labelsOf(notes);
  return {
    name: nameOf(notes),
    image: notes['io.kubernetes.cri.image-name'] ?? notes['io.kubernetes.cri-o.ImageName'] ?? null,
    labels,
    group: podOf(notes) ?? (labels === null ? null : groupOf(labels)),
    privileged: flagOf(notes['io.podman.annotations.privileged'] ?? notes['io.kubernetes.cri-o.PrivilegedRuntime']),
    ports: nerdctlPorts(notes['nerdctl/ports']),
    volumes: volumesOf(config),
  };
}

type Notes = { readonly [name: string]: string };

/** A pod's sandbox container has no name of its own: it is the pod. */
function nameOf(notes: Notes): string | null {
  const sandbox =
    notes['io.kubernetes.cri.container-type'] === 'sandbox' ? notes['io.kubernetes.cri.sandbox-name'] : null;
  const crioSandbox =
    notes['io.kubernetes.cri-o.ContainerType'] === 'sandbox' ? notes['io.kubernetes.cri-o.KubeName'] : null;
  return (
    sandbox ??
    crioSandbox ??
    notes['io.kubernetes.cri.container-name'] ??
    notes['io.kubernetes.container.name'] ??
    notes['nerdctl/name'] ??
    null
  );
}

function podOf(notes: Notes): string | null {
  const pod = notes['io.kubernetes.cri.sandbox-name'] ?? notes['io.kubernetes.pod.name'];
  const namespace = notes['io.kubernetes.cri.sandbox-namespace'] ?? notes['io.kubernetes.pod.namespace'];
  if (pod === undefined) return null;
  return namespace === undefined ? pod : `${namespace}/${pod}`;
}

/** CRI-O writes a container's labels as JSON into one annotation. */
function labelsOf(notes: Notes): Notes | null {
  const text = notes['io.kubernetes.cri-o.Labels'];
  return text === undefined ? null : textsAt(parseJson(text));
}

function flagOf(text: string | undefined): boolean | null {
  const word = text?.toLowerCase();
  return word === 'true' || word === 'false' ? word === 'true' : null;
}

function nerdctlPorts(text: string | undefined): readonly Port[] {
  return listAt({ ports: text === undefined ? [] : parseJson(text) }, 'ports').flatMap((port): Port[] => {
    const container = numberAt(port, 'ContainerPort');
    const published = numberAt(port, 'HostPort');
    const protocol = textAt(port, 'Protocol');
    if (container === null || published === null || protocol === null) return [];
    return [{ host: hostPort(textAt(port, 'HostIP'), `${published}`), container, protocol }];
  });
}

/**
 * Volumes by the directory they are bound from: `volumes/NAME/_data` of Podman, `volumes/NAMESPACE/NAME/_data` of
 * nerdctl, `volumes/kubernetes.io~PLUGIN/NAME` of the kubelet.
 */
function volumesOf(config: unknown): { readonly [target: string]: string } {
  return Object.fromEntries(
    listAt(config, 'mounts').flatMap((mount) => {
      const target = textAt(mount, 'destination');
      const source = textAt(mount, 'source') ?? '';
      const name =
        /\/volumes\/(?:[^/]+\/)?([^/]+)\/_data$/.exec(source)?.[1] ??
        /\/volumes\/kubernetes\.io~[^/]+\/([^/]+)(?:\/mount)?$/.exec(source)?.[1];
      return target === null || name === undefined ? [] : [[target, name]];
    }),
  );
}
