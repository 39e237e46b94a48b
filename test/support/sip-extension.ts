import { MediaChannel } from '../../firmware/calls/media-channel.ts';
import { silentLog } from '../../firmware/log.ts';
import type { MediaEngine } from '../../firmware/media/media-engine.ts';
import { createMediaEngine } from '../../firmware/media/media-engine.ts';
import type { CallFacts, Leg, LegEnd, LegHandlers, LocalMedia } from '../../firmware/sip/leg.ts';
import { SipUserAgent } from '../../firmware/sip/sip-user-agent.ts';
import type { MediaSettings, MediaStats } from '../../firmware/media/media-protocol.ts';
import { wholeEvents } from '../../firmware/media/whole-events.ts';
import type { SimSite } from './sim-site.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';

const unitAddress = '10.0.0.2';
export const extensionAddress = '10.0.0.5';

/** A SIP telephone beside the unit, moved by the test: it takes the unit's calls and calls it. One call at a time. */
export class SipExtension {
  /** What it does with a call: rings, answers after `afterMs` of ringing, or refuses with a status. */
  policy: { readonly ring: true } | { readonly answerMs: number } | { readonly status: number } = { answerMs: 0 };
  readonly taken: CallFacts[] = [];
  /** Keys that came. */
  digits = '';
  end: LegEnd | null = null;
  rang = false;
  established = false;
  stats: MediaStats | null = null;
  media: MediaSettings | null = null;
  leg: Leg | null = null;
  readonly #site: SimSite;
  readonly #address: string;
  readonly #heard: Uint8Array[] = [];
  #agent!: SipUserAgent;
  #engine!: MediaEngine;
  #channel: MediaChannel;
  #local!: LocalMedia;
  #session = 0;

  private constructor(site: SimSite, address: string) {
    this.#site = site;
    this.#address = address;
    this.#channel = this.#newChannel();
  }

  static async start(site: SimSite, address = extensionAddress): Promise<SipExtension> {
    const extension = new SipExtension(site, address);
    await site.during(extension.#start());
    return extension;
  }

  /** All that was heard in its calls, PCMU. */
  get heard(): Uint8Array {
    return Uint8Array.from(this.#heard.flatMap((bytes) => [...bytes]));
  }

  /** What was heard so far. */
  async forget(): Promise<void> {
    this.#channel.handOver();
    await this.#site.clock.advance(5);
    this.#heard.length = 0;
    this.digits = '';
  }

  call(number: string, fromNumber = '500', fromName = 'Eve'): void {
    this.#reset();
    this.leg = this.#agent.place({ target: `sip:${number}@${unitAddress}:5060`, fromNumber, fromName, media: this.#local }, this.#handlers());
  }

  answer(): void {
    this.leg?.answer(this.#local);
  }

  hangUp(): void {
    this.leg?.hangUp('the test hangs up');
  }

  /** PCMU. */
  speak(codes: Uint8Array): void {
    const source = { codec: 'PCMU' as const, bytes: codes.length, read: async (offset: number, length: number) => codes.slice(offset, offset + length), close: async () => undefined };
    this.#channel.play([this.#channel.stream('PCMU', codes.length, async () => source)], false);
  }

  keys(digits: string): void {
    this.#channel.sendDigits(digits);
  }

  async stop(): Promise<void> {
    await this.#site.during(Promise.all([this.#agent.stop(300), this.#engine.close()]));
  }

  async #start(): Promise<void> {
    const { clock, network } = this.#site;
    const host = network.host(this.#address);
    const random = new SimRandom(77);
    let ready: (port: number) => void = () => undefined;
    const rtpPort = new Promise<number>((resolve) => (ready = resolve));
    this.#engine = createMediaEngine({
      clock, random, batch: host.batch(), log: silentLog, ports: 1, address: this.#address, firstPort: 30_000, prompts: { get: () => null, ids: () => [] },
      emit: wholeEvents((event) => (event.type === 'ready' ? ready(event.rtpPorts[0] ?? 0) : this.#channel.handle(event))),
    });
    await this.#engine.start();
    this.#local = { address: this.#address, rtpPort: await rtpPort, codecs: ['PCMU'] };
    this.#agent = new SipUserAgent({ clock, random, datagram: host.datagram, stream: host.stream, net: host.net, log: silentLog }, {
      sip: { address: this.#address, port: 5060, udp: true, tcp: true, publicAddress: null, sessionExpiresSec: 1800, minSessionExpiresSec: 90, maxTcpConnections: 4, watchMs: 500, watchMisses: 12, returnSec: 10 },
      peers: [{ name: 'unit', addresses: [unitAddress], host: null, port: 5060, transport: 'udp', trusted: false, backupOf: null, lamps: 'none', register: null, queued: null }],
      product: 'test', incoming: (leg) => this.#incoming(leg), available: () => true, counts: () => null, mailboxes: () => [], watchAll: false,
    });
    await this.#agent.start();
  }

  #incoming(leg: Leg): LegHandlers {
    this.#reset();
    this.leg = leg;
    this.taken.push(leg.facts);
    this.#site.clock.after('extension', 0, () => this.#obey(leg));
    return this.#handlers();
  }

  #obey(leg: Leg): void {
    const { policy } = this;
    if ('status' in policy) return leg.reject(policy.status, 'as the test says');
    leg.ring();
    if ('answerMs' in policy) this.#site.clock.after('extension', policy.answerMs, () => leg.answer(this.#local));
  }

  #reset(): void {
    this.end = null;
    this.rang = false;
    this.established = false;
    this.stats = null;
    this.#session += 1;
    this.#channel = this.#newChannel();
  }

  #handlers(): LegHandlers {
    return {
      ringing: () => (this.rang = true),
      established: (media) => {
        this.established = true;
        this.media = media;
        this.#channel.start(media);
        this.#channel.record({ maxMs: 3_600_000, silenceMs: 0, silenceDbm0: -90, stopDigits: '', chunkMs: 500 });
      },
      mediaChanged: (media) => this.#channel.update((this.media = media)),
      digit: (digit) => (this.digits += digit),
      ended: (end) => {
        this.end = end;
        if (this.established) this.#channel.stop();
      },
    };
  }

  #newChannel(): MediaChannel {
    const nothing = (): void => undefined;
    return new MediaChannel({ index: 0, session: this.#session }, (command) => this.#engine.command(command), {
      digit: (digit) => (this.digits += digit),
      played: nothing, unplayable: nothing, recorded: nothing, silent: nothing,
      chunk: (bytes) => this.#heard.push(bytes),
      stopped: (stats) => (this.stats = stats),
    });
  }
}
