import type { TalkAnswer, TransferAnswer, TransferAsk } from '../../callflow/requests/transfer-requests.ts';
import type { Settings } from '../../config/settings.ts';
import type { PhoneDesk } from '../../lines/phones/phone-desk.ts';
import type { Leg, LegHandlers } from '../../sip/leg.ts';
import { credentialsOf } from '../outgoing-call.ts';
import type { CallablePeer } from '../peer-to-call.ts';
import { noPeer } from '../peer-to-call.ts';
import type { PlayParts } from '../play-at.ts';
import type { Port } from '../port-pool.ts';
import type { AskingCall } from '../request-desk.ts';
import { ParkDesk } from './park-desk.ts';
import { ReturnedCalls } from './returned-calls.ts';
import { headersOf, peerOf, targetCall, uriAt } from './target-address.ts';
import type { TargetParts } from './target-call.ts';
import { TargetCall } from './target-call.ts';
import type { TargetWait } from './target-machine.ts';
import { outcomeOf } from './target-machine.ts';
import { mayTransfer } from './transfer-rules.ts';
import { playWhisper } from './whisper.ts';

export interface TransferParts extends PlayParts {
  readonly phones: () => Pick<PhoneDesk, 'ring' | 'has'>;
}

/** Who answered decides about the call, waits for the caller to be brought, and the media thread for its end: so long, in milliseconds. */
const whisperMs = 60_000;
const meetingMs = 45_000;
const drainMs = 60_000;
/** The PBX puts two calls that stand together at once. */
const attendedReportMs = 8000;

/** What calls can be handed over in: where the number is, and how it is reached. */
type Way = { readonly kind: 'phone' } | { readonly kind: 'peer'; readonly peer: CallablePeer; readonly local: string };

/** Hands callers over: to the PBX by REFER where it takes them, else by a second call that the unit joins to theirs. */
export class TransferDesk {
  readonly returned: ReturnedCalls;
  readonly parking: ParkDesk;
  readonly #parts: () => TransferParts;
  /** By the caller's call: the last one each; the one before it may still let go of its media. */
  readonly #targets = new Map<string, TargetCall>();

  constructor(clock: PlayParts['services']['clock'], parts: () => TransferParts) {
    this.#parts = parts;
    this.returned = new ReturnedCalls(clock);
    this.parking = new ParkDesk(parts, this);
  }

