// A wire between sipp and a unit that loses and repeats the datagrams it is told to. sipp's own -lost is for chance only.
import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { freePorts } from './free-ports.ts';

/** How often the next datagram with this beginning goes through: 0 = it is lost. Each rule serves once. */
export interface RelayRule {
  readonly from: 'caller' | 'unit';
  /** Beginning of the message, and the method of its CSeq: an answer has other methods' names in its Allow. */
  readonly start: string;
  readonly method?: string;
  readonly copies: number;
  /** It waits for the next message of its call with this beginning, and goes just before it. */
  readonly until?: string;
}

const host = '127.0.0.1';

export class Relay {
  readonly port: number;
  /** Rules that have not served yet. */
  readonly rules: RelayRule[];
  readonly #socket: Socket;
  readonly #unitPort: number;
  readonly #held = new Map<string, { readonly bytes: Buffer; readonly until: string }>();
  #callerPort = 0;

  private constructor(socket: Socket, port: number, unitPort: number, rules: readonly RelayRule[]) {
    this.#socket = socket;
    this.port = port;
    this.#unitPort = unitPort;
    this.rules = [...rules];
    socket.on('message', (bytes, { port: from }) => this.#pass(bytes, from));
  }

  /** The caller needs `;rport` in its Via, or the unit's answers go past the relay (RFC 3581). */
  static async start(unitPort: number, rules: readonly RelayRule[]): Promise<Relay> {
    const port = await freePorts(2);
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(port, host, resolve));
    return new Relay(socket, port, unitPort, rules);
  }

  close(): void {
    this.#socket.close();
  }

  #pass(bytes: Buffer, from: number): void {
    const side = from === this.#unitPort ? 'unit' : 'caller';
    if (side === 'caller') this.#callerPort = from;
    const text = bytes.toString('latin1');
    const index = this.rules.findIndex((rule) => rule.from === side && text.startsWith(rule.start) && (rule.method ?? method(text)) === method(text));
    const [rule] = index < 0 ? [] : this.rules.splice(index, 1);
    if (rule?.until !== undefined) return void this.#held.set(callId(text), { bytes, until: rule.until });
    const to = side === 'unit' ? this.#callerPort : this.#unitPort;
    this.#release(text, to);
    for (let copy = 0; copy < (rule?.copies ?? 1); copy++) this.#socket.send(bytes, to, host);
  }

  #release(text: string, to: number): void {
    const held = this.#held.get(callId(text));
    if (held === undefined || !text.startsWith(held.until)) return;
    this.#held.delete(callId(text));
    this.#socket.send(held.bytes, to, host);
  }
}

const callId = (text: string): string => /^Call-ID: *(\S+)/m.exec(text)?.[1] ?? '';
const method = (text: string): string => /^CSeq: *\d+ +(\w+)/m.exec(text)?.[1] ?? '';
