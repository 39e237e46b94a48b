import * as assert from 'uvu/assert';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { PeerSettings, Settings } from '../../../firmware/config/settings.ts';
import type { Log } from '../../../firmware/log.ts';
import { silentLog } from '../../../firmware/log.ts';
import type { MediaSettings } from '../../../firmware/media/media-protocol.ts';
import type { Leg, LegEnd, LegHandlers, LocalMedia, OutgoingCall } from '../../../firmware/sip/leg.ts';
import type { SipRequest, SipResponse } from '../../../firmware/sip/message.ts';
import { SipUserAgent } from '../../../firmware/sip/sip-user-agent.ts';
import type { UserAgentOptions } from '../../../firmware/sip/user-agent.ts';
import { pbx, sipSettings } from './layer-world.ts';
import type { Ask } from './message-text.ts';
import { ackText, requestText, sdpText, tagIn } from './message-text.ts';
import { RawPeer, unitAddress } from './raw-peer.ts';

/** A leg and everything that was told about it, as words. */
export interface Taken {
  readonly leg: Leg;
  readonly told: string[];
  readonly media: MediaSettings[];
  end: LegEnd | null;
}

export const localMedia: LocalMedia = { address: unitAddress, rtpPort: 10_000, codecs: ['PCMU', 'PCMA'] };

/** What the user of the stack does with a call; run in a turn of its own, as the product does. */
export type Policy = (leg: Leg) => void;
export const answer: Policy = (leg) => leg.answer(localMedia);
export const wait: Policy = () => undefined;

export interface AgentWorldOptions {
  readonly sip?: Partial<Settings['sip']>;
  readonly peers?: readonly PeerSettings[];
  readonly policy?: Policy;
  readonly options?: Partial<UserAgentOptions>;
  readonly seed?: number;
  readonly log?: Log;
  /** Where the unit is; 10.0.0.2. */
  readonly unit?: string;
  /** Further addresses of the unit. */
  readonly moreAddresses?: readonly string[];
  /** Where the raw peer is; 10.0.0.1. */
  readonly peerAt?: string;
  /** The test starts the agent itself. */
  readonly startLater?: boolean;
}

export interface AgentWorld {
  readonly clock: SimClock;
  readonly network: SimNetwork;
  readonly peer: RawPeer;
  readonly agent: SipUserAgent;
  readonly calls: Taken[];
  place(call?: Partial<OutgoingCall>): Taken;
}

/** Handlers that write down what they are told. Fails the test when anything follows `ended`. */
export function noting(taken: Taken): LegHandlers {
  const note = (text: string): void => {
    assert.is(taken.end, null, `${text} came after ended`);
    taken.told.push(text);
  };
  return {
    ringing: (media) => note(media === null ? 'ringing' : 'ringing with media'),
    established: (media) => {
      note('established');
      taken.media.push(media);
    },
    mediaChanged: (media) => {
      note(`media ${media.direction}`);
      taken.media.push(media);
    },
    digit: (digit, durationMs) => note(`digit ${digit} ${durationMs}`),
    ended: (end) => {
      note(`ended ${end.by}${end.status === null ? '' : ` ${end.status}`}`);
      taken.end = end;
    },
  };
}

/** A user agent and a raw peer, half a millisecond apart. */
export async function agentWorld({ sip = {}, peers = [pbx], policy = answer, options = {}, seed = 1, log = silentLog, unit = unitAddress, moreAddresses = [], peerAt = '10.0.0.1', startLater = false }: AgentWorldOptions = {}): Promise<AgentWorld> {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(seed));
  const host = network.host(unit, ...moreAddresses);
  const peer = await RawPeer.open(network, peerAt, 5060, unit);
  const calls: Taken[] = [];
  const agent = new SipUserAgent({ clock, random: new SimRandom(seed + 1), datagram: host.datagram, stream: host.stream, net: host.net, log }, {
    sip: { ...sipSettings, ...sip },
    peers,
    product: 'Test/1',
    incoming: (leg) => {
      const taken: Taken = { leg, told: [], media: [], end: null };
      calls.push(taken);
      clock.after('test-policy', 0, () => policy(leg));
      return noting(taken);
    },
    available: () => true,
    counts: () => null,
    mailboxes: () => [],
    watchAll: false,
    ...options,
  });
  if (!startLater) await agent.start();
  const place = (call: Partial<OutgoingCall> = {}): Taken => {
    const taken = { told: [], media: [], end: null } as unknown as Taken;
    const leg = agent.place({ target: 'sip:300@10.0.0.1', fromNumber: '201', fromName: 'Box', media: localMedia, ...call }, noting(taken));
    return Object.assign(taken, { leg });
  };
  return { clock, network, peer, agent, calls, place };
}