  async transfer(ask: TransferAsk, call: AskingCall): Promise<TransferAnswer> {
    const to = ask.to.trim();
    if (!mayTransfer(this.#settings, to)) return this.#told(call, to, { outcome: 'not-allowed', text: 'transfers.allow keeps this number out' });
    if (this.#targets.get(call.id)?.over === false) return this.#told(call, to, { outcome: 'failed', text: 'another number is being called' });
    const answer = await this.#hand({ ...ask, to }, call);
    if (answer.outcome !== 'gone') this.returned.forget(call.leg.facts.caller.number, to);
    return this.#told(call, to, call.signal.aborted && answer.outcome === 'answered' ? { outcome: 'failed', text: 'the caller hung up' } : answer);
  }

  talk(call: AskingCall): Promise<TalkAnswer> {
    return this.#targets.get(call.id)?.talk(call.channel.port) ?? Promise.resolve({ ended: 'nobody', talkedMs: 0 });
  }

  async #hand(ask: TransferAsk, call: AskingCall): Promise<TransferAnswer> {
    const onPhone = this.#parts().phones().has(ask.to);
    if (ask.mailbox !== null) this.returned.left(call.leg.facts.caller.number, ask.to, ask.mailbox);
    if (ask.how === 'blind' && ask.whisper === null && !onPhone) {
      const handed = await this.#refer(ask, call, null);
      if (handed !== null) return handed;
    }
    const way = onPhone ? ({ kind: 'phone' } as const) : await this.#wayToPeer(call);
    if (typeof way === 'string') return { outcome: 'failed', text: way };
    const answer = await this.#call(ask, call, way);
    const target = this.#targets.get(call.id);
    const alone = ask.how === 'blind' && ask.whisper === null; // then the PBX has refused already
    if (answer.outcome !== 'answered' || onPhone || alone || target === undefined) return answer;
    return (await this.#refer(ask, call, target.leg)) ?? answer;
  }

  /** null: the peer does not take the call over, and the unit has to. `replaces`: a call that stands with who is to have the caller. */
  async #refer(ask: TransferAsk, call: AskingCall, replaces: Leg | null): Promise<TransferAnswer | null> {
    const { leg } = call;
    const { transfers, peers } = this.#settings;
    if (transfers.method === 'bridge' || leg.refer === undefined || call.signal.aborted) return null;
    const peer = peers.find(({ name }) => name === leg.facts.peer);
    const host = peer?.host ?? leg.facts.remoteAddress;
    const told = await leg.refer({
      to: uriAt(this.#settings, leg.facts, ask.to),
      by: uriAt(this.#settings, leg.facts, ask.showNumber ?? (leg.facts.originalTarget || leg.facts.dialled)),
      ...(replaces === null ? { headers: headersOf(ask, host) } : { replaces }),
      ...credentialsOf(peer),
      timeoutMs: replaces === null ? transfers.reportSec * 1000 : attendedReportMs,
    });
    const { log } = this.#parts().services;
    log.write('info', 'refer', `REFER of call ${call.id} to ${ask.to}: ${told.text}.`, { call: call.id });
    if (told.outcome === 'done') {
      leg.hangUp('the PBX has the call');
      return { outcome: 'gone', text: told.text };
    }
    if (told.outcome === 'ended') return { outcome: 'failed', text: told.text };
    if (told.outcome === 'refused' || replaces !== null) return null;
    return { outcome: outcomeOf(told.status), text: told.text };
  }

  /** A text says why there is none. */
  async #wayToPeer({ leg }: AskingCall): Promise<Way | string> {
    const { sip, local } = this.#parts();
    const peer = peerOf(this.#settings, leg.facts, sip.peers());
    if (peer === null) return noPeer;
    try {
      return { kind: 'peer', peer, local: await local(peer.host) };
    } catch (error) {
      return `${peer.name} cannot be reached: ${String(error)}`;
    }
  }

  #call(ask: TransferAsk, call: AskingCall, way: Way): Promise<TransferAnswer> {
    const { whisper, ringMs } = ask;
    const { services } = this.#parts();
    return this.meet(call, {
      rules: { whispers: whisper !== null, autoAccept: whisper?.autoAccept === true },
      ringMs,
      dial: (on, handlers) => this.#dial(ask, call, way, on, handlers),
      whisper: (channel) => playWhisper(services, channel, whisper?.recording ?? null, whisper?.autoAccept === true),
    });
  }

  /** Somebody is to have this caller: one at a time. 'answered': they wait for `talk`. */
  meet(call: AskingCall, { ringMs, ...who }: Pick<TargetParts, 'dial' | 'whisper' | 'rules'> & { readonly ringMs: number }): Promise<TransferAnswer> {
    const { services, calls, send } = this.#parts();
    if (call.signal.aborted) return Promise.resolve({ outcome: 'failed', text: 'the caller hung up' });
    return new Promise((tell) => {
      const target = calls.place((port, released) => new TargetCall({
        clock: services.clock, log: services.log, send, tell, ...who,
        forCall: call.id,
        limitsMs: this.#limits(ringMs),
        silenceLimitSec: this.#settings.rtp.timeoutSec,
        released: () => {
          if (this.#targets.get(call.id) === target) this.#targets.delete(call.id);
          released();
        },
      }, port));
      if (target === null) return tell({ outcome: 'failed', text: 'no port is free for the call' });
      this.#targets.set(call.id, target);
      call.signal.addEventListener('abort', () => target.giveUp(), { once: true });
    });
  }

  #dial(ask: TransferAsk, { leg }: AskingCall, way: Way, port: Port, handlers: LegHandlers): Leg {
    const { sip, phones, rtpPort } = this.#parts();
    if (way.kind === 'peer') return sip.place(targetCall(way.peer, ask, leg.facts, { address: way.local, rtpPort: rtpPort(port), codecs: this.#settings.rtp.codecs }), handlers);
    const { number, name, uri } = leg.facts.caller;
    const telephone = phones().ring(ask.to, { number: ask.showNumber ?? number, name: ask.showName ?? name, uri }, handlers);
    if (telephone === null) throw new RangeError(`no phone port has number ${ask.to}`);
    return telephone;
  }

  #limits(ringMs: number): Readonly<Record<TargetWait, number>> {
    return { ring: Math.min(180_000, Math.max(1000, ringMs)), whisper: whisperMs, meeting: meetingMs, talk: this.#settings.transfers.talkMin * 60_000, drain: drainMs };
  }

  #told(call: AskingCall, to: string, answer: TransferAnswer): TransferAnswer {
    this.#parts().services.log.write(answer.outcome === 'not-allowed' ? 'warning' : 'notice', 'transfer', `Call ${call.id} to ${to.slice(0, 64)}: ${answer.outcome}, ${answer.text}.`, { call: call.id });
    return answer;
  }

  get #settings(): Settings {
    return this.#parts().services.settings();
  }
}
