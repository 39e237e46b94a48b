import type { DatagramSocket, Endpoint } from '../../../hal/datagram.ts';
import type { SimClock } from '../../../hal/sim/sim-clock.ts';
import type { SimNetwork } from '../../../hal/sim/sim-net.ts';
import type { SipMessage, SipRequest, SipResponse } from '../../../firmware/sip/message.ts';
import { createHeaders } from '../../../firmware/sip/syntax/headers.ts';

export interface Heard<M extends SipMessage = SipMessage> {
  /** Virtual time of arrival, milliseconds. */
  readonly atMs: number;
  readonly from: Endpoint;
  readonly text: string;
  readonly message: M;
}

export const unitAddress = '10.0.0.2';
export const unitAt: Endpoint = { address: unitAddress, port: 5060 };

/** Somebody on the network who says exactly what the test writes, and remembers all that he hears. */
export class RawPeer {
  readonly heard: Heard[] = [];
  /** Called for each message, after it was noted. */
  react: ((heard: Heard) => void) | null = null;
  readonly #clock: SimClock;
  readonly #unit: Endpoint;
  readonly #socket: DatagramSocket;

  private constructor(clock: SimClock, socket: DatagramSocket, unit: Endpoint) {
    this.#clock = clock;
    this.#unit = unit;
    this.#socket = socket;
    socket.received = (bytes, from) => this.#received(bytes, from);
  }

  static async open(network: SimNetwork, address = '10.0.0.1', port = 5060, unit = unitAddress): Promise<RawPeer> {
    return new RawPeer(network.clock, await network.host(address).datagram.bind({ address, port }), { address: unit, port: 5060 });
  }

  send(message: string | Uint8Array, to: Endpoint = this.#unit): void {
    this.#socket.send(typeof message === 'string' ? Buffer.from(message) : message, to);
  }

  requests(method: string): Heard<SipRequest>[] {
    return this.heard.filter((one): one is Heard<SipRequest> => one.message.kind === 'request' && one.message.method === method);
  }

  /** All, or those to requests of one method. */
  responses(method?: string): Heard<SipResponse>[] {
    return this.heard.filter((one): one is Heard<SipResponse> => one.message.kind === 'response' && (method === undefined || methodOf(one.message) === method));
  }

  statuses(method?: string): number[] {
    return this.responses(method).map((one) => one.message.status);
  }

  /** The newest response to a method; throws when there is none, so that a test says what it missed. */
  response(method: string, status?: number): Heard<SipResponse> {
    const found = this.responses(method).filter((one) => status === undefined || one.message.status === status).at(-1);
    if (found === undefined) throw new Error(`no ${status ?? ''} response to ${method} was heard, only ${this.summary()}`);
    return found;
  }

  request(method: string): Heard<SipRequest> {
    const found = this.requests(method).at(-1);
    if (found === undefined) throw new Error(`no ${method} was heard, only ${this.summary()}`);
    return found;
  }

  summary(): string {
    return this.heard.map(({ message }) => (message.kind === 'request' ? message.method : `${message.status}/${methodOf(message)}`)).join(' ');
  }

  close(): void {
    this.#socket.close();
  }

  #received(bytes: Uint8Array, from: Endpoint): void {
    const text = Buffer.from(bytes).toString('utf8');
    const heard = { atMs: this.#clock.monotonic(), from, text, message: readMessage(text) };
    this.heard.push(heard);
    this.react?.(heard);
  }
}

/** Reads without judging: an answer to a malformed request carries the malformed headers. */
export function readMessage(text: string): SipMessage {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) throw new Error(`the unit sent no whole message: ${text}`);
  const [start = '', ...lines] = text.slice(0, end).replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = createHeaders(lines.map((line) => ({ name: line.slice(0, line.indexOf(':')).trim(), value: line.slice(line.indexOf(':') + 1).trim() })));
  const body = Buffer.from(text.slice(end + 4));
  const [first = '', second = '', ...rest] = start.split(' ');
  if (first === 'SIP/2.0') return { kind: 'response', status: Number(second), reason: rest.join(' '), headers, body };
  return { kind: 'request', method: first, uri: second, headers, body };
}

const methodOf = (response: SipResponse): string => (response.headers.get('CSeq') ?? '').split(/\s+/)[1] ?? '';
