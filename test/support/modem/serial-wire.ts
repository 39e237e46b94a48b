import type { SerialPort } from '../../../hal/serial.ts';
import type { ModemWire } from './modem-wire.ts';

/** The modem at the end of any serial port of `hal`: with `SimSerialCable`, modem and driver live in virtual time. */
export class SerialWire implements ModemWire {
  readonly #port: SerialPort;
  #waiting: Uint8Array = new Uint8Array(0);

  constructor(port: SerialPort) {
    this.#port = port;
    port.received = (bytes) => void (this.#waiting = Buffer.concat([this.#waiting, bytes]));
  }

  read(limit: number): Uint8Array {
    const bytes = this.#waiting.subarray(0, Math.max(0, limit));
    this.#waiting = this.#waiting.subarray(bytes.length);
    return bytes;
  }

  write(bytes: Uint8Array): number {
    const some = bytes.subarray(0, 256);
    return this.#port.write(some) ? some.length : 0;
  }

  close(): void {
    void this.#port.close();
  }
}
