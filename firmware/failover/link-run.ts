import type { Timer } from '../../hal/clock.ts';
import { BeatJudge, type BeatRefusal } from './beat-judge.ts';
import { type BeatSeal, HmacSeal, KeyRingSeal } from './beat-seal.ts';
import { BeatCodec, emptyBeat } from './beat.ts';
import { randomIncarnation } from './incarnation.ts';
import type { LinkFacts, LinkKeys, LinkSettings } from './link-protocol.ts';
import { LinkSockets } from './link-sockets.ts';
import type { PairLinkParts } from './pair-link.ts';
import { PartnerWatch, type Way } from './partner-watch.ts';
import { noPartner, type PartnerView } from './role.ts';
import { serialEvery } from './serial-pace.ts';
import { SerialWay } from './serial-way.ts';

const statisticsMs = 1000;
const fenceRetryMs = 1000;
const goodbyes = 3;
/** Datagrams from the partner's addresses that are looked at in one beat's time: a flood costs 2 ms of each 25 at most. */
const maxPerBeat = 256;

export const silentFacts: LinkFacts = { serving: false, able: false, sees: false, main: 'unknown', waiting: false, asks: false, epoch: 0, grant: 0, calls: 0 };

/** One start of the link, with an incarnation of its own. */
export class LinkRun {
  readonly #parts: PairLinkParts;
  readonly #settings: LinkSettings;
  readonly #codec: BeatCodec;
  readonly #judge: BeatJudge;
  readonly #watch: PartnerWatch;
  readonly #sockets: LinkSockets;
  readonly #serial: SerialWay | null;
  readonly #out = emptyBeat();
  /** The newest beat that counted, and the one that is being looked at: a refused one must leave no trace. */
  #in = emptyBeat();
  #scratch = emptyBeat();
  readonly #refused: Record<BeatRefusal, number> = { malformed: 0, 'foreign-key': 0, reflected: 0, 'not-for-us': 0, replayed: 0, 'too-many': 0 };
  #view: PartnerView = noPartner;
  /** The incarnation that the view is of. */
  #viewOf = 0n;
  #facts = silentFacts;
  #timer: Timer | null = null;
  #nextMs = 0;
  #statisticsDueMs = 0;
  #budget = maxPerBeat;
  #sent = 0;
  #pulse = 0;
  #pulseMs: number;
  #fenced = false;
  #fenceDueMs = -Infinity;

