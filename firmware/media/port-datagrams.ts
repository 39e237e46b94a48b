/** Received datagrams on their way to the port whose socket they came to. */
import type { Clock } from '../../hal/clock.ts';
import type { DatagramBatch } from '../../hal/datagram.ts';
import type { PortSession } from './port-session.ts';

export class PortDatagrams {
  readonly #clock: Clock;
  readonly #batch: DatagramBatch;
  readonly #ports: readonly PortSession[];
  /** What belongs to no session. */
  stray = 0;
  /** When the packets of the batch's turn came. */
  readonly #arrivedMs = new Float64Array(1);
  #turn = -1;

  constructor(clock: Clock, batch: DatagramBatch, ports: readonly PortSession[]) {
    this.#clock = clock;
    this.#batch = batch;
    this.#ports = ports;
  }

  received(slot: number, bytes: Uint8Array, length: number, from: string, fromPort: number): void {
    const shared = slot >= 2 * this.#ports.length;
    const port = this.#ports[(slot >> 1) - (shared ? this.#ports.length : 0)];
    if (port === undefined || port.session < 0 || port.atShared !== shared) {
      this.stray++;
      return;
    }
    this.#lookAtClock();
    if (slot % 2 === 0) port.rtp(bytes, length, from, fromPort, this.#arrivedMs);
    else if (!port.rtcp(bytes, length, from, fromPort, this.#arrivedMs[0] ?? 0)) this.stray++;
  }

  #lookAtClock(): void {
    const { turn } = this.#batch;
    if (turn === this.#turn) return;
    this.#turn = turn;
    this.#arrivedMs[0] = this.#clock.monotonic();
  }
}
