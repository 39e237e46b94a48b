import type { Clock } from '../../../hal/clock.ts';
import type { Endpoint } from '../../../hal/datagram.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Fingerprint, SecureStreamNet } from '../../../hal/secure-stream.ts';
import type { StreamConnection, StreamListener } from '../../../hal/stream.ts';
import type { Log } from '../../log.ts';
import type { Identity } from '../identity.ts';
import { FrameReader } from './frame-reader.ts';
import { u16 } from './pair-message.ts';

export interface ChannelParts {
  readonly secure: SecureStreamNet;
  readonly clock: Clock;
  readonly log: Log;
  readonly identity: Identity;
  readonly partner: () => { readonly fingerprint: Fingerprint; readonly pairId: string } | null;
  /** Where this unit listens. */
  readonly local: Endpoint;
  /** The partner has shown its certificate, and that it holds this pair. */
  readonly seen: (pairId: string) => void;
}

export type ChannelService = (connection: StreamConnection) => void;

/** 32 digits of the pair, a space, and a name. */
const longestHello = 65;
const dialLimitMs = 5000;
/** From the connection to the name of the service. */
const nameLimitMs = 5000;
const ready = 1;
const otherPair = 2;
const noService = 3;

/**
 * The authenticated way between the two units, for whatever a pair has to say to each other: one connection per conversation.
 *
 *   dialler   frame: '<pair id> <service>'       partner   frame of one byte: ready, or why not
 *
 * From then on the connection is the service's, and the dialler speaks first. The pair id shows a pairing that only one of the two
 * has stored: certificates alone would not, when units pair again.
 */
export class PairChannel {
  readonly #parts: ChannelParts;
  readonly #services = new Map<string, ChannelService>();
  #listener: StreamListener | null = null;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
  }

  /** Must come before the partner dials. */
  serve(name: string, service: ChannelService): void {
    this.#services.set(name, service);
  }

  /** Errors: address-in-use, address-unavailable, permission-denied. */
  async open(): Promise<void> {
    if (this.#listener !== null) return;
    const { secure, local, identity, log } = this.#parts;
    this.#listener = await secure.listen(local, identity, () => this.#partners(), (connection) => this.#accept(connection), (from, error) => {
      log.write('warning', 'pair-stranger', 'Somebody without the certificate of the partner was refused', { address: from?.address, why: error.message });
    });
  }

  close(): void {
    this.#listener?.close();
    this.#listener = null;
  }

  /** Errors: not-found (no partner), unsupported (it has no such service), and those of `SecureStreamNet.dial`. */
  async dial(to: Endpoint, name: string): Promise<StreamConnection> {
    const place = `${to.address}:${to.port}`;
    const partner = this.#parts.partner();
    if (partner === null) throw new HalError('not-found', place, 'this unit has no partner');
    const connection = await this.#parts.secure.dial(to, this.#parts.identity, this.#partners(), dialLimitMs);
    connection.write(frame(new TextEncoder().encode(`${partner.pairId} ${name}`)));
    const [answer] = (await firstFrame(this.#parts.clock, connection, 1)) ?? [];
    if (answer === ready || answer === noService) this.#parts.seen(partner.pairId);
    if (answer === ready) return connection;
    connection.close();
    if (answer === undefined) throw new HalError('connection-lost', place, 'the partner did not answer');
    throw new HalError('unsupported', place, answer === otherPair ? 'the partner holds another pairing with this unit: pair the two again' : `the partner does not serve ${name}`);
  }

  #partners(): readonly Fingerprint[] {
    const partner = this.#parts.partner();
    return partner === null ? [] : [partner.fingerprint];
  }

  #accept(connection: StreamConnection): void {
    void firstFrame(this.#parts.clock, connection, longestHello).then((hello) => {
      const [pairId = '', name = ''] = new TextDecoder().decode(hello ?? new Uint8Array(0)).split(' ');
      const samePair = pairId === this.#parts.partner()?.pairId;
      if (samePair) this.#parts.seen(pairId);
      const service = samePair ? this.#services.get(name) : undefined;
      service?.(connection);
      connection.write(frame(Uint8Array.of(service !== undefined ? ready : samePair ? noService : otherPair)));
      if (service === undefined) connection.close();
    });
  }
}

export function frame(body: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([u16(body.length), body]));
}

/** null = closed, too long, more than one, or not in time. */
export function firstFrame(clock: Clock, connection: StreamConnection, longest: number): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const frames = new FrameReader(longest);
    const done = (body: Uint8Array | null): void => {
      timer.cancel();
      connection.received = null;
      connection.closed = null;
      resolve(body);
    };
    const timer = clock.after('pair channel service', nameLimitMs, () => done(null));
    connection.closed = () => done(null);
    connection.received = (bytes) => {
      const bodies = frames.take(bytes);
      if (bodies === null || bodies.length > 1) return done(null);
      if (bodies.length === 1) done(bodies[0] ?? null);
    };
  });
}
