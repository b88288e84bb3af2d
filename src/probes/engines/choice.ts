/** Which engines may be asked for names: `--engine`. */
export type EngineChoice =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'sockets'; readonly sockets: readonly ChosenSocket[] };

export type ChosenSocket = { readonly engine: 'docker' | 'podman' | 'containerd'; readonly path: string };

const FORMS = 'auto, none, docker=SOCKET, podman=SOCKET or containerd=SOCKET';

/**
 * The values of `--engine`, in the order given. Without any it is `auto`; sockets add up; `auto` and `none` stand alone.
 * A text is the usage error.
 */
export function parseEngineFlags(flags: readonly string[]): EngineChoice | string {
  const sockets: ChosenSocket[] = [];
  const words = new Set<'auto' | 'none'>();
  for (const flag of flags) {
    if (flag === 'auto' || flag === 'none') {
      words.add(flag);
      continue;
    }
    const socket = parseSocket(flag);
    if (typeof socket === 'string') return socket;
    sockets.push(socket);
  }
  const [word, ...more] = words;
  if (word === undefined) return sockets.length === 0 ? { kind: 'auto' } : { kind: 'sockets', sockets };
  if (more.length > 0 || sockets.length > 0) return `--engine ${word} cannot be combined with another --engine`;
  return { kind: word };
}

function parseSocket(flag: string): ChosenSocket | string {
  const equals = flag.indexOf('=');
  const engine = flag.slice(0, Math.max(equals, 0));
  if (engine !== 'docker' && engine !== 'podman' && engine !== 'containerd') {
    return `--engine takes ${FORMS}, not "${flag}"`;
  }
  const path = flag.slice(equals + 1).replace(/^unix:\/\//, '');
  if (!path.startsWith('/') || path.includes('\0')) {
    return `--engine ${engine}=SOCKET takes the absolute path of a unix socket, not "${flag.slice(equals + 1)}"`;
  }
  return { engine, path };
}
