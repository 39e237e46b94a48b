import type { Clock, Timer } from '../../hal/clock.ts';
import { plainSerial, type SerialPort, type SerialPorts } from '../../hal/serial.ts';
import { beatBytes } from './beat.ts';
import { cobsFrame, CobsReader } from './cobs.ts';
import type { LinkSettings } from './link-protocol.ts';
import { serialBeatMs, serialEvery } from './serial-pace.ts';

export type SerialWaySettings = NonNullable<LinkSettings['serial']>;

export interface SerialWayUser {
  readonly listening: () => void;
  /** null: something came that is no frame. `bytes` are the receiver's own. */
  readonly received: (bytes: Uint8Array | null) => void;
  /** The device can be used, or is gone. */
  readonly there: (there: boolean) => void;
  /** It cannot be opened; it is tried again, and told again when it is for another reason. */
  readonly deaf: (error: unknown) => void;
}

const openRetryMs = 1000;
/** Beats that may wait to leave: news, and one of each second. What waits longer is told too late. */
const maxWaiting = 3;

/** The way to the partner over a serial line: beats in frames, as many as the line takes. */
export class SerialWay {
  failures = 0;
  readonly #clock: Clock;
  readonly #ports: SerialPorts;
  readonly #settings: SerialWaySettings;
  readonly #user: SerialWayUser;
  readonly #every: number;
  readonly #beatMs: number;
  #port: SerialPort | null = null;
  #retry: Timer | null = null;
  #beats = 0;
  /** When the last byte that was written is on the line. */
  #freeAtMs = 0;
  #deaf = '';
  #closed = false;

  constructor(clock: Clock, ports: SerialPorts, settings: SerialWaySettings, beatMs: number, user: SerialWayUser) {
    this.#clock = clock;
    this.#ports = ports;
    this.#settings = settings;
    this.#user = user;
    this.#every = serialEvery(settings.baud, beatMs);
    this.#beatMs = serialBeatMs(settings.baud);
  }

  open(): void {
    void this.#open();
  }

  /** `urgent`: it tells something new. `bytes` may be reused afterwards. */
  send(bytes: Uint8Array, urgent: boolean): void {
    if (this.#port === null || (!urgent && this.#beats++ % this.#every !== 0)) return;
    const nowMs = this.#clock.monotonic();
    const waitsMs = this.#freeAtMs - nowMs;
    // An ordinary beat that would have to wait says nothing that the one before it does not say.
    if (waitsMs > (urgent ? maxWaiting * this.#beatMs : 0)) return;
    if (!this.#port.write(cobsFrame(bytes))) return void this.failures++;
    this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + this.#beatMs;
  }

  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
    void this.#port?.close();
    this.#port = null;
  }

  async #open(): Promise<void> {
    try {
      const port = await this.#ports.open(this.#settings.device, plainSerial(this.#settings.baud));
      if (this.#closed) return void port.close();
      this.#use(port);
    } catch (error) {
      if (this.#closed) return;
      if (String(error) !== this.#deaf) this.#user.deaf(error);
      this.#deaf = String(error);
      this.#gone();
    }
  }

  #use(port: SerialPort): void {
    const reader = new CobsReader(beatBytes, (bytes) => this.#user.received(bytes));
    port.received = (bytes) => reader.read(bytes);
    port.closed = (error) => {
      this.#deaf = String(error);
      this.#user.deaf(error);
      this.#gone();
    };
    this.#port = port;
    this.#freeAtMs = 0;
    this.#deaf = '';
    // Ends what noise, or a beat of which the beginning was missed, has begun.
    port.write(Uint8Array.of(0));
    this.#user.there(true);
    this.#user.listening();
  }

  #gone(): void {
    this.#port = null;
    this.#user.there(false);
    this.#retry = this.#clock.after('pair serial', openRetryMs, () => void this.#open());
  }
}
