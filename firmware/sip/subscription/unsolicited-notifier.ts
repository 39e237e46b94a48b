import type { PeerSettings } from '../../config/settings.ts';
import type { ClientParts } from '../client-parts.ts';
import { nextHop } from '../dialog/next-hop.ts';
import type { SipRequest } from '../message.ts';
import { retryAfterMs } from '../retry-schedule.ts';
import { contactField } from '../session/session-parts.ts';
import { makeRequest } from '../syntax/build-message.ts';
import { escapeUser, formatHost } from '../syntax/uri.ts';
import type { Flow } from '../transaction-layer.ts';
import type { MessageCounts } from '../user-agent.ts';
import { formatMessageSummary, messageSummaryEvent, messageSummaryType } from './message-summary.ts';
import { PacedState } from './paced-state.ts';

const schedule = { firstMs: 5000, mostMs: 300_000 };
/** Lamps remembered: one state for each mailbox and peer. */
const maxLamps = 20_000;

interface Lamp {
  readonly peer: PeerSettings;
  readonly mailbox: string;
  readonly pace: PacedState<MessageCounts>;
  readonly callId: string;
  failures: number;
  cseq: number;
  newest: MessageCounts;
}

/** Tells PBXs about lamps that they never subscribed to (RFC 3842 as most PBXs take it: NOTIFY outside of a dialog), until each has the last state. */
export class UnsolicitedNotifier {
  readonly #parts: ClientParts;
  readonly #lamps = new Map<string, Lamp>();
  #peers: readonly PeerSettings[] = [];
  #stopped = false;

  constructor(parts: ClientParts, peers: readonly PeerSettings[]) {
    this.#parts = parts;
    this.apply(peers);
  }

  /** Peers that are gone or changed are told nothing more of what waits for them. */
  apply(peers: readonly PeerSettings[]): void {
    this.#peers = peers.filter((peer) => peer.lamps === 'notify' && peer.host !== null);
    for (const [key, lamp] of this.#lamps) {
      if (this.#peers.includes(lamp.peer)) continue;
      lamp.pace.stop();
      this.#lamps.delete(key);
    }
  }

  lamp(mailbox: string, counts: MessageCounts): void {
    if (this.#stopped) return;
    for (const peer of this.#peers) {
      const lamp = this.#lampOf(peer, mailbox, counts);
      if (lamp === null) continue;
      lamp.newest = counts;
      lamp.pace.offer(counts);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const lamp of this.#lamps.values()) lamp.pace.stop();
    this.#lamps.clear();
  }

  #lampOf(peer: PeerSettings, mailbox: string, counts: MessageCounts): Lamp | null {
    const key = `${peer.name}|${mailbox}`;
    const known = this.#lamps.get(key);
    if (known !== undefined) return known;
    if (this.#lamps.size >= maxLamps) {
      this.#parts.log.write('warning', 'lamp-dropped', `The lamp of ${mailbox} at ${peer.name} was not told: ${maxLamps} lamps are the most.`);
      return null;
    }
    const lamp: Lamp = {
      peer,
      mailbox,
      pace: new PacedState(this.#parts.clock, () => void this.#send(lamp)),
      callId: Buffer.from(this.#parts.random.bytes(12)).toString('hex'),
      failures: 0,
      cseq: 0,
      newest: counts,
    };
    this.#lamps.set(key, lamp);
    return lamp;
  }

  /** Always the newest state, whatever it was when it was asked for. */
  async #send(lamp: Lamp): Promise<void> {
    try {
      const { host, port, transport } = lamp.peer;
      const uri = `sip:${escapeUser(lamp.mailbox)}@${formatHost(host ?? '')}:${port}${transport === 'tcp' ? ';transport=tcp' : ''}`;
      const hop = await nextHop(uri, this.#parts.net);
      const local = await this.#parts.localFor(hop.remote.address);
      if (this.#stopped) return;
      const request = this.#request(lamp, uri, { ...hop, connection: null, local });
      this.#parts.layer.request(request, hop, {
        response: ({ status, reason }) => (status >= 300 ? this.#failed(lamp, `${status} ${reason}`) : status >= 200 ? this.#told(lamp) : undefined),
        failed: (_why, text) => this.#failed(lamp, text),
      });
    } catch (error) {
      this.#failed(lamp, String(error));
    }
  }

  /** One Call-ID and tag for a lamp and a rising CSeq: a peer that keeps state sees one series of states, in order. */
  #request(lamp: Lamp, uri: string, flow: Flow): SipRequest {
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
      ],
      formatMessageSummary(ours, lamp.newest),
    );
  }

  #told(lamp: Lamp): void {
    lamp.failures = 0;
  }

  #failed(lamp: Lamp, why: string): void {
    if (this.#stopped || !this.#peers.includes(lamp.peer)) return;
    lamp.failures += 1;
    if (lamp.failures === 1) this.#parts.log.write('warning', 'lamp-failed', `The lamp of ${lamp.mailbox} could not be told to ${lamp.peer.name}: ${why}. It is tried again.`, { peer: lamp.peer.name });
    lamp.pace.postpone(lamp.newest, retryAfterMs(schedule, lamp.failures, this.#parts.random));
  }
}
