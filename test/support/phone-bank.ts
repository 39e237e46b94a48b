import { MediaChannel } from '../../firmware/calls/media-channel.ts';
import { silentLog } from '../../firmware/log.ts';
import type { MediaEngine } from '../../firmware/media/media-engine.ts';
import { createMediaEngine } from '../../firmware/media/media-engine.ts';
import type { MediaEvent } from '../../firmware/media/media-protocol.ts';
import { wholeEvents } from '../../firmware/media/whole-events.ts';
import type { CallFacts, Leg, LegEnd, LegHandlers } from '../../firmware/sip/leg.ts';
import { SipUserAgent } from '../../firmware/sip/sip-user-agent.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import type { SimSite } from './sim-site.ts';

const unitAddress = '10.0.0.2';
export const bankAddress = '10.0.0.5';
const size = 12;

/** What a telephone does when it is called: answers after so long, refuses, or rings on. */
export type Manners = { readonly answerMs: number } | { readonly status: number } | { readonly ring: true };

/** One telephone of a bank: calls the unit, or is called by it; one call at a time. */
export class BankPhone {
  readonly number: string;
  manners: Manners = { answerMs: 1000 };
  readonly taken: CallFacts[] = [];
  state: 'idle' | 'ringing' | 'talking' = 'idle';
  end: LegEnd | null = null;
  leg: Leg | null = null;
  readonly #bank: PhoneBank;
  readonly #index: number;
  readonly #heard: Uint8Array[] = [];
  #channel: MediaChannel;
  #session = 0;

  constructor(bank: PhoneBank, number: string, index: number) {
    this.#bank = bank;
    this.number = number;
    this.#index = index;
    this.#channel = this.#newChannel();
  }

  /** `fields`: of the INVITE; `parameters`: of its Request-URI. */
  call(number: string, fields: Readonly<Record<string, string>> = {}, parameters = ''): void {
    this.#begin();
    const headers = Object.entries(fields).map(([name, value]) => ({ name, value }));
    this.leg = this.#bank.agent.place({ target: `sip:${number}@${unitAddress}:5060${parameters}`, fromNumber: this.number, fromName: '', media: this.#local, headers }, this.#handlers());
  }

  called(leg: Leg): LegHandlers {
    if (this.state !== 'idle') {
      this.#bank.site.clock.after('bank busy', 0, () => leg.reject(486, 'in a call'));
      return { established: () => undefined, mediaChanged: () => undefined, digit: () => undefined, ended: () => undefined };
    }
    this.#begin();
    this.leg = leg;
    this.taken.push(leg.facts);
    this.#bank.site.clock.after('bank phone', 0, () => this.#obey(leg));
    return this.#handlers();
  }

  hangUp(): void {
    this.leg?.hangUp('the test hangs up');
  }

  speak(codes: Uint8Array): void {
    const source = { codec: 'PCMU' as const, bytes: codes.length, read: async (offset: number, length: number) => codes.slice(offset, offset + length), close: async () => undefined };
    this.#channel.play([this.#channel.stream('PCMU', codes.length, async () => source)], false);
  }

  keys(digits: string): void {
    this.#channel.sendDigits(digits);
  }

  /** All that was heard in this call, PCMU. */
  async heard(): Promise<Uint8Array> {
    this.#channel.handOver();
    await this.#bank.site.clock.advance(5);
    return Uint8Array.from(this.#heard.flatMap((bytes) => [...bytes]));
  }

  mediaEvent(event: MediaEvent): void {
    this.#channel.handle(event);
  }

  get #local(): { address: string; rtpPort: number; codecs: readonly ['PCMU'] } {
    return { address: bankAddress, rtpPort: this.#bank.rtpPorts[this.#index] as number, codecs: ['PCMU'] };
  }

  #obey(leg: Leg): void {
    const { manners } = this;
    if ('status' in manners) return leg.reject(manners.status, 'as the test says');
    leg.ring();
    if ('answerMs' in manners) this.#bank.site.clock.after('bank phone', manners.answerMs, () => leg.answer(this.#local));
  }

  #begin(): void {
    this.state = 'ringing';
    this.end = null;
    this.#heard.length = 0;
    this.#session += 1;
    this.#channel = this.#newChannel();
  }

  #handlers(): LegHandlers {
    return {
      established: (media) => {
        this.state = 'talking';
        this.#channel.start(media);
        this.#channel.record({ maxMs: 3_600_000, silenceMs: 0, silenceDbm0: -90, stopDigits: '', chunkMs: 500 });
      },
      mediaChanged: (media) => this.#channel.update(media),
      digit: () => undefined,
      ended: (end) => {
        if (this.state === 'talking') this.#channel.stop();
        this.end = end;
        this.state = 'idle';
      },
    };
  }

  #newChannel(): MediaChannel {
    const nothing = (): void => undefined;
    return new MediaChannel({ index: this.#index, session: this.#session }, (command) => this.#bank.engine.command(command), {
      digit: nothing, played: nothing, unplayable: nothing, recorded: nothing, silent: nothing, stopped: nothing,
      chunk: (bytes) => this.#heard.push(bytes),
    });
  }
}

/** Telephones of one PBX beside the unit, at 10.0.0.5. The PBX has no dialog events. */
export class PhoneBank {
  readonly site: SimSite;
  engine!: MediaEngine;
  agent!: SipUserAgent;
  rtpPorts: readonly number[] = [];
  readonly #phones = new Map<string, BankPhone>();

  private constructor(site: SimSite) {
    this.site = site;
  }

  static async start(site: SimSite): Promise<PhoneBank> {
    const bank = new PhoneBank(site);
    await site.during(bank.#start());
    return bank;
  }

  phone(number: string): BankPhone {
    const known = this.#phones.get(number) ?? new BankPhone(this, number, this.#phones.size);
    this.#phones.set(number, known);
    return known;
  }

  async stop(): Promise<void> {
    await this.site.during(Promise.all([this.agent.stop(300), this.engine.close()]));
  }

  async #start(): Promise<void> {
    const { clock, network } = this.site;
    const host = network.host(bankAddress);
    const random = new SimRandom(78);
    let ready: (ports: readonly number[]) => void = () => undefined;
    const ports = new Promise<readonly number[]>((resolve) => (ready = resolve));
    this.engine = createMediaEngine({
      clock, random, batch: host.batch(), log: silentLog, ports: size, address: bankAddress, firstPort: 30_000, prompts: { get: () => null, ids: () => [] },
      emit: wholeEvents((event) => (event.type === 'ready' ? ready(event.rtpPorts) : [...this.#phones.values()].forEach((phone) => phone.mediaEvent(event)))),
    });
    await this.engine.start();
    this.rtpPorts = await ports;
    this.agent = new SipUserAgent({ clock, random, datagram: host.datagram, stream: host.stream, net: host.net, log: silentLog }, {
      sip: { address: bankAddress, port: 5060, udp: true, tcp: true, publicAddress: null, sessionExpiresSec: 1800, minSessionExpiresSec: 90, maxTcpConnections: 4, watchMs: 500, watchMisses: 12, returnSec: 10 },
      peers: [{ name: 'unit', addresses: [unitAddress], host: null, port: 5060, transport: 'udp', trusted: false, backupOf: null, lamps: 'none', register: null, queued: null }],
      product: 'test', available: () => true, counts: () => null, mailboxes: () => [], watchAll: false,
      incoming: (leg) => this.phone(leg.facts.dialled).called(leg),
    });
    await this.agent.start();
  }
}
