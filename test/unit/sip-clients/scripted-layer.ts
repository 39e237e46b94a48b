import type { Endpoint } from '../../../hal/datagram.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Net } from '../../../hal/net.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import type { Log } from '../../../firmware/log.ts';
import type { ClientParts } from '../../../firmware/sip/client-parts.ts';
import type { HeaderField, SipRequest, SipResponse } from '../../../firmware/sip/message.ts';
import { sipLimits } from '../../../firmware/sip/message.ts';
import { makeResponse } from '../../../firmware/sip/syntax/build-message.ts';
import { parseMessage } from '../../../firmware/sip/syntax/parse-message.ts';
import type { ClientHandlers, ClientTransaction, Flow, ServerTransaction, TransactionLayer } from '../../../firmware/sip/transaction-layer.ts';

export type Answer = number | 'timeout' | 'transport' | 'silence' | { readonly status: number; readonly headers: readonly HeaderField[] };

type Hop = Parameters<TransactionLayer['request']>[1];

export interface Sent {
  readonly atMs: number;
  readonly request: SipRequest;
  readonly to: Hop;
  /** Answers later what the script left in silence. */
  answer(answer: Answer): void;
  /** Whoever sent it does not wait any more. */
  abandoned: boolean;
}

/** A transaction layer that notes what it is asked to send and answers by a script, `delayMs` later; a timeout comes after 32 s, as timer F would. */
export class ScriptedLayer implements TransactionLayer {
  readonly sent: Sent[] = [];
  script: (request: SipRequest, index: number) => Answer = () => 200;
  delayMs = 10;
  arrived: TransactionLayer['arrived'] = null;
  acknowledged: TransactionLayer['acknowledged'] = null;
  strayResponse: TransactionLayer['strayResponse'] = null;
  readonly #clock: SimClock;

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  request(request: SipRequest, to: Hop, handlers: ClientHandlers): ClientTransaction {
    const answer = (how: Answer): void => this.#answer(request, how, handlers);
    const sent: Sent = { atMs: this.#clock.monotonic(), request, to, answer, abandoned: false };
    this.sent.push(sent);
    answer(this.script(request, this.sent.length - 1));
    return { request, flow: { transport: to.transport, remote: to.remote, connection: null, local: unit }, cancel() {}, abandon: () => void (sent.abandoned = true), forget() {} };
  }

  sendDirect(): void {
    throw new Error('nothing is sent outside of transactions here');
  }

  get newest(): Sent {
    const newest = this.sent.at(-1);
    if (newest === undefined) throw new Error('nothing was sent');
    return newest;
  }

  #answer(request: SipRequest, how: Answer, handlers: ClientHandlers): void {
    if (how === 'silence') return;
    if (how === 'timeout') return void this.#clock.after('scripted-timeout', 32_000, () => handlers.failed('timeout', 'no answer within 32 s'));
    if (how === 'transport') return void this.#clock.after('scripted-failure', this.delayMs, () => handlers.failed('transport', 'connection refused'));
    const { status, headers } = typeof how === 'number' ? { status: how, headers: [] } : how;
    this.#clock.after('scripted-answer', this.delayMs, () => handlers.response(response(request, status, headers)));
  }
}

function response(request: SipRequest, status: number, fields: readonly HeaderField[]): SipResponse {
  const made = makeResponse(request, status);
  for (const { name, value } of fields) made.headers.append(name, value);
  return made;
}

export const unit = { address: '10.0.0.2', port: 5060 };

export interface ClientWorld {
  readonly clock: SimClock;
  readonly layer: ScriptedLayer;
  readonly parts: ClientParts;
  /** Events of the log, in order. */
  readonly logged: string[];
  /** Names that are known; may be changed by a test. */
  readonly hosts: Map<string, string>;
  /** Where connections were ended. */
  readonly disconnected: string[];
}

export function clientWorld(): ClientWorld {
  const clock = new SimClock();
  const layer = new ScriptedLayer(clock);
  const logged: string[] = [];
  const hosts = new Map([['pbx.example', '10.0.0.1']]);
  const log: Log = { write: (_severity, event) => void logged.push(event) };
  const disconnected: string[] = [];
  const disconnect = ({ address, port }: Endpoint): void => void disconnected.push(`${address}:${port}`);
  const parts = { layer, clock, random: new SimRandom(7), net: namesFrom(hosts), log, product: 'Test/1', localFor: async () => unit, disconnect };
  return { clock, layer, parts, logged, hosts, disconnected };
}

const namesFrom = (hosts: ReadonlyMap<string, string>): Net => ({
  async resolve(host) {
    const address = hosts.get(host) ?? (/^[0-9.]+$|:/.test(host) ? host : null);
    if (address === null) throw new HalError('not-found', host, 'no such name');
    return [address];
  },
  sourceTowards: async () => unit.address,
  addresses: () => [unit.address],
});

export const peerNamed = (name: string, changes: Partial<PeerSettings> = {}): PeerSettings => ({
  name, addresses: ['10.0.0.1'], host: 'pbx.example', port: 5060, transport: 'udp', trusted: false, backupOf: null, lamps: 'none', register: null, queued: null, ...changes,
});

export const header = (message: SipRequest | SipResponse, name: string): string => message.headers.get(name) ?? '';

/** What a request reads as when it comes from the wire. */
export function requestOf(text: string): SipRequest {
  const result = parseMessage(Buffer.from(text), sipLimits.udpBytes);
  if (result.outcome !== 'message' || result.message.kind !== 'request') throw new Error(`not a request: ${JSON.stringify(result)}`);
  return result.message;
}

export interface Asked extends ServerTransaction {
  readonly responses: SipResponse[];
}

export const peerFlow: Flow = { transport: 'udp', remote: { address: '10.0.0.1', port: 5060 }, connection: null, local: unit };

/** A request that arrived; what it is answered with can be looked at. */
export function asked(text: string, flow: Flow = peerFlow): Asked {
  const responses: SipResponse[] = [];
  return { request: requestOf(text), flow, peer: 'pbx', localTag: '', responses, respond: (given) => void responses.push(given), cancelled: null, failed: null };
}
