import { errnos, events } from '../../../hal/drivers/dahdi/dahdi-numbers.ts';

const silence = 0xff;

/** Buffers and events of a channel, as the kernel keeps them: events first, then as many buffers each way as were asked for. */
export class FakeBuffers {
  /** What was sent, as the far end hears it. */
  sent: number[] = [];
  /** What the far end says next; then silence. */
  said: number[] = [];
  #events: number[] = [];
  #in: Buffer[] = [];
  #out: Buffer[] = [];
  #buffers = 2;
  #samples = 1024;
  #overrun = false;
  #dry = true;

  clear(): void {
    [this.#events, this.#in, this.#out] = [[], [], []];
  }

  /** SET_BUFINFO. */
  set(buffers: number, samples: number): void {
    [this.#buffers, this.#samples] = [buffers, samples];
  }

  event(number: number): void {
    this.#events.push(number);
  }

  takeEvent(): number {
    return this.#events.shift() ?? events.none;
  }

  get eventWaits(): boolean {
    return this.#events.length > 0;
  }

  read(bytes: Uint8Array): number {
    const block = this.#in.shift();
    if (block === undefined) return -errnos.EAGAIN;
    bytes.set(block.subarray(0, bytes.length));
    return Math.min(block.length, bytes.length);
  }

  write(bytes: Uint8Array): number {
    if (this.#out.length >= this.#buffers) return -errnos.EAGAIN;
    this.#out.push(Buffer.from(bytes.subarray(0, this.#samples)));
    return Math.min(bytes.length, this.#samples);
  }

  /** Samples that wait to be sent. */
  get queued(): number {
    return this.#out.reduce((sum, { length }) => sum + length, 0);
  }

  flushWrite(): void {
    this.#out = [];
  }

  /** Going on-hook forgets both ways. */
  flushBoth(): void {
    [this.#in, this.#out] = [[], []];
  }

  /** One buffer each way, as the card's interrupt does it. */
  pass(): void {
    const said = Buffer.alloc(this.#samples, silence);
    said.set(this.said.splice(0, this.#samples));
    if (this.#in.length < this.#buffers) {
      this.#in.push(said);
      this.#overrun = false;
    } else if (!this.#overrun) {
      this.#overrun = true;
      this.event(events.readOverrun);
    }
    const out = this.#out.shift();
    this.sent.push(...(out ?? Buffer.alloc(this.#samples, silence)));
    if (out === undefined && !this.#dry) this.event(events.writeUnderrun);
    this.#dry = out === undefined;
  }
}
