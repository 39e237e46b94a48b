import type { Clock } from '../../../hal/clock.ts';
import type { DatagramNet, DatagramSocket, Endpoint } from '../../../hal/datagram.ts';
import { HalError, type HalErrorId } from '../../../hal/errors.ts';
import type { Random } from '../../../hal/random.ts';
import { randomHex } from '../session/session-parts.ts';
import { makeRequest, serialise } from '../syntax/build-message.ts';
import { parseMessage } from '../syntax/parse-message.ts';
import { formatHost } from '../syntax/uri.ts';
import { sipLimits } from '../message.ts';

export interface SelfProbeParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly datagram: DatagramNet;
  readonly product: string;
  /** Where the unit listens; null = not on UDP. */
  readonly target: () => Endpoint | null;
  /** Lets a question from there in; null = no more. */
  readonly admit: (from: Endpoint | null) => void;
}

/** An answer of our own machine comes within a millisecond; a busy one takes a little longer. */
const answerMs = 2000;
/** UDP may lose one even here, when the socket's buffer is full of other packets. */
const askEveryMs = 500;

/** The machine has lost the address, or its loopback interface: nothing follows from that for the sockets, which work again when it is back. */
const unknowable: readonly HalErrorId[] = ['address-unavailable', 'unreachable'];

/** Asks the unit by OPTIONS (RFC 3261 11) whether it answers, through a socket of its own and the unit's: all that a peer's question goes through. */
export class SelfProbe {
  readonly #parts: SelfProbeParts;
  #running: Promise<string | null> | null = null;

  constructor(parts: SelfProbeParts) {
    this.#parts = parts;
  }

  /** Any answer is one. Resolves to why there was none, as a sentence without its full stop; null = there was one, or it cannot be known. Never rejects. */
  ask(): Promise<string | null> {
    this.#running ??= this.#ask().finally(() => (this.#running = null));
    return this.#running;
  }

  async #ask(): Promise<string | null> {
    const target = this.#parts.target();
    if (target === null) return null;
    try {
      const socket = await this.#parts.datagram.bind({ address: target.address, port: 0 });
      return await this.#through(socket, target);
    } catch (error) {
      if (error instanceof HalError && unknowable.includes(error.id)) return null;
      return `SIP could not be asked (${error instanceof Error ? error.message : String(error)})`;
    }
  }

  async #through(socket: DatagramSocket, target: Endpoint): Promise<string | null> {
    const { admit, clock } = this.#parts;
    const callId = randomHex(this.#parts.random, 12);
    const question = this.#question(socket.local, target, callId);
    admit(socket.local);
    try {
      return await new Promise<string | null>((resolve) => {
        const again = (left: number): void => {
          socket.send(question, target);
          timer = clock.after('self probe', askEveryMs, () => (left > 1 ? again(left - 1) : resolve(`SIP on port ${target.port} does not answer the unit itself within ${answerMs / 1000} s`)));
        };
        let timer = clock.after('self probe', 0, () => again(answerMs / askEveryMs));
        // A refusal, since nobody listens, is no answer: the time limit says so.
        socket.failed = (error) => {
          if (!unknowable.includes(error.id)) return;
          timer.cancel();
          resolve(null);
        };
        socket.received = (bytes) => {
          if (!isAnswer(bytes, callId)) return;
          timer.cancel();
          resolve(null);
        };
      });
    } finally {
      admit(null);
      socket.close();
    }
  }

  #question(from: Endpoint, to: Endpoint, callId: string): Uint8Array {
    const { random, product } = this.#parts;
    const request = makeRequest('OPTIONS', `sip:${formatHost(to.address)}:${to.port}`, [
      { name: 'Via', value: `SIP/2.0/UDP ${formatHost(from.address)}:${from.port};branch=z9hG4bK${randomHex(random, 8)}` },
      { name: 'Max-Forwards', value: '1' },
      { name: 'From', value: `<sip:${formatHost(from.address)}>;tag=${randomHex(random, 6)}` },
      { name: 'To', value: `<sip:${formatHost(to.address)}>` },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: '1 OPTIONS' },
      { name: 'User-Agent', value: product },
    ]);
    return serialise(request);
  }
}

function isAnswer(bytes: Uint8Array, callId: string): boolean {
  const result = parseMessage(bytes, sipLimits.udpBytes);
  return result.outcome === 'message' && result.message.kind === 'response' && result.message.headers.get('Call-ID') === callId;
}
