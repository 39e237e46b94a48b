import * as v from 'valibot';
import type { Clock, Timer } from '../../../hal/clock.ts';
import { isWebAddress } from '../../../hal/download.ts';
import type { BundleFiles } from '../../../hal/firmware-slots.ts';
import type { Random } from '../../../hal/random.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import type { PairNames } from '../../failover/homecoming/pair-names.ts';
import { readRequest } from '../../failover/homecoming/home-protocol.ts';
import type { Log } from '../../log.ts';
import { ChannelError, refusal } from '../../site/channel/channel-error.ts';
import { Channel, type Answer } from '../../site/channel/channel.ts';
import type { Data } from '../../site/channel/frame.ts';
import { spokenFirst } from '../../site/channel/spoken-first.ts';
import { TokenBucket } from '../../site/channel/token-bucket.ts';
import { randomHex } from '../../sip/session/session-parts.ts';
import { bundleBytesPerSec, incomingPlace, type BundleFetcher } from '../bundle-fetcher.ts';
import type { UpdateDesk } from '../update-desk.ts';
import type { UpdateAnswer } from '../update-state.ts';
import { wordsOf } from '../update-words.ts';
import { isUnderWay, noPairUpdate, pairUpdateStep, type PairUpdateInput, type PairUpdateState } from './pair-update-machine.ts';
import { firmwareService, partnerFirmware, pieceBytes, requests } from './pair-update-protocol.ts';
import { PairUpdateTaker } from './pair-update-taker.ts';

export interface PairUpdateParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly desk: UpdateDesk;
  readonly files: BundleFiles;
  readonly fetcher: BundleFetcher;
  readonly service: () => { readonly serves: boolean; readonly partnerFit: boolean };
  /** null = no partner. */
  readonly names: () => PairNames | null;
  readonly dial: (service: string) => Promise<StreamConnection>;
}

/** A piece and its head at once. */
const burstBytes = 2 * pieceBytes;
const lookMs = 1000;

/**
 * One firmware for both units: to the partner first, and here when it is good there.
 *
 *   this unit, which serves   PairUpdate ── Channel ════ Channel ── PairUpdateTaker   the partner, which stands by
 */
export class PairUpdate {
  readonly #parts: PairUpdateParts;
  readonly #taker: PairUpdateTaker;
  #state: PairUpdateState = noPairUpdate;
  #place = '';
  #channel: Channel | null = null;
  #busy = false;
  #ordering = false;
  #fetching: AbortController | null = null;
  #timer: Timer | null = null;
  #waits = new Set<() => void>();

  constructor(parts: PairUpdateParts) {
    this.#parts = parts;
    this.#taker = new PairUpdateTaker({ desk: parts.desk, serves: () => parts.service().serves });
  }

  get state(): PairUpdateState {
    return this.#state;
  }

