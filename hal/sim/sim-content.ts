/** What may become of a change that was not synced when the power went: all of it, nothing, its first half, or zeros in its place. */
export type Fate = 'keep' | 'drop' | 'tear' | 'zero';

/** Decides the fate of each change when the power goes; of a name, 'keep' keeps it and all else loses it. */
export type Fates = (what: 'data' | 'name') => Fate;

/** One change of a file's content that is not durable yet. */
interface Change {
  /** null: a change of size alone. */
  readonly bytes: Uint8Array | null;
  /** Of the first byte, or the new size. */
  readonly position: number;
  /** A sync failed after it: no later sync makes it durable, though the medium may have it by chance. */
  stranded: boolean;
}

/** The content of one simulated file: what a reader sees, and what the medium is sure to have. */
export class SimContent {
  #live: Uint8Array;
  #durable: Uint8Array;
  #pending: Change[] = [];
  modifiedMs = 0;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#live = bytes;
    this.#durable = bytes;
  }

  get size(): number {
    return this.#live.length;
  }

  read(into: Uint8Array, position: number): number {
    const part = this.#live.subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#change({ bytes: bytes.slice(), position, stranded: false });
  }

  resize(size: number): void {
    if (size !== this.size) this.#change({ bytes: null, position: size, stranded: false });
  }

  sync(): void {
    for (const change of this.#pending) if (!change.stranded) this.#durable = applied(this.#durable, change, 'keep');
    this.#pending = this.#pending.filter((change) => change.stranded);
  }

  /** A sync that failed: the kernel forgets that these changes still had to be written. */
  strand(): void {
    for (const change of this.#pending) change.stranded = true;
  }

  /** Flips one bit on the medium, under everybody's feet. */
  flip(bit: number): void {
    this.#live = this.#live.slice();
    this.#live[bit >> 3] = (this.#live[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    this.#durable = this.#live.slice();
  }

  /** The content after a power cut. */
  survivor(fates: Fates): SimContent {
    let bytes = this.#durable;
    for (const change of this.#pending) bytes = applied(bytes, change, fates('data'));
    return new SimContent(bytes);
  }

  #change(change: Change): void {
    this.#live = applied(this.#live, change, 'keep');
    this.#pending.push(change);
  }
}

/** A new array; the old one stays as it is, because the durable and the live view may share it. */
function applied(old: Uint8Array, change: Change, fate: Fate): Uint8Array {
  if (fate === 'drop') return old;
  if (change.bytes === null) return fate === 'keep' ? resized(old, change.position) : old;
  const kept = fate === 'tear' ? change.bytes.length >> 1 : change.bytes.length;
  const next = resized(old, Math.max(old.length, change.position + kept));
  if (fate === 'zero') next.fill(0, change.position, change.position + kept);
  else next.set(change.bytes.subarray(0, kept), change.position);
  return next;
}

function resized(old: Uint8Array, size: number): Uint8Array {
  const next = new Uint8Array(size);
  next.set(old.subarray(0, size));
  return next;
}
