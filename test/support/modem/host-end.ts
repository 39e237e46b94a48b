import type { SerialPort } from '../../../hal/serial.ts';
import type { SimClock } from '../../../hal/sim/sim-clock.ts';

/** The host's end of a simulated cable, by hand: what was heard, as Latin-1. */
export class HostEnd {
  heard = '';
  readonly #port: SerialPort;
  readonly #clock: SimClock;

  constructor(port: SerialPort, clock: SimClock) {
    this.#port = port;
    this.#clock = clock;
    port.received = (bytes) => void (this.heard += Buffer.from(bytes).toString('latin1'));
  }

  write(bytes: Uint8Array | string): void {
    if (!this.#port.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)) throw new Error('the cable took nothing');
  }

  /** Sends a command line and returns the answer, up to and with its result. */
  async ask(line: string, result = /(?:OK|ERROR|CONNECT|NO CARRIER|NO DIALTONE|VCON)\r\n|^\d\r$/, limitMs = 20_000): Promise<string> {
    this.heard = '';
    this.write(`AT${line}\r`);
    await this.#clock.until(() => result.test(this.heard), limitMs);
    const { heard } = this;
    this.heard = '';
    return heard;
  }
}
