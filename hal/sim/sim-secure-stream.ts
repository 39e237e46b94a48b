import { createHash, createPrivateKey, sign, verify, X509Certificate } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Endpoint } from '../datagram.ts';
import { HalError } from '../errors.ts';
import type { Random } from '../random.ts';
import { accepts, handshakeLimitMs, refuses, secureConnectionLimit, type Fingerprint, type SecureIdentity, type SecureStreamNet } from '../secure-stream.ts';
import type { StreamConnection, StreamListener, StreamNet } from '../stream.ts';
import { SimSecureConnection } from './sim-secure-connection.ts';

/** So that what speaks something else is noticed at the first bytes. */
const magic = Buffer.from('SIMTLS13');
const nonceBytes = 16;

/**
 * Secure streams over simulated ones, refusing what TLS would refuse:
 *
 *   both       hello: magic, nonce, certificate
 *   both       proof: signature with the certificate's key over the hellos of both
 *   listener   one byte: accepted or not
 */
export class SimSecureStreamNet implements SecureStreamNet {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #net: StreamNet;

  constructor(clock: Clock, random: Random, net: StreamNet) {
    this.#clock = clock;
    this.#random = random;
    this.#net = net;
  }

  listen(local: Endpoint, own: SecureIdentity, partners: () => readonly Fingerprint[], accepted: (connection: StreamConnection, peer: Fingerprint) => void, refused: (from: Endpoint | null, error: HalError) => void = () => {}): Promise<StreamListener> {
    let open = 0;
    return this.#net.listen(local, (wire) => {
      if (open >= secureConnectionLimit) return wire.close();
      open += 1;
      const ended = (): void => void (open -= 1);
      this.#shake(wire, own, partners, false, handshakeLimitMs, ended).then(({ connection, peer }) => accepted(connection, peer), (error: HalError) => refused(wire.remote, error));
    });
  }

  async dial(to: Endpoint, own: SecureIdentity, partners: readonly Fingerprint[], timeoutMs: number): Promise<StreamConnection> {
    const deadlineMs = this.#clock.monotonic() + timeoutMs;
    const wire = await this.#net.connect(to, timeoutMs);
    return (await this.#shake(wire, own, () => partners, true, deadlineMs - this.#clock.monotonic(), () => {})).connection;
  }

  /** `ended` is called once, when the connection is gone. */
  #shake(wire: StreamConnection, own: SecureIdentity, partners: () => readonly Fingerprint[], dialled: boolean, limitMs: number, ended: () => void): Promise<Shaken> {
    return new Promise((resolve, reject) => {
      const hello = Buffer.concat([magic, this.#random.bytes(nonceBytes), own.certificate]);
      const handshake = new Handshake(hello, own, partners, dialled);
      const timer = this.#clock.after('sim secure handshake', limitMs, () => fail(new HalError('timed-out', place(wire.remote), 'no end of the handshake')));
      const fail = (error: HalError, last: Uint8Array | null = null): void => {
        timer.cancel();
        if (last !== null) wire.write(last);
        wire.received = null;
        wire.close();
        reject(error);
      };
      wire.closed = (error) => {
        ended();
        fail(error ?? new HalError('connection-lost', place(wire.remote), 'closed during the handshake'));
      };
      wire.received = (bytes) => {
        const step = handshake.take(bytes, place(wire.remote));
        if (step.kind === 'more') return void (step.send !== null && wire.write(step.send));
        if (step.kind === 'failed') return fail(step.error, dialled ? null : framed(Uint8Array.of(refuses)));
        timer.cancel();
        if (!dialled) wire.write(framed(Uint8Array.of(accepts)));
        const connection = new SimSecureConnection(wire, step.seed, dialled);
        const passOn = wire.closed;
        wire.closed = (error) => {
          ended();
          passOn?.(error);
        };
        connection.hold();
        connection.take(step.rest);
        resolve({ connection, peer: step.peer });
        this.#clock.after('sim secure first bytes', 0, () => connection.release());
      };
      wire.write(framed(hello));
    });
  }
}

type Step =
  | { readonly kind: 'more'; readonly send: Uint8Array | null }
  | { readonly kind: 'failed'; readonly error: HalError }
  | { readonly kind: 'done'; readonly seed: Uint8Array; readonly rest: Uint8Array; readonly peer: Fingerprint };

interface Shaken {
  readonly connection: StreamConnection;
  readonly peer: Fingerprint;
}

const longestFrame = 4096;

class Handshake {
  readonly #hello: Uint8Array;
  readonly #own: SecureIdentity;
  readonly #partners: () => readonly Fingerprint[];
  readonly #dialled: boolean;
  #buffer = Buffer.alloc(0);
  #theirs: Buffer | null = null;
  #proven = false;
  #peer: Fingerprint = '';

  constructor(hello: Uint8Array, own: SecureIdentity, partners: () => readonly Fingerprint[], dialled: boolean) {
    this.#hello = hello;
    this.#own = own;
    this.#partners = partners;
    this.#dialled = dialled;
  }

  take(bytes: Uint8Array, where: string): Step {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    let send: Uint8Array | null = null;
    for (let frame = this.#frame(); frame !== null; frame = this.#frame()) {
      const step = this.#step(frame, where);
      if (step.kind !== 'more') return step;
      send = step.send ?? send;
    }
    const foreign = this.#theirs === null && this.#buffer.length >= 2 + magic.length && !this.#buffer.subarray(2, 2 + magic.length).equals(magic);
    return foreign ? failed(where, 'it does not speak this protocol') : { kind: 'more', send };
  }

  #step(frame: Buffer, where: string): Step {
    if (this.#theirs === null) return this.#takeHello(frame, where);
    if (!this.#proven) return this.#takeProof(this.#theirs, frame, where);
    return frame[0] === accepts ? this.#done() : failed(where, 'the other end does not accept the certificate of this unit');
  }

  #takeHello(frame: Buffer, where: string): Step {
    if (frame.length === 1) return failed(where, 'the other end does not accept the certificate of this unit');
    if (!frame.subarray(0, magic.length).equals(magic)) return failed(where, 'it does not speak this protocol');
    this.#theirs = frame;
    const key = createPrivateKey({ key: Buffer.from(this.#own.privateKey), format: 'der', type: 'pkcs8' });
    return { kind: 'more', send: framed(sign(null, transcript(this.#hello, frame), key)) };
  }

  #takeProof(theirs: Buffer, frame: Buffer, where: string): Step {
    const certificate = theirs.subarray(magic.length + nonceBytes);
    const fingerprint = createHash('sha256').update(certificate).digest('hex');
    if (!this.#partners().includes(fingerprint)) return failed(where, `it showed an unknown certificate, ${fingerprint}`);
    const key = new X509Certificate(certificate).publicKey;
    if (!verify(null, transcript(theirs, this.#hello), key, frame)) return failed(where, 'it does not have the key of its certificate');
    this.#proven = true;
    this.#peer = fingerprint;
    return this.#dialled ? { kind: 'more', send: null } : this.#done();
  }

  #done(): Step {
    const [there, back] = this.#dialled ? [this.#hello, this.#theirs] : [this.#theirs, this.#hello];
    return { kind: 'done', seed: Buffer.concat([there ?? Buffer.alloc(0), back ?? Buffer.alloc(0)]), rest: this.#buffer, peer: this.#peer };
  }

  /** The next whole frame; a length that is too long never becomes one. */
  #frame(): Buffer | null {
    if (this.#buffer.length < 2) return null;
    const end = 2 + this.#buffer.readUInt16BE(0);
    if (end > longestFrame || this.#buffer.length < end) return null;
    const frame = this.#buffer.subarray(2, end);
    this.#buffer = this.#buffer.subarray(end);
    return frame;
  }
}

/** What the sender of `from` signs: its hello first. */
const transcript = (from: Uint8Array, to: Uint8Array): Buffer => Buffer.concat([from, to]);

function framed(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const failed = (where: string, why: string): Step => ({ kind: 'failed', error: new HalError('wrong-certificate', where, why) });

function place({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}
