import type { Clock, Timer } from '../../hal/clock.ts';
import type { DatagramNet, DatagramSocket, Endpoint } from '../../hal/datagram.ts';
import type { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import { BeatJudge, type BeatRefusal } from './beat-judge.ts';
import { type BeatSeal, HmacSeal, KeyRingSeal } from './beat-seal.ts';
import { BeatCodec, emptyBeat } from './beat.ts';
import type { LinkCommand, LinkEvent, LinkFacts, LinkKeys, LinkSettings } from './link-protocol.ts';
import { PartnerWatch } from './partner-watch.ts';
import { noPartner, type PartnerView } from './role.ts';

export interface PairLinkParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly datagram: DatagramNet;
  readonly emit: (event: LinkEvent) => void;
  /** Removes the shared address when the control thread hangs and the partner serves; null = there is none. Rejects when it could not. */
  readonly fence: (() => Promise<void>) | null;
  /** 0 to 100, for the beat. */
  readonly mediaHealth?: () => number;
  readonly makeSeal?: (key: Uint8Array) => BeatSeal;
}

const bindRetryMs = 1000;
const statisticsMs = 1000;
const fenceRetryMs = 1000;
const goodbyes = 3;
/** Datagrams from the partner's addresses that are looked at in one beat's time: a flood costs 2 ms of each 25 at most. */
const maxPerBeat = 256;

const silentFacts: LinkFacts = { serving: false, able: false, sees: false, waiting: false, asks: false, epoch: 0, grant: 0, calls: 0 };

/**
 * The heartbeat, in the media thread: it goes on whatever the control thread does.
 *
 *   clock ── each beatMs ──> pulse ──> beat ──> every path          socket ──> judge ──> watch ──> event to control, on change
 *
 * One socket for each address family, since two on the same port and any address exclude each other; a path is known by the
 * partner's address. Beats leave by absolute deadlines; one that is late by more than a beat is skipped, not caught up with.
 */
export class PairLink {
  readonly #parts: PairLinkParts;
  #run: LinkRun | null = null;
  #facts = silentFacts;

  constructor(parts: PairLinkParts) {
    this.#parts = parts;
  }

  command(command: LinkCommand): void {
    switch (command.type) {
      case 'link-start':
        this.#run?.end();
        this.#run = new LinkRun(this.#parts, command.settings, command.keys);
        return this.#run.start(this.#facts);
      case 'link-keys':
        return this.#run?.use(command.keys);
      case 'link-facts':
        this.#facts = command.facts;
        return this.#run?.tell(command.facts);
      case 'link-carrier':
        return this.#run?.carrier(command.path, command.up);
      case 'link-stop':
        this.#run?.sayGoodbye();
        this.close();
        return this.#parts.emit({ type: 'link-stopped' });
    }
  }

  /** Ends without a goodbye. */
  close(): void {
    this.#run?.end();
    this.#run = null;
  }
}

/** One start of the link, with an incarnation of its own. */
class LinkRun {
  readonly #parts: PairLinkParts;
  readonly #settings: LinkSettings;
  readonly #codec: BeatCodec;
  readonly #judge: BeatJudge;
  readonly #watch: PartnerWatch;
  readonly #paths: readonly Endpoint[];
  readonly #out = emptyBeat();
  /** The newest beat that counted, and the one that is being looked at: a refused one must leave no trace. */
  #in = emptyBeat();
  #scratch = emptyBeat();
  readonly #sockets: (DatagramSocket | null)[];
  readonly #refused: Record<BeatRefusal, number> = { 'unknown-address': 0, malformed: 0, 'foreign-key': 0, reflected: 0, 'not-for-us': 0, replayed: 0, 'too-many': 0 };
  #view: PartnerView = noPartner;
  /** The incarnation that the view is of. */
  #viewOf = 0n;
  #facts = silentFacts;
  #timer: Timer | null = null;
  #bindTimer: Timer | null = null;
  #nextMs = 0;
  #statisticsDueMs = 0;
  #budget = maxPerBeat;
  #sent = 0;
  #sendFailures = 0;
  #pulse = 0;
  #pulseMs: number;
  #fenced = false;
  #fenceDueMs = -Infinity;
  #ended = false;