  constructor(parts: PairLinkParts, settings: LinkSettings, keys: LinkKeys) {
    this.#parts = parts;
    this.#settings = settings;
    this.#codec = new BeatCodec(this.#ring(keys));
    const incarnation = randomIncarnation(parts.random);
    const ways = waysOf(settings);
    this.#judge = new BeatJudge(incarnation, ways.length, settings.misses);
    this.#watch = new PartnerWatch({ ways, beatMs: settings.beatMs, misses: settings.misses });
    this.#serial = this.#serialWay(settings.partner.length);
    this.#sockets = new LinkSockets(parts, settings.partner, settings.port, {
      listening: () => parts.emit({ type: 'link-listening' }),
      received: (bytes, path) => this.#received(bytes, path),
      refused: (path) => this.#watch.refused(path),
      deaf: (error) => this.#log('pair-link-deaf', `The heartbeat port cannot be opened and is tried again each second: ${String(error)}`),
    });
    Object.assign(this.#out, { rank: settings.rank, beatMs: settings.beatMs, incarnation });
    this.#pulseMs = parts.clock.monotonic();
  }

  start(facts: LinkFacts): void {
    this.#facts = facts;
    this.#nextMs = this.#parts.clock.monotonic();
    this.#statisticsDueMs = this.#nextMs + statisticsMs;
    this.#sockets.open();
    this.#serial?.open();
    this.#await();
  }

  tell(facts: LinkFacts): void {
    const old = this.#facts;
    this.#facts = facts;
    const urgent = old.serving !== facts.serving || old.able !== facts.able || old.sees !== facts.sees || old.main !== facts.main || old.waiting !== facts.waiting || old.asks !== facts.asks || old.epoch !== facts.epoch || old.grant !== facts.grant;
    if (urgent) this.#beat(this.#parts.clock.monotonic(), false, true);
  }

  use(keys: LinkKeys): void {
    this.#codec.seal = this.#ring(keys);
  }

  carrier(path: number, up: boolean): void {
    this.#watch.carrier(path, up);
    this.#look(this.#parts.clock.monotonic());
  }

  sayGoodbye(): void {
    for (let count = 0; count < goodbyes; count++) this.#beat(this.#parts.clock.monotonic(), true, true);
  }

  end(): void {
    this.#timer?.cancel();
    this.#sockets.close();
    this.#serial?.close();
  }

  /** The last of the paths. A device that is gone is a way without a carrier. */
  #serialWay(path: number): SerialWay | null {
    const { clock, serial, emit } = this.#parts;
    const { serial: line, beatMs } = this.#settings;
    if (line === null) return null;
    if (serial === null) {
      this.#watch.carrier(path, false);
      this.#log('pair-serial-deaf', `This machine has no serial lines: the way over ${line.device} stays silent.`);
      return null;
    }
    return new SerialWay(clock, serial, line, beatMs, {
      listening: () => emit({ type: 'link-listening' }),
      received: (bytes) => (bytes === null ? this.#refuse('malformed') : this.#received(bytes, path)),
      there: (there) => this.carrier(path, there),
      deaf: (error) => this.#log('pair-serial-deaf', `The serial line ${line.device} cannot be used and is tried again each second: ${String(error)}`),
    });
  }

  #ring(keys: LinkKeys): BeatSeal {
    return new KeyRingSeal(keys, this.#parts.makeSeal ?? ((key) => new HmacSeal(key)));
  }

  #await(): void {
    const { clock } = this.#parts;
    this.#timer = clock.after('pair beat', this.#nextMs - clock.monotonic(), () => this.#tick());
  }

  #tick(): void {
    const nowMs = this.#parts.clock.monotonic();
    this.#budget = maxPerBeat;
    this.#beat(nowMs, false, false);
    this.#look(nowMs);
    this.#fence(nowMs);
    if (nowMs >= this.#statisticsDueMs) this.#statistics(nowMs);
    const { beatMs } = this.#settings;
    this.#nextMs += beatMs;
    if (this.#nextMs <= nowMs) this.#nextMs = nowMs + beatMs;
    this.#await();
  }

  /** `urgent`: it tells something new, and does not wait for its turn on a slow line. */
  #beat(nowMs: number, goodbye: boolean, urgent: boolean): void {
    const beat = this.#out;
    const controlAgeMs = this.#controlAge(nowMs);
    const { serving, able, sees, main, waiting, asks, epoch, grant, calls } = this.#facts;
    beat.serving = serving;
    beat.able = able && controlAgeMs < this.#settings.controlSilentMs;
    beat.sees = sees;
    beat.main = main;
    beat.waiting = waiting;
    beat.asks = asks;
    beat.goodbye = goodbye;
    beat.epoch = epoch;
    beat.grant = grant;
    beat.calls = calls;
    beat.controlAgeMs = controlAgeMs;
    beat.media = this.#parts.mediaHealth?.() ?? 100;
    beat.sequence++;
    beat.echo = this.#judge.echo();
    const bytes = this.#codec.encode(beat);
    this.#sockets.send(bytes);
    this.#serial?.send(bytes, urgent);
    this.#sent++;
  }

  /** Milliseconds since the pulse was last seen to change. */
  #controlAge(nowMs: number): number {
    const pulse = Atomics.load(this.#settings.pulse, 0);
    if (pulse !== this.#pulse) {
      this.#pulse = pulse;
      this.#pulseMs = nowMs;
    }
    return Math.floor(nowMs - this.#pulseMs);
  }

  #received(bytes: Uint8Array, path: number): void {
    if (this.#budget-- <= 0) return this.#refuse('too-many');
    const beat = this.#scratch;
    const known = this.#judge.partner;
    const refusal = this.#codec.decode(bytes, beat) ?? this.#judge.judge(beat, path);
    if (refusal !== null) return this.#refuse(refusal);
    this.#scratch = this.#in;
    this.#in = beat;
    const nowMs = this.#parts.clock.monotonic();
    this.#watch.heard(path, nowMs, { sequence: beat.sequence, goodbye: beat.goodbye, beatMs: beat.beatMs, fresh: beat.incarnation !== known });
    this.#publish(nowMs);
  }

  #look(nowMs: number): void {
    this.#watch.look(nowMs);
    this.#publish(nowMs);
  }

  /** Tells control what changed; most beats change nothing and end here. */
  #publish(nowMs: number): void {
    const { life } = this.#watch;
    if (life === this.#view.life && (life === 'unheard' || this.#same())) return;
    this.#view = life === 'unheard' ? noPartner : this.#read(life);
    this.#viewOf = this.#in.incarnation;
    this.#parts.emit({ type: 'link-partner', partner: this.#view, silentMs: this.#watch.silentMs(nowMs) });
  }

  #same(): boolean {
    const [view, beat] = [this.#view, this.#in];
    return beat.incarnation === this.#viewOf && view.serving === beat.serving && view.able === beat.able && view.sees === beat.sees && view.main === beat.main && view.waiting === beat.waiting && view.asks === beat.asks && view.epoch === beat.epoch && view.grant === beat.grant;
  }

  #read(life: PartnerView['life']): PartnerView {
    const { rank, serving, able, sees, main, waiting, asks, epoch, grant, beatMs, incarnation } = this.#in;
    const disagreement = rank === this.#settings.rank ? 'same-rank' : beatMs !== this.#settings.beatMs ? 'other-beat' : null;
    return { life, serving, able, sees, main, waiting, asks, epoch, grant, disagreement, senior: incarnation > this.#out.incarnation };
  }

  /** The control thread cannot act and the partner serves: if the address is still here, it goes, by the only thread that lives. Once in each hang. */
  #fence(nowMs: number): void {
    const { fence } = this.#parts;
    if (this.#controlAge(nowMs) < this.#settings.controlSilentMs) return void (this.#fenced = false);
    const theirs = this.#view.life === 'alive' && this.#view.serving && (!this.#facts.serving || this.#view.epoch > this.#facts.epoch);
    if (fence === null || !theirs || this.#fenced || nowMs < this.#fenceDueMs) return;
    this.#fenceDueMs = nowMs + fenceRetryMs;
    fence().then(
      () => {
        this.#fenced = true;
        this.#parts.emit({ type: 'link-fenced' });
      },
      (error) => this.#log('pair-fence-failed', `The control thread hangs and the shared address could not be removed: ${String(error)}`),
    );
  }

  #statistics(nowMs: number): void {
    this.#statisticsDueMs = nowMs + statisticsMs;
    const statistics = { paths: this.#watch.statistics(nowMs), sent: this.#sent, sendFailures: this.#sockets.failures + (this.#serial?.failures ?? 0), refused: { ...this.#refused }, ...this.#watch.counters };
    this.#parts.emit({ type: 'link-statistics', statistics, partnerCalls: this.#in.calls, partnerControlAgeMs: this.#in.controlAgeMs, partnerSpeaks: this.#watch.life === 'unheard' ? null : { pair: this.#in.pair, pairFrom: this.#in.pairFrom } });
  }

  #refuse(why: BeatRefusal): void {
    this.#refused[why]++;
  }

  #log(event: string, text: string): void {
    this.#parts.emit({ type: 'link-log', severity: 'alert', event, text, facts: {} });
  }
}

/** Those of the network, which tell when nobody listens, and the serial line, which takes fewer beats. */
function waysOf({ partner, serial, beatMs }: LinkSettings): Way[] {
  const network: Way[] = partner.map(() => ({ every: 1, refuses: true }));
  return serial === null ? network : [...network, { every: serialEvery(serial.baud, beatMs), refuses: false }];
}
