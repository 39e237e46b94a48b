import type { Clock, Timer } from '../../clock.ts';
import type { HalError } from '../../errors.ts';
import type { SerialPort, SerialPorts, SerialSettings } from '../../serial.ts';
import { type AtReply, type DialogueInput, dialogueStep, silentDialogue } from './at-dialogue.ts';
import { DleDecoder, type DleSink, etx } from './dle-codec.ts';
import { TextLines } from './text-lines.ts';

export interface LinkListener {
  /** A byte of a sample. */
  sample(byte: number): void;
  /** The character after a DLE. */
  code(code: string): void;
  /** DLE ETX. */
  end(): void;
  unsolicited(line: string): void;
  closed(error: HalError): void;
}

/** Text of a complex event (V.253 clause 9.2.3): longer is none. */
const longestEvent = 256;

/**
 * The serial line of one modem: bytes -> shielding -> samples, codes, lines -> one command and its reply at a time.
 *
 * `samples` says what unshielded bytes are; it turns false with DLE ETX, at that very byte.
 */
export class ModemLink implements DleSink {
  listener: LinkListener | null = null;
  /** The sequence of commands that has the link; null = none. */
  session: object | null = null;
  /** Between an answer and the next command: many modems are deaf for a while. */
  gapMs = 100;
  readonly #ports: SerialPorts;
  readonly #device: string;
  readonly #settings: SerialSettings;
  readonly #clock: Clock;
  readonly #decoder = new DleDecoder(this);
  readonly #lines = new TextLines((line) => this.#step({ type: 'line', line }));
  #port: SerialPort | null = null;
  #dialogue = silentDialogue;
  #done: ((reply: AtReply) => void) | null = null;
  #timer: Timer | null = null;
  #waiting: Timer | null = null;
  #answeredMs: number;
  #samples = false;
  #skipLineFeed = false;
  /** Bytes that a complex event may still have; 0 = not within one. */
  #eventBytes = 0;
  #closed = false;

  constructor(ports: SerialPorts, device: string, settings: SerialSettings, clock: Clock) {
    this.#ports = ports;
    this.#device = device;
    this.#settings = settings;
    this.#clock = clock;
    this.#answeredMs = clock.monotonic();
  }

  /** Errors: those of `SerialPorts.open`. */
  async open(): Promise<void> {
    const port = await this.#ports.open(this.#device, this.#settings);
    if (this.#closed) return port.close();
    this.#port = port;
    port.received = (bytes) => this.#decoder.feed(bytes);
    port.closed = (error) => this.#gone(error);
  }

  /** To be opened again. */
  async shut(): Promise<void> {
    const port = this.#port;
    this.#port = null;
    this.reset();
    await port?.close();
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => void (this.#waiting = this.#clock.after('modem wait', ms, resolve)));
  }

  set samples(are: boolean) {
    if (are === this.#samples) return;
    this.#samples = are;
    if (are) this.#skipLineFeed = true;
    else this.#lines.reset();
  }

  /** Queues a copy. False = the modem does not take it, or is gone. */
  write(bytes: Uint8Array): boolean {
    return this.#port?.write(bytes) ?? false;
  }

  /** '' sends nothing. A command that still waits is forgotten. `done` is never called from inside. */
  ask(command: string | Uint8Array, limitMs: number, done: (reply: AtReply) => void): void {
    this.#timer?.cancel();
    this.#done = done;
    const gapMs = typeof command === 'string' && command !== '' ? Math.max(0, this.#answeredMs + this.gapMs - this.#clock.monotonic()) : 0;
    this.#step({ type: 'asked', command: typeof command === 'string' ? command : '' });
    if (gapMs > 0) this.#timer = this.#clock.after('modem gap', gapMs, () => this.#send(command, limitMs));
    else this.#send(command, limitMs);
  }

  /** As after power-on, in our own view. */
  reset(): void {
    this.#timer?.cancel();
    this.#waiting?.cancel();
    this.#done = null;
    this.samples = false;
    this.#eventBytes = 0;
    this.#decoder.reset();
    this.#step({ type: 'reset' });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.listener = null;
    this.session = null;
    await this.shut();
  }

  /** @internal */
  data(byte: number): void {
    if (this.#skipLineFeed) {
      this.#skipLineFeed = false;
      if (byte === 0x0a) return;
    }
    if (this.#eventBytes > 0) this.#eventBytes--;
    else if (this.#samples) return this.listener?.sample(byte);
    this.#lines.feed(byte);
  }

  /** @internal */
  code(byte: number): void {
    this.#skipLineFeed = false;
    if (byte === etx) {
      this.samples = false;
      return this.listener?.end();
    }
    const code = String.fromCharCode(byte);
    if (code === 'X') this.#eventBytes = longestEvent;
    else if (code === '.') this.#eventBytes = 0;
    else this.listener?.code(code);
  }

  #send(command: string | Uint8Array, limitMs: number): void {
    const bytes = typeof command === 'string' ? Uint8Array.from(command === '' ? '' : `${command}\r`, (character) => character.charCodeAt(0)) : command;
    if (bytes.length > 0) this.write(bytes);
    this.#timer = this.#clock.after('modem answer', limitMs, () => this.#step({ type: 'timed-out' }));
  }

  #step(input: DialogueInput): void {
    const { state, reply, unsolicited } = dialogueStep(this.#dialogue, input);
    this.#dialogue = state;
    if (unsolicited !== null) this.listener?.unsolicited(unsolicited);
    if (reply === null) return;
    this.#timer?.cancel();
    this.#answeredMs = this.#clock.monotonic();
    const done = this.#done;
    this.#done = null;
    done?.(reply);
  }

  /** Whoever waits for an answer gets none. */
  #gone(error: HalError): void {
    this.#port = null;
    this.listener?.closed(error);
    this.#step({ type: 'timed-out' });
  }
}