  constructor(parts: PairLinkParts, settings: LinkSettings, keys: LinkKeys) {
    this.#parts = parts;
    this.#settings = settings;
    this.#codec = new BeatCodec(this.#ring(keys));
    const incarnation = randomIncarnation(parts.random);
    this.#judge = new BeatJudge(incarnation, settings.partner.length, settings.misses);
    this.#watch = new PartnerWatch({ paths: settings.partner.length, beatMs: settings.beatMs, misses: settings.misses });
    this.#paths = settings.partner.map((address) => ({ address, port: settings.port }));
    this.#sockets = families(settings.partner).map(() => null);
    Object.assign(this.#out, { rank: settings.rank, beatMs: settings.beatMs, incarnation });
    this.#pulseMs = parts.clock.monotonic();
  }

  start(facts: LinkFacts): void {
    this.#facts = facts;
    this.#nextMs = this.#parts.clock.monotonic();
    this.#statisticsDueMs = this.#nextMs + statisticsMs;
    void this.#bind();
    this.#await();
  }

  tell(facts: LinkFacts): void {
    const old = this.#facts;
    this.#facts = facts;
    const urgent = old.serving !== facts.serving || old.able !== facts.able || old.sees !== facts.sees || old.waiting !== facts.waiting || old.asks !== facts.asks || old.epoch !== facts.epoch || old.grant !== facts.grant;
    if (urgent) this.#beat(this.#parts.clock.monotonic(), false);
  }

  use(keys: LinkKeys): void {
    this.#codec.seal = this.#ring(keys);
  }

  carrier(path: number, up: boolean): void {
    if (path < 0 || path >= this.#paths.length) return;
    this.#watch.carrier(path, up);
    this.#look(this.#parts.clock.monotonic());
  }

  sayGoodbye(): void {
    for (let count = 0; count < goodbyes; count++) this.#beat(this.#parts.clock.monotonic(), true);
  }

  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
    this.#bindTimer?.cancel();
    for (const socket of this.#sockets) socket?.close();
  }

  #ring(keys: LinkKeys): BeatSeal {
    return new KeyRingSeal(keys, this.#parts.makeSeal ?? ((key) => new HmacSeal(key)));
  }

  async #bind(): Promise<void> {
    try {
      for (const [at, address] of families(this.#settings.partner).entries()) {
        if (this.#sockets[at] !== null) continue;
        const socket = await this.#parts.datagram.bind({ address, port: this.#settings.port });
        if (this.#ended) return socket.close();
        socket.received = (bytes, from) => this.#received(bytes, from);
        socket.failed = (error, to) => this.#failed(error, to);
        this.#sockets[at] = socket;
      }
      this.#parts.emit({ type: 'link-listening' });
    } catch (error) {
      if (this.#ended) return;
      this.#log('alert', 'pair-link-deaf', `The heartbeat port cannot be opened and is tried again each second: ${String(error)}`);
      this.#bindTimer = this.#parts.clock.after('pair bind', bindRetryMs, () => void this.#bind());
    }
  }

  #await(): void {
    const { clock } = this.#parts;
    this.#timer = clock.after('pair beat', this.#nextMs - clock.monotonic(), () => this.#tick());
  }

  #tick(): void {
    const nowMs = this.#parts.clock.monotonic();
    this.#budget = maxPerBeat;
    this.#beat(nowMs, false);
    this.#look(nowMs);
    this.#fence(nowMs);
    if (nowMs >= this.#statisticsDueMs) this.#statistics(nowMs);
    const { beatMs } = this.#settings;
    this.#nextMs += beatMs;
    if (this.#nextMs <= nowMs) this.#nextMs = nowMs + beatMs;
    this.#await();
  }

  #beat(nowMs: number, goodbye: boolean): void {
    const beat = this.#out;
    const controlAgeMs = this.#controlAge(nowMs);
    const { serving, able, sees, waiting, asks, epoch, grant, calls } = this.#facts;
    beat.serving = serving;
    beat.able = able && controlAgeMs < this.#settings.controlSilentMs;
    beat.sees = sees;
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
    for (const path of this.#paths) this.#socketFor(path.address)?.send(bytes, path);
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

  #received(bytes: Uint8Array, from: Endpoint): void {
    const path = this.#pathOf(from.address);
    if (path < 0) return this.#refuse('unknown-address');
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

  #failed(error: HalError, to: Endpoint | null): void {
    this.#sendFailures++;
    if (error.id !== 'connection-refused' || to === null) return;
    const path = this.#pathOf(to.address);
    if (path >= 0) this.#watch.refused(path);
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
    return beat.incarnation === this.#viewOf && view.serving === beat.serving && view.able === beat.able && view.sees === beat.sees && view.waiting === beat.waiting && view.asks === beat.asks && view.epoch === beat.epoch && view.grant === beat.grant;
  }

  #read(life: PartnerView['life']): PartnerView {
    const { rank, serving, able, sees, waiting, asks, epoch, grant, beatMs, incarnation } = this.#in;
    const disagreement = rank === this.#settings.rank ? 'same-rank' : beatMs !== this.#settings.beatMs ? 'other-beat' : null;
    return { life, serving, able, sees, waiting, asks, epoch, grant, disagreement, senior: incarnation > this.#out.incarnation };
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
      (error) => this.#log('alert', 'pair-fence-failed', `The control thread hangs and the shared address could not be removed: ${String(error)}`),
    );
  }

  #statistics(nowMs: number): void {
    this.#statisticsDueMs = nowMs + statisticsMs;
    const statistics = { paths: this.#watch.statistics(nowMs), sent: this.#sent, sendFailures: this.#sendFailures, refused: { ...this.#refused }, ...this.#watch.counters };
    this.#parts.emit({ type: 'link-statistics', statistics, partnerCalls: this.#in.calls, partnerControlAgeMs: this.#in.controlAgeMs });
  }

  #refuse(why: BeatRefusal): void {
    this.#refused[why]++;
  }

  #pathOf(address: string): number {
    for (let at = 0; at < this.#paths.length; at++) if ((this.#paths[at] as Endpoint).address === address) return at;
    return -1;
  }

  #socketFor(address: string): DatagramSocket | null {
    return this.#sockets[address.includes(':') && this.#sockets.length > 1 ? 1 : 0] ?? null;
  }

  #log(severity: 'alert', event: string, text: string): void {
    this.#parts.emit({ type: 'link-log', severity, event, text, facts: {} });
  }
}

/** The any-addresses to bind, IPv4 first. */
function families(addresses: readonly string[]): string[] {
  const six = addresses.some((address) => address.includes(':'));
  const four = addresses.some((address) => !address.includes(':'));
  return [...(four ? ['0.0.0.0'] : []), ...(six ? ['::'] : [])];
}

/** 64 random bits, never 0, which stands for nobody. */
function randomIncarnation(random: Random): bigint {
  const bytes = random.bytes(8);
  const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  return value === 0n ? 1n : value;
}
