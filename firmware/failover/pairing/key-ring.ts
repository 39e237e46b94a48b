/** A key of the heartbeat's HMAC. Ids count up from 1 within a pair, so that a beat can say which key it was made with. */
export interface BeatKey {
  readonly id: number;
  /** 32 bytes, base64. */
  readonly key: string;
}

/**
 * The keys of a pair as one unit holds them. Each step is made durable before the other unit is told of it, so at any moment, with
 * either unit cut off or restarted, each accepts what the other sends with:
 *
 *                 who rotates                        the partner
 *                 next = 2, sends with 1  ── offer ─>
 *                                                    next = 2, sends with 1
 *                                       <─ accepted ──
 *                 current = 2, previous = 1 ── use ─>
 *                                                    current = 2, previous = 1
 *                                        <─ using ──
 *                 some minutes later: previous = null on both
 */
export interface KeyRing {
  /** What is sent with. */
  readonly current: BeatKey;
  /** Still accepted. */
  readonly previous: BeatKey | null;
  /** Already accepted. */
  readonly next: BeatKey | null;
}

export type RingInput =
  /** A fresh key of our own making, or one that the partner offers. */
  | { readonly kind: 'offer'; readonly key: BeatKey }
  | { readonly kind: 'use'; readonly id: number }
  | { readonly kind: 'drop-previous' };

export const newRing = (key: string): KeyRing => ({ current: { id: 1, key }, previous: null, next: null });

/** All that a received beat may have been made with. */
export function acceptedKeys({ current, previous, next }: KeyRing): readonly BeatKey[] {
  return [current, next, previous].filter((key) => key !== null);
}

/** The ring after `input`; the same ring when it was done already; null = it does not follow from where this ring stands. */
export function turn(ring: KeyRing, input: RingInput): KeyRing | null {
  const { current, next } = ring;
  switch (input.kind) {
    case 'offer':
      if (sameKey(input.key, current) || sameKey(input.key, next)) return ring;
      return input.key.id === current.id + 1 && next === null ? { ...ring, next: input.key } : null;
    case 'use':
      if (input.id === current.id) return ring;
      return next !== null && input.id === next.id ? { current: next, previous: current, next: null } : null;
    case 'drop-previous':
      return ring.previous === null ? ring : { ...ring, previous: null };
  }
}

const sameKey = (one: BeatKey, other: BeatKey | null): boolean => other !== null && one.id === other.id && one.key === other.key;
