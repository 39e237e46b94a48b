import type { Clock } from '../../hal/clock.ts';
import type { DatagramNet, DatagramSocket, Endpoint } from '../../hal/datagram.ts';
import type { Net } from '../../hal/net.ts';
import type { Random } from '../../hal/random.ts';
import type { StreamNet } from '../../hal/stream.ts';
import { silentLog } from '../log.ts';
import type { Leg, LegEnd } from '../sip/leg.ts';
import { SipUserAgent } from '../sip/sip-user-agent.ts';
import { escapeUser, formatHost } from '../sip/syntax/uri.ts';
import type { UserAgent } from '../sip/user-agent.ts';
import { HeardAudio } from './heard-audio.ts';
import { wordsOf } from './update-words.ts';

export interface OwnCallParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly datagram: DatagramNet;
  readonly stream: StreamNet;
  readonly net: Net;
  /** Of the unit. */
  readonly sip: Pick<UserAgent, 'ownPlace' | 'admitOwn'>;
  /** What may be dialled, best first: numbers that answer and take no message. */
  readonly numbers: () => readonly string[];
}

/** From dialling to the first sounds. */
const callMs = 8000;
const stopMs = 300;
/** For the BYE to be taken, repeated once if it must be: whoever is not admitted any more cannot hang up. */
const byeMs = 700;
/** At a unit that has no number to dial: any answer shows that SIP and call handling are there. */
const nobody = 'nobody';

interface CallEnd {
  /** null = it was answered, and audio was heard. */
  readonly failed: string | null;
  /** The unit sent the caller elsewhere, as distributed units do. */
  readonly elsewhere: boolean;
}

/**
 * A caller of the unit's own, with sockets of its own: INVITE to the unit's SIP port, RTP from its media thread, all that a call of a PBX goes through. It
 * hangs up as soon as it has heard something.
 */
export class OwnCall {
  readonly #parts: OwnCallParts;

  constructor(parts: OwnCallParts) {
    this.#parts = parts;
  }

  /** Resolves to null when a call was answered and audio was heard, else to why not, as a sentence without its full stop. Never rejects. */
  async place(): Promise<string | null> {
    const numbers = this.#parts.numbers();
    let why: string | null = null;
    try {
      for (const number of numbers.length === 0 ? [nobody] : numbers) {
        const { failed, elsewhere } = await this.#call(number, numbers.length === 0);
        why = failed === null ? null : `${number}: ${failed}`;
        if (!elsewhere) break;
      }
      return why;
    } catch (error) {
      return `it could not be placed (${wordsOf(error)})`;
    }
  }

  async #call(number: string, anyAnswer: boolean): Promise<CallEnd> {
    const { datagram, sip } = this.#parts;
    const { at: unit, transport } = sip.ownPlace();
    const own = unit.address;
    const rtp = await datagram.bind({ address: own, port: 0 });
    const admitted: (() => void)[] = [];
    const admit = (from: Endpoint): void => void admitted.push(sip.admitOwn(from, transport));
    const agent = this.#agent(own, transport, admit);
    try {
      await agent.start();
      if (transport === 'tcp') admit({ address: own, port: 0 });
      return await this.#dial(agent, { number, unit, transport, rtp, anyAnswer });
    } finally {
      await agent.stop(stopMs);
      rtp.close();
      admitted.forEach((end) => end());
    }
  }

  #dial(agent: UserAgent, { number, unit, transport, rtp, anyAnswer }: { readonly number: string; readonly unit: Endpoint; readonly transport: 'udp' | 'tcp'; readonly rtp: DatagramSocket; readonly anyAnswer: boolean }): Promise<CallEnd> {
    const { clock } = this.#parts;
    const heard = new HeardAudio();
    return new Promise((resolve) => {
      let answered = false;
      const limit = clock.after('own call', callMs, () => leg.hangUp('it took too long'));
      rtp.received = (bytes) => {
        heard.packet(bytes);
        if (answered && heard.enough) leg.hangUp('heard');
      };
      const ended = ({ status, text }: LegEnd): void => {
        limit.cancel();
        rtp.received = null;
        const good = (answered && heard.enough) || (anyAnswer && status === 404);
        const failed = good ? null : answered ? `it was answered, but ${heard.told}` : `it was not answered: ${text}`;
        const end = { failed, elsewhere: status !== null && status >= 300 && status < 400 };
        clock.after('own call', byeMs, () => resolve(end));
      };
      const leg: Leg = agent.place(
        { target: `sip:${escapeUser(number)}@${formatHost(unit.address)}:${unit.port};transport=${transport}`, fromNumber: 'understudy', fromName: 'Understudy itself', media: { address: rtp.local.address, rtpPort: rtp.local.port, codecs: ['PCMU', 'PCMA'] } },
        { established: () => void (answered = true), mediaChanged() {}, digit() {}, ended },
      );
    });
  }

  #agent(address: string, transport: 'udp' | 'tcp', admit: (from: Endpoint) => void): UserAgent {
    const { clock, random, datagram, stream, net } = this.#parts;
    const bind = async (local: Endpoint): Promise<DatagramSocket> => {
      const socket = await datagram.bind(local);
      admit(socket.local);
      return socket;
    };
    return new SipUserAgent({ clock, random, stream, net, log: silentLog, datagram: { bind, connect: (local, peer) => datagram.connect(local, peer) } }, {
      sip: { address, port: 0, udp: transport === 'udp', tcp: transport === 'tcp', publicAddress: null, sessionExpiresSec: 1800, minSessionExpiresSec: 90, maxTcpConnections: 2, watchMs: 500, watchMisses: 12, returnSec: 10 },
      peers: [{ name: 'unit', addresses: [address], host: null, port: 5060, transport: 'udp', trusted: false, backupOf: null, lamps: 'none', register: null, queued: null }],
      product: 'Understudy-own-call',
      incoming: (leg) => {
        clock.after('own call refuses', 0, () => leg.reject(486, 'Takes no calls'));
        return { established() {}, mediaChanged() {}, digit() {}, ended() {} };
      },
      available: () => false, counts: () => null, mailboxes: () => [], watchAll: false,
    });
  }
}
