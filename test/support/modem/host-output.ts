import { ByteQueue } from './byte-queue.ts';
import type { ModemSettings } from './modem-settings.ts';
import type { ModemWire } from './modem-wire.ts';
import { type Result, resultText } from './result-text.ts';

/** Replies always find room beside the samples. */
const replyBytes = 4096;

/** What the modem says to its host: results, texts, codes and samples, in one queue. */
export class HostOutput {
  /** Somebody has the port open; until then all is lost. */
  attached = false;
  readonly #wire: ModemWire;
  readonly #sampleBytes: number;
  readonly #queue: ByteQueue;
  readonly #settings: () => ModemSettings;

  constructor(wire: ModemWire, sampleBytes: number, settings: () => ModemSettings) {
    this.#wire = wire;
    this.#sampleBytes = sampleBytes;
    this.#queue = new ByteQueue(sampleBytes + replyBytes);
    this.#settings = settings;
  }

  result(result: Result): void {
    const { quiet, verbose } = this.#settings();
    if (!quiet) this.send(resultText(result, verbose));
  }

  say(text: string): void {
    this.send(Buffer.from(this.#settings().verbose ? `\r\n${text}\r\n` : `${text}\r\n`, 'latin1'));
  }

  /** Shielded samples; they leave the room that replies need. False: lost, the host takes too little. */
  stream(bytes: Uint8Array): boolean {
    return this.#queue.length + bytes.length <= this.#sampleBytes && this.#queue.push(bytes);
  }

  send(bytes: Uint8Array): void {
    if (this.attached) this.#queue.push(bytes);
  }

  detach(): void {
    this.attached = false;
    this.#queue.clear();
  }

  /** As much as the port takes. */
  flush(): void {
    for (let taken = 1; taken > 0 && this.#queue.length > 0; this.#queue.drop(taken)) taken = this.#wire.write(this.#queue.peek());
  }
}
