/** Where a kept file's last text is: `length` bytes at `at`, where it has `room`; -1 where it is not known. */
export type Slot = { readonly at: number; readonly room: number; length: number };

/** What kept files said when they were last read, so that those which say the same need not become strings again. */
export type KnownTexts = {
  /** All texts: another buffer once `place` had to grow it. */
  readonly bytes: () => Buffer;
  /** A slot for a text of this length, with some room to grow; null for one that is too long to be remembered. */
  readonly place: (length: number) => Slot | null;
  readonly giveBack: (slot: Slot) => void;
};

const FIRST_BYTES = 65_536;
const LEAST_ROOM = 32;
/** The longest cgroup file, memory.stat, has less than half of it. */
const MOST_ROOM = 8192;

export function knownTexts(): KnownTexts {
  let bytes = Buffer.allocUnsafe(FIRST_BYTES);
  let used = 0;
  /** Places that were given back, by their room. */
  const free = new Map<number, number[]>();

  function place(length: number): Slot | null {
    let room = LEAST_ROOM;
    while (room < length) {
      room *= 2;
    }
    if (room > MOST_ROOM) {
      return null;
    }
    const again = free.get(room)?.pop();
    if (again !== undefined) {
      return { at: again, room, length: -1 };
    }
    if (used + room > bytes.length) {
      const larger = Buffer.allocUnsafe(2 * bytes.length);
      bytes.copy(larger, 0, 0, used);
      bytes = larger;
    }
    used += room;
    return { at: used - room, room, length: -1 };
  }

  function giveBack({ at, room }: Slot): void {
    const places = free.get(room);
    if (places === undefined) {
      free.set(room, [at]);
    } else {
      places.push(at);
    }
  }

  return { bytes: () => bytes, place, giveBack };
}
