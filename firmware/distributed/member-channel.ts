import type { Clock } from '../../hal/clock.ts';
import type { Endpoint } from '../../hal/datagram.ts';
import { HalError } from '../../hal/errors.ts';
import type { Fingerprint, SecureIdentity, SecureStreamNet } from '../../hal/secure-stream.ts';
import type { StreamConnection, StreamListener } from '../../hal/stream.ts';
import type { Identity } from '../failover/identity.ts';
import { firstFrame, frame } from '../failover/pairing/pair-channel.ts';
import type { Log } from '../log.ts';

export interface MemberChannelParts {
  readonly secure: SecureStreamNet;
  readonly clock: Clock;
  readonly log: Log;
  readonly identity: Identity;
  readonly local: Endpoint;
  /** Distributed units of the site; asked for each connection. */
  readonly members: () => readonly Fingerprint[];
  /** This unit serves: a standby sends members to the one that does. */
  readonly serves: () => boolean;
}

export type MemberService = (connection: StreamConnection, member: Fingerprint) => void;

/** The channel of distributed units is so many ports above `pair.port`. */
export const memberPortAbove = 2;
const longestName = 32;
/** One byte and a fingerprint. */
const longestAnswer = 65;
const ready = 1;
const standby = 2;
const noService = 3;
/** Addresses whose refusal was told; a removed unit tries for ever. */
const maxTold = 256;

/**
 * The way from distributed units to the unit that serves as their central one: TLS between members, one connection per conversation.
 *
 *   member   frame: '<service>'       central   frame: one byte, ready or why not, and its own fingerprint
 *
 * From then on the connection is the service's, and the member speaks first.
 */
export class MemberChannel {
  readonly #parts: MemberChannelParts;
  readonly #services = new Map<string, MemberService>();
  readonly #told = new Set<string>();
  #listener: StreamListener | null = null;

  constructor(parts: MemberChannelParts) {
    this.#parts = parts;
  }

  serve(name: string, service: MemberService): void {
    this.#services.set(name, service);
  }

  /** Errors: address-in-use, address-unavailable, permission-denied. */
  async open(): Promise<void> {
    const { secure, local, identity, members } = this.#parts;
    this.#listener = await secure.listen(local, identity, members, (connection, member) => this.#accept(connection, member), (from, error) => this.#stranger(from, error));
  }

  close(): void {
    this.#listener?.close();
    this.#listener = null;
  }

  /** The members have changed: who is refused from now on is told anew. */
  membersChanged(): void {
    this.#told.clear();
  }

  #accept(connection: StreamConnection, member: Fingerprint): void {
    const { clock, identity, serves, members } = this.#parts;
    void firstFrame(clock, connection, longestName).then((hello) => {
      const service = this.#services.get(new TextDecoder().decode(hello ?? new Uint8Array(0)));
      // It may have been removed since it was let in.
      const word = service === undefined || !members().includes(member) ? noService : serves() ? ready : standby;
      if (word === ready) service?.(connection, member);
      connection.write(frame(Buffer.concat([Uint8Array.of(word), new TextEncoder().encode(identity.fingerprint)])));
      if (word !== ready) connection.close();
    });
  }

  #stranger(from: Endpoint | null, error: HalError): void {
    const address = from?.address ?? '';
    if (this.#told.has(address) || this.#told.size >= maxTold) return;
    this.#told.add(address);
    this.#parts.log.write('warning', 'member-stranger', 'A unit that is no member of this site was refused; that is not told again for this address', { address, why: error.message });
  }
}

export interface CentralDial {
  readonly secure: SecureStreamNet;
  readonly clock: Clock;
  readonly own: SecureIdentity;
  /** Certificates of the central pair. */
  readonly central: readonly Fingerprint[];
  readonly to: Endpoint;
  readonly service: string;
  readonly limitMs: number;
}

/** A unit that answered as the central one. */
export interface Reached {
  readonly connection: StreamConnection;
  readonly unit: Fingerprint;
}

/** From a distributed unit. Errors: busy (a standby answered), unsupported, and those of `SecureStreamNet.dial`. */
export async function dialCentral({ secure, clock, own, central, to, service, limitMs }: CentralDial): Promise<Reached> {
  const place = `${to.address}:${to.port}`;
  const connection = await secure.dial(to, own, central, limitMs);
  connection.write(frame(new TextEncoder().encode(service)));
  const answer = await firstFrame(clock, connection, longestAnswer);
  const unit = new TextDecoder().decode(answer?.subarray(1) ?? new Uint8Array(0));
  if (answer?.[0] === ready && central.includes(unit)) return { connection, unit };
  connection.close();
  if (answer === null) throw new HalError('connection-lost', place, 'the central unit did not answer');
  if (answer[0] === standby) throw new HalError('busy', place, 'that unit is a standby');
  throw new HalError('unsupported', place, `the central unit does not serve ${service}`);
}
