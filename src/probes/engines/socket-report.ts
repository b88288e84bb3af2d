import type { EngineReport } from '../../model/engine-facts.ts';
import type { SocketPlace } from './socket-places.ts';

const TITLE = { docker: 'Docker', podman: 'Podman', containerd: 'containerd' } as const;
const UNIT = { docker: 'docker.service', podman: 'podman.socket', containerd: 'containerd.service' } as const;

type Told = Pick<EngineReport, 'status' | 'message' | 'remedy'>;

/** What became of asking a socket, in words. */
export function reportOf(place: SocketPlace, told: Told): EngineReport {
  return { engine: place.engine, where: place.path, ...told };
}

export function answered(engine: 'docker' | 'podman', version: string | null): Told {
  return { status: 'ok', message: `${TITLE[engine]}${version === null ? '' : ` ${version}`} answers`, remedy: null };
}

/** containerd speaks gRPC only, and keeps no names that its state directory does not tell. */
export const containerdFound: Told = {
  status: 'ok',
  message: 'socket found; names are read from the state directory',
  remedy: null,
};

export function absent(place: SocketPlace): Told {
  return {
    status: place.named ? 'missing' : 'absent',
    message: 'no such socket',
    remedy: place.named
      ? 'check the path, or start the engine'
      : `if it is installed: systemctl start ${UNIT[place.engine]}`,
  };
}

/** `code` is an errno name, `slow`, or words on a bad answer. */
export function failed(place: SocketPlace, failure: { readonly code: string | null; readonly message: string }): Told {
  const title = TITLE[place.engine];
  switch (failure.code) {
    case 'ENOENT':
      return absent(place);
    case 'EACCES':
    case 'EPERM':
      return {
        status: 'denied',
        message: `may not be opened (${failure.code})`,
        remedy:
          place.engine === 'docker' && !place.rootless
            ? 'run as root, or join the group docker (which is as good as root): usermod -aG docker USER'
            : 'run as root, or as the user whose engine it is',
      };
    case 'ECONNREFUSED':
      return {
        status: 'dead',
        message: 'nobody listens on it (ECONNREFUSED)',
        remedy: `start ${title}: ${place.rootless ? 'systemctl --user' : 'systemctl'} start ${UNIT[place.engine]}`,
      };
    case 'slow':
      return {
        status: 'slow',
        message: failure.message,
        remedy: `see why ${title} hangs: ${place.rootless ? 'journalctl --user' : 'journalctl'} -u ${UNIT[place.engine]}`,
      };
    default:
      return {
        status: 'dead',
        message: `does not answer as ${title} does: ${failure.message}`,
        remedy: `name the right socket: --engine ${place.engine}=SOCKET`,
      };
  }
}
