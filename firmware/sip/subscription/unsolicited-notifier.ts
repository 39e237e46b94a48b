import type { PeerSettings } from '../../config/settings.ts';
import type { DigestMemory } from '../auth/digest.ts';
import { authorise, newDigestMemory } from '../auth/digest.ts';
import type { ClientParts } from '../client-parts.ts';
import { nextHop } from '../dialog/next-hop.ts';
import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { retryAfterMs } from '../retry-schedule.ts';
import { contactField, randomHex } from '../session/session-parts.ts';
import { makeRequest } from '../syntax/build-message.ts';
import { escapeUser, formatHost } from '../syntax/uri.ts';
import type { ClientTransaction, Flow } from '../transaction-layer.ts';
import type { MessageCounts } from '../user-agent.ts';
import { formatMessageSummary, messageSummaryEvent, messageSummaryType } from './message-summary.ts';
import { PacedState } from './paced-state.ts';

const schedule = { firstMs: 5000, mostMs: 300_000 };
/** Lamps remembered: one state for each mailbox and peer. */
const maxLamps = 20_000;

const dark: MessageCounts = { newMessages: 0, oldMessages: 0, urgentNew: 0, urgentOld: 0 };

interface Lamp {
  /** As configured now. */
  peer: PeerSettings;
  readonly mailbox: string;
  readonly pace: PacedState<MessageCounts>;
  readonly callId: string;
  failures: number;
  cseq: number;
  /** A NOTIFY is on its way. */
  busy: boolean;
  client: ClientTransaction | null;
  /** The newest state came after it. */
  behind: boolean;
  newest: MessageCounts;
}

/** Tells PBXs about lamps that they never subscribed to (RFC 3842 as most PBXs take it: NOTIFY outside of a dialog), until each has the last state. */
export class UnsolicitedNotifier {
  readonly #parts: ClientParts;
  readonly #lamps = new Map<string, Lamp>();
  /** By peer: all its lamps count the uses of one nonce together. */
  readonly #digests = new Map<string, DigestMemory>();
  readonly #lampPeer: (mailbox: string) => string | null;
  #peers: readonly PeerSettings[] = [];
  #stopped = false;

  /** `lampPeer`: name of the PBX that has the lamp of a mailbox; null = all of them. */
  constructor(parts: ClientParts, peers: readonly PeerSettings[], lampPeer: (mailbox: string) => string | null = () => null) {
    this.#parts = parts;
    this.#lampPeer = lampPeer;
    this.apply(peers);
  }

  /** Peers that are gone are told nothing more of what waits for them; one at another address is told all of it at once. */
  apply(peers: readonly PeerSettings[]): void {
    this.#peers = peers.filter((peer) => peer.lamps === 'notify' && peer.host !== null);
    this.#digests.clear();
    for (const [key, lamp] of this.#lamps) {
      const peer = this.#peers.find(({ name }) => name === lamp.peer.name);
      if (peer !== undefined) this.#move(lamp, peer);
      else this.#forget(key, lamp);
    }
  }

