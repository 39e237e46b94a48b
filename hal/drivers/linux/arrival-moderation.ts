/**
 * When to be woken by each packet, and when to look for packets now and then instead, as network cards moderate their interrupts. A wake-up
 * costs more than the packet that it brings; from some twenty streams on, looking every `lookEveryMs` is cheaper, and a voice packet that
 * waits so long harms nobody. The pure part: counts in, decisions out.
 *
 *   woken ── more than `wakesToModerate` in `windowMs` ──> looking ── fewer than `packetsToWake` in `looksToWake` looks ──> woken
 */
export const lookEveryMs = 5;
const windowMs = 20;
const wakesToModerate = 16;
const looksToWake = 40;
const packetsToWake = 80;

export class ArrivalModeration {
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #wakes = 0;
  #looks = 0;
  #packets = 0;

  /** One wake-up at `nowMs`, monotonic. True: look from now on. */
  woke(nowMs: number): boolean {
    if (nowMs - this.#windowStartMs >= windowMs) {
      this.#windowStartMs = nowMs;
      this.#wakes = 0;
    }
    this.#wakes++;
    if (this.#wakes <= wakesToModerate) return false;
    this.#wakes = this.#looks = this.#packets = 0;
    return true;
  }

  /** One look that found so many packets. True: be woken from now on. */
  looked(packets: number): boolean {
    this.#looks++;
    this.#packets += packets;
    if (this.#looks < looksToWake) return false;
    const few = this.#packets < packetsToWake;
    this.#looks = this.#packets = 0;
    return few;
  }
}