/** The first call that was offered. */
export function first(calls: readonly Taken[]): Taken {
  if (calls[0] === undefined) throw new Error('no call was offered');
  return calls[0];
}

/** Lets everything end, then demands that nothing is left behind. */
export async function assertQuiet({ clock, agent }: AgentWorld): Promise<void> {
  await clock.advance(40_000);
  const { transactions, legs, caught } = agent.counters();
  assert.equal({ transactions, legs, caught, timers: clock.pending().map(({ name }) => name) }, { transactions: 0, legs: 0, caught: 0, timers: [] });
}

/** A call that the raw peer makes. */
export class RawCall {
  readonly ask: Ask;
  readonly #world: AgentWorld;
  #cseq: number;
  #toTag = '';

  constructor(world: AgentWorld, ask: Ask = {}) {
    this.#world = world;
    this.ask = { callId: `call-${++callIds}`, branch: `i${callIds}`, body: sdpText(), ...ask };
    this.#cseq = ask.cseq ?? 1;
  }

  /** The same bytes each time. */
  invite(): void {
    this.#world.peer.send(requestText('INVITE', this.ask));
  }

  cancel(): void {
    this.#world.peer.send(requestText('CANCEL', { ...this.ask, body: '' }));
  }

  /** INVITE, 200 and ACK. */
  async establish(ackBody?: string): Promise<this> {
    this.invite();
    await this.#world.clock.advance(50);
    this.ack(ackBody);
    await this.#world.clock.advance(50);
    return this;
  }

  /** The newest response to a method of this call. */
  response(method: string, status?: number): SipResponse {
    const mine = this.#world.peer.responses(method).filter(({ message }) => message.headers.get('Call-ID') === this.ask.callId && (status === undefined || message.status === status));
    const found = mine.at(-1);
    if (found === undefined) throw new Error(`no ${status ?? ''} response to ${method} was heard, only ${this.#world.peer.summary()}`);
    return found.message;
  }

  ack(body?: string, branch?: string): void {
    const response = this.response('INVITE', 200);
    this.#toTag = tagIn(response, 'To');
    this.#world.peer.send(ackText(response, { ...(body === undefined ? {} : { body }), ...(branch === undefined ? {} : { branch }) }));
  }

  get toTag(): string {
    return this.#toTag;
  }

  /** A request within the dialog; `early` takes the tag of a provisional response. */
  request(method: string, ask: Ask = {}): void {
    if (this.#toTag === '') this.#toTag = tagIn(this.response('INVITE'), 'To');
    this.#cseq += 1;
    const callId = this.ask.callId ?? '';
    this.#world.peer.send(requestText(method, { callId, fromTag: this.ask.fromTag ?? 'ft', toTag: this.#toTag, cseq: this.#cseq, uri: 'sip:201@10.0.0.2:5060', ...ask }));
  }

  /** The newest request that the unit sent within this call. */
  asked(method: string): SipRequest {
    const mine = this.#world.peer.requests(method).filter(({ message }) => message.headers.get('Call-ID') === this.ask.callId);
    const found = mine.at(-1);
    if (found === undefined) throw new Error(`no ${method} was heard, only ${this.#world.peer.summary()}`);
    return found.message;
  }
}

let callIds = 0;