  #forget(key: string, lamp: Lamp): void {
    lamp.pace.stop();
    lamp.client?.abandon();
    this.#lamps.delete(key);
  }

  #move(lamp: Lamp, peer: PeerSettings): void {
    const moved = peer.host !== lamp.peer.host || peer.port !== lamp.peer.port || peer.transport !== lamp.peer.transport;
    lamp.peer = peer;
    if (!moved) return;
    lamp.failures = 0;
    lamp.pace.now(lamp.newest);
  }

  lamp(mailbox: string, counts: MessageCounts): void {
    for (const peer of this.#peers) {
      if (this.#concerns(peer, mailbox)) this.#newest(peer, mailbox, counts)?.pace.offer(counts);
      // It had the lamp before the mailbox was given to another PBX.
      else if (this.#lamps.has(keyOf(peer, mailbox))) this.#newest(peer, mailbox, dark)?.pace.offer(dark);
    }
  }

  #concerns(peer: PeerSettings, mailbox: string): boolean {
    const name = this.#lampPeer(mailbox);
    return name === null || peer.name === name || peer.backupOf === name;
  }

  /** One peer alone, at once, whatever it was told before. */
  tellNow(peerName: string, mailbox: string, counts: MessageCounts): void {
    const peer = this.#peers.find((one) => one.name === peerName && this.#concerns(one, mailbox));
    const lamp = peer === undefined ? null : this.#newest(peer, mailbox, counts);
    if (lamp === null) return;
    lamp.failures = 0;
    lamp.pace.now(counts);
  }

  #newest(peer: PeerSettings, mailbox: string, counts: MessageCounts): Lamp | null {
    const lamp = this.#stopped ? null : this.#lampOf(peer, mailbox, counts);
    if (lamp !== null) lamp.newest = counts;
    return lamp;
  }

  stop(): void {
    this.#stopped = true;
    for (const lamp of this.#lamps.values()) lamp.pace.stop();
    this.#lamps.clear();
  }

  #lampOf(peer: PeerSettings, mailbox: string, counts: MessageCounts): Lamp | null {
    const key = keyOf(peer, mailbox);
    const known = this.#lamps.get(key);
    if (known !== undefined) return known;
    if (this.#lamps.size >= maxLamps) {
      this.#parts.log.write('warning', 'lamp-dropped', `The lamp of ${mailbox} at ${peer.name} was not told: ${maxLamps} lamps are the most.`);
      return null;
    }
    const lamp: Lamp = {
      peer,
      mailbox,
      pace: new PacedState(this.#parts.clock, () => this.#tell(lamp)),
      callId: randomHex(this.#parts.random, 12),
      failures: 0,
      cseq: 0,
      busy: false,
      client: null,
      behind: false,
      newest: counts,
    };
    this.#lamps.set(key, lamp);
    return lamp;
  }

  /** One at a time: outside of a dialog nothing tells the peer that a repetition of an older state, come late, is old. */
  #tell(lamp: Lamp): void {
    lamp.behind = lamp.busy;
    if (lamp.busy) return;
    lamp.busy = true;
    void this.#send(lamp, []);
  }

  /** Always the newest state, whatever it was when it was asked for. */
  async #send(lamp: Lamp, credentials: readonly HeaderField[]): Promise<void> {
    try {
      const { host, port, transport } = lamp.peer;
      const uri = `sip:${escapeUser(lamp.mailbox)}@${formatHost(host ?? '')}:${port}${transport === 'tcp' ? ';transport=tcp' : ''}`;
      const hop = await nextHop(uri, this.#parts.net);
      const local = await this.#parts.localFor(hop.remote.address);
      if (!this.#wanted(lamp)) return;
      const request = this.#request(lamp, uri, { ...hop, connection: null, local }, credentials);
      lamp.client = this.#parts.layer.request(request, hop, {
        response: (response) => this.#response(lamp, request, response),
        failed: (_why, text) => this.#failed(lamp, text),
      });
    } catch (error) {
      this.#failed(lamp, String(error));
    }
  }

  #response(lamp: Lamp, request: SipRequest, response: SipResponse): void {
    if (response.status < 200) return;
    if (response.status < 300) return this.#told(lamp);
    const field = this.#wanted(lamp) ? this.#credentials(lamp.peer, request, response) : null;
    if (field === null) return this.#failed(lamp, `${response.status} ${response.reason}`);
    void this.#send(lamp, [field]);
  }

  /** A peer that challenges our registration may challenge this too: once for each notification. */
  #credentials(peer: PeerSettings, request: SipRequest, response: SipResponse): HeaderField | null {
    const asked = response.status === 401 || response.status === 407;
    if (!asked || peer.register === null || request.headers.has('Authorization') || request.headers.has('Proxy-Authorization')) return null;
    const memory = this.#digests.get(peer.name) ?? newDigestMemory();
    this.#digests.set(peer.name, memory);
    return authorise(request, response, { user: peer.register.authUser, password: peer.register.password }, memory, randomHex(this.#parts.random, 8));
  }

  #wanted(lamp: Lamp): boolean {
    return this.#lamps.get(keyOf(lamp.peer, lamp.mailbox)) === lamp;
  }

  /** One Call-ID and tag for a lamp and a rising CSeq: a peer that keeps state sees one series of states, in order. */
  #request(lamp: Lamp, uri: string, flow: Flow, credentials: readonly HeaderField[]): SipRequest {
    const ours = `sip:${escapeUser(lamp.mailbox)}@${formatHost(flow.local.address)}`;
    lamp.cseq += 1;
    return makeRequest(
      'NOTIFY',
      uri,
      [
        { name: 'Max-Forwards', value: '70' },
        { name: 'From', value: `<${ours}>;tag=${lamp.callId.slice(0, 12)}` },
        { name: 'To', value: `<sip:${escapeUser(lamp.mailbox)}@${formatHost(lamp.peer.host ?? '')}>` },
        { name: 'Call-ID', value: lamp.callId },
        { name: 'CSeq', value: `${lamp.cseq} NOTIFY` },
        contactField(flow, escapeUser(lamp.mailbox)),
        { name: 'Event', value: messageSummaryEvent },
        // There is no subscription to be active; 'terminated' is what receivers of unsolicited NOTIFYs expect.
        { name: 'Subscription-State', value: 'terminated' },
        { name: 'User-Agent', value: this.#parts.product },
        { name: 'Content-Type', value: messageSummaryType },
        ...credentials,
      ],
      formatMessageSummary(ours, lamp.newest),
    );
  }

  #told(lamp: Lamp): void {
    lamp.failures = 0;
    lamp.busy = false;
    if (lamp.behind && this.#wanted(lamp)) lamp.pace.offer(lamp.newest);
  }

  #failed(lamp: Lamp, why: string): void {
    if (!this.#wanted(lamp)) return;
    lamp.failures += 1;
    lamp.busy = false;
    if (lamp.failures === 1) this.#parts.log.write('warning', 'lamp-failed', `The lamp of ${lamp.mailbox} could not be told to ${lamp.peer.name}: ${why}. It is tried again.`, { peer: lamp.peer.name });
    lamp.pace.postpone(lamp.newest, retryAfterMs(schedule, lamp.failures, this.#parts.random));
  }
}

const keyOf = (peer: PeerSettings, mailbox: string): string => `${peer.name}|${mailbox}`;
