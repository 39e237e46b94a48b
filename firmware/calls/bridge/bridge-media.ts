import type { MediaCommand, MediaDirection, MediaEvent, MediaSettings } from '../../media/media-protocol.ts';
import type { Clock } from '../../../hal/clock.ts';
import { heldMedia } from '../held-media.ts';
import { HoldLimit } from '../hold-limit.ts';
import { MediaChannel } from '../media-channel.ts';
import type { Port } from '../port-pool.ts';

export interface BridgeMediaParts {
  /** One; two where a line meets a line. */
  readonly ports: readonly Port[];
  readonly send: (command: MediaCommand) => void;
  /** A key came as audio or as RFC 4733: the media thread has passed it on already. */
  readonly digit: () => void;
  /** No RTP for so long, and it was expected. */
  readonly silent: (silentMs: number) => void;
  /** Nobody has taken the call off hold. */
  readonly heldTooLong: (text: string) => void;
  readonly clock: Clock;
  /** Every session that ran has let go of its port. */
  readonly stopped: () => void;
}

/** The audio of a bridged call. A line that meets RTP is one session; two lines are two, which send to each other within the unit. */
export class BridgeMedia {
  readonly #parts: BridgeMediaParts;
  readonly #channels: readonly MediaChannel[];
  readonly #hold: HoldLimit;
  #directionAtFirst: MediaDirection = 'sendrecv';
  #agreed: MediaSettings | null = null;
  /** Sessions that run. */
  #running = 0;

  constructor(parts: BridgeMediaParts) {
    this.#parts = parts;
    this.#hold = new HoldLimit(parts.clock, parts.heldTooLong);
    this.#channels = parts.ports.map((port) => new MediaChannel(port, parts.send, this.#handlers()));
  }

  /** What the SIP leg and its peer have agreed on, at first or anew. */
  agreed(settings: MediaSettings): void {
    if (this.#agreed === null) this.#directionAtFirst = settings.direction;
    this.#agreed = heldMedia(settings, this.#directionAtFirst);
    this.#hold.agreed(this.#agreed.direction);
    if (this.#running > 0) this.#channels[0]?.update(this.#agreed);
  }

  /** The line and RTP as agreed. */
  start(line: number): void {
    if (this.#agreed !== null && this.#running === 0) this.#startLine(0, line, this.#agreed);
  }

  /** Two lines. `between`: how each reaches the other's port. */
  startBoth(lines: readonly [number, number], between: readonly [MediaSettings, MediaSettings]): void {
    if (this.#running > 0) return;
    lines.forEach((line, at) => this.#startLine(at, line, between[1 - at] as MediaSettings));
  }

  /** A key that SIP told by INFO, for the line. */
  key(digit: string): void {
    if (this.#running > 0) this.#channels[0]?.sendDigits(digit);
  }

  stop(): void {
    if (this.#running > 0) for (const channel of this.#channels) channel.stop();
  }

  /** The call is over. */
  end(): void {
    this.#hold.end();
  }

  handle(event: MediaEvent): void {
    for (const channel of this.#channels) channel.handle(event);
  }

  #startLine(at: number, line: number, bridge: MediaSettings): void {
    const port = this.#parts.ports[at];
    if (port === undefined) return;
    this.#running += 1;
    this.#parts.send({ type: 'start-line', port: port.index, session: port.session, line, bridge });
  }

  #handlers(): ConstructorParameters<typeof MediaChannel>[2] {
    const nothing = (): void => undefined;
    return {
      digit: () => this.#parts.digit(),
      played: nothing, unplayable: nothing, chunk: nothing, recorded: nothing,
      silent: (silentMs) => this.#parts.silent(silentMs),
      stopped: () => {
        this.#running -= 1;
        if (this.#running === 0) this.#parts.stopped();
      },
    };
  }
}

/** How one port of the unit sends to another: RFC 4733 carries keys, so that they are heard once. */
export const toPortAt = (address: string, port: number, codec: MediaSettings['codec']): MediaSettings => ({
  remote: { address, port },
  remoteRtcp: null,
  codec,
  payloadType: codec === 'PCMU' ? 0 : 8,
  eventPayloadType: 101,
  direction: 'sendrecv',
  ptimeMs: 20,
});