  /** A connection that the partner has made, which is the one that gives. */
  serve(connection: StreamConnection): void {
    const stop = spokenFirst(connection, this.#parts.clock, (spoken) => {
      this.#waits.delete(stop);
      this.#attach(spoken, (kind, data, channel) => this.#taker.answer(kind, data, channel), () => undefined);
    });
    this.#waits.add(stop);
  }

  /** `place`: a file on this machine. Begins, or says why not. */
  async order(source: string, by: string): Promise<UpdateAnswer> {
    const { service, desk } = this.#parts;
    const no = (text: string): UpdateAnswer => ({ ok: false, text });
    if (isUnderWay(this.#state.phase)) return no('the pair is being updated already');
    const { serves, partnerFit } = service();
    if (!serves) return no('give the command at the unit that serves');
    if (!partnerFit) return no('the partner is not heard, or could not serve');
    if (this.#fetching !== null) return no('a bundle for the pair is being fetched');
    if (await desk.receiving()) return no('a bundle is being received: wait until it is there');
    if (isWebAddress(source)) {
      void this.#fetch(source, by);
      return { ok: true, text: 'it is fetched, checked, and goes to the partner first, which stands by; show update tells' };
    }
    return this.#begin(source, by);
  }

  /** What keeps the unit from an update of its own alone; null = nothing does. */
  get holds(): string | null {
    if (this.#ordering) return null;
    return this.#fetching === null && !isUnderWay(this.#state.phase) ? null : 'the pair is being updated, the partner first';
  }

  async #begin(source: string, by: string): Promise<UpdateAnswer> {
    const { desk, files, random, clock } = this.#parts;
    const judged = await desk.judge(source);
    if (!judged.ok) return { ok: false, text: judged.reason };
    const bytes = await files.bytes(judged.place);
    if (isUnderWay(this.#state.phase)) return { ok: false, text: 'the pair is being updated already' };
    this.#place = judged.place;
    this.#step({ type: 'begin', version: judged.version, id: randomHex(random, 8), by, bytes, nowMs: clock.monotonic() });
    return { ok: true, text: `version ${judged.version} goes to the partner first, which stands by; this unit follows when it is good there` };
  }

  async #fetch(url: string, by: string): Promise<void> {
    const { fetcher, log } = this.#parts;
    this.#fetching = new AbortController();
    const why = await fetcher.fetch(url, () => undefined, this.#fetching.signal).then(() => null, wordsOf);
    this.#fetching = null;
    const begun = why === null ? await this.#begin(incomingPlace, by) : { ok: false, text: why };
    if (begun.ok) return;
    log.write('warning', 'update-refused', `The firmware of ${url} is refused for the pair, and nothing was changed: ${begun.text}.`);
    await this.#clear(incomingPlace);
  }

  /** A bundle that was fetched for this goes when it has come to nothing. */
  async #clear(place: string): Promise<void> {
    const { fetcher, log } = this.#parts;
    if (place === incomingPlace) await fetcher.clear().catch((error: unknown) => log.write('error', 'update-trouble', `A fetched firmware could not be removed: ${wordsOf(error)}.`));
  }

  cancel(by: string): UpdateAnswer {
    if (this.#fetching !== null) {
      this.#fetching.abort();
      return { ok: true, text: 'it is not fetched any more' };
    }
    const { phase } = this.#state;
    if (!isUnderWay(phase)) return { ok: false, text: 'no update of the pair is going on' };
    this.#step({ type: 'cancel', by });
    return this.#state.phase === 'idle' ? { ok: true, text: 'this unit does not follow; what the partner has taken goes its own way there' } : { ok: false, text: 'the partner runs it already, and this unit is about to follow' };
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#waits.forEach((stop) => stop());
    this.#channel?.close();
    this.#fetching?.abort();
  }

  #step(input: PairUpdateInput): void {
    const before = this.#state.phase;
    const { state, effects } = pairUpdateStep(this.#state, input);
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'tell') this.#parts.log.write(effect.severity, effect.event, effect.text);
      else if (effect.type === 'offer') void this.#offer();
      else void this.#own();
    }
    if (state.phase === 'idle' && before !== 'idle') void this.#clear(this.#place);
    if (isUnderWay(state.phase)) this.#timer ??= this.#parts.clock.after('pair update', lookMs, () => void this.#look());
    else {
      this.#timer?.cancel();
      this.#timer = null;
      this.#channel?.close();
    }
  }

  /** Asks the partner, over a connection that is made anew when it has broken. */
  async #look(): Promise<void> {
    this.#timer = null;
    const { clock, service } = this.#parts;
    try {
      const channel = await this.#connected();
      const { data } = await channel.ask('status', {});
      const read = v.safeParse(partnerFirmware, data);
      if (!read.success) throw new ChannelError('malformed', 'the answer is not of this protocol');
      this.#step({ type: 'partner', partner: read.output, nowMs: clock.monotonic() });
    } catch {
      this.#step({ type: 'unreachable', nowMs: clock.monotonic() });
    }
    if (isUnderWay(this.#state.phase)) this.#step({ type: 'look', ...service(), nowMs: clock.monotonic() });
  }

  async #offer(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const { id, bytes, by } = this.#state;
    try {
      const channel = await this.#connected();
      await channel.ask('take', { id, bytes, by: `the partner, for ${by}`.slice(0, 128) });
    } catch (error) {
      if (error instanceof ChannelError && error.id === 'refused') this.#step({ type: 'refused', reason: error.message });
    } finally {
      this.#busy = false;
    }
  }

  async #own(): Promise<void> {
    const { desk } = this.#parts;
    this.#ordering = true;
    const { ok, text } = await desk.order(this.#place, this.#state.by, 'idle').finally(() => (this.#ordering = false));
    if (!ok) this.#step({ type: 'own-refused', reason: text });
  }

  async #connected(): Promise<Channel> {
    if (this.#channel?.peer != null) return this.#channel;
    const connection = await this.#parts.dial(firmwareService);
    return new Promise((resolve, reject) => {
      const channel = this.#attach(connection, (kind, data) => this.#give(kind, data), (error) => reject(error), () => resolve(channel));
      this.#channel = channel;
    });
  }

  async #give(kind: string, data: Data): Promise<Answer> {
    if (kind !== 'piece') throw refusal('unknown', `there is no request ${kind.slice(0, 64)}`);
    const { id, offset } = readRequest(requests.piece, data);
    if (id !== this.#state.id || this.#state.phase === 'idle') throw refusal('refused', 'that bundle is not given any more');
    try {
      return { data: {}, body: await this.#parts.files.piece(this.#place, offset, pieceBytes) };
    } catch (error) {
      throw refusal('refused', wordsOf(error));
    }
  }

  #attach(connection: StreamConnection, answer: (kind: string, data: Data, channel: Channel) => Promise<Answer>, ended: (error: ChannelError) => void, ready: () => void = () => undefined): Channel {
    const { clock, names } = this.#parts;
    const { own = '', pair = '' } = names() ?? {};
    const channel: Channel = new Channel({
      clock, connection, site: pair, unit: own,
      bucket: new TokenBucket(() => bundleBytesPerSec, burstBytes, clock.monotonic()),
      answer: (kind, data) => answer(kind, data, channel),
      pushed: () => undefined,
      ready,
      ended: (error) => {
        if (this.#channel === channel) this.#channel = null;
        ended(error);
      },
    });
    return channel;
  }
}
