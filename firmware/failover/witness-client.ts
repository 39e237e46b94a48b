import type { Clock, Timer } from '../../hal/clock.ts';
import type { DatagramNet, DatagramSocket, Endpoint } from '../../hal/datagram.ts';
import type { Random } from '../../hal/random.ts';
import type { WitnessSettings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import type { Report } from '../witness/lease.ts';
import { pairId, witnessKey } from '../witness/witness-key.ts';
import { decodeWitnessMessage, encodeWitnessMessage, type WitnessMessage } from '../witness/witness-message.ts';
import { type BeatSeal, HmacSeal } from './beat-seal.ts';
import { randomIncarnation } from './incarnation.ts';
import type { WitnessStatus } from './pair-status.ts';
import type { PairTiming } from './pair-timing.ts';
import { otherRank, type PartnerView, type Rank, type WitnessView } from './role.ts';
import { WitnessEar } from './witness-ear.ts';
import { witnessPaceMs } from './witness-pace.ts';

export interface WitnessClientParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly datagram: DatagramNet;
  readonly log: Log;
  readonly timing: PairTiming;
  readonly makeSeal?: (key: Uint8Array) => BeatSeal;
  /** What is to be told of this unit now. */
  readonly report: () => Omit<Report, 'wonders'>;
  /** `view` has changed. */
  readonly changed: () => void;
}

const openRetryMs = 1000;
/** The least between two reports that the network can make this unit send: answers without a session, and probes. */
const promptMs = 20;

/** Tells the witness who serves, and asks it about a partner that is missed. What it says reaches the role machine as `WitnessView`. */
export class WitnessClient {
  readonly #parts: WitnessClientParts;
  readonly #settings: WitnessSettings;
  readonly #rank: Rank;
  readonly #seal: BeatSeal;
  readonly #peer: Endpoint;
  readonly #common: { readonly pair: bigint; readonly rank: Rank; readonly incarnation: bigint };
  readonly #ear: WitnessEar;
  #socket: DatagramSocket | null = null;
  #session = 0n;
  #sequence = 0;
  #answered = 0;
  #refused = 0;
  #last: Omit<Report, 'wonders'> | null = null;
  #sentMs = -Infinity;
  #quietSinceMs: number | null = null;
  #timer: Timer | null = null;
  #retry: Timer | null = null;
  #running = false;

  constructor(parts: WitnessClientParts, settings: WitnessSettings, rank: Rank) {
    const key = witnessKey(settings);
    this.#parts = parts;
    this.#settings = settings;
    this.#rank = rank;
    this.#seal = parts.makeSeal?.(key) ?? new HmacSeal(key);
    this.#peer = { address: settings.address, port: settings.port };
    this.#common = { pair: pairId(settings.name), rank, incarnation: randomIncarnation(parts.random) };
    this.#ear = new WitnessEar(parts.log, this.#place, parts.changed);
  }

  start(): void {
    this.#running = true;
    this.#missed();
    void this.#open();
  }

  /** Gives the lease back, so that the partner need not ask whether this unit is there. */
  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#timer?.cancel();
    this.#retry?.cancel();
    for (let count = 0; count < 2; count++) this.#send({ ...this.#parts.report(), serving: false, wants: false });
    this.#socket?.close();
  }

  get view(): WitnessView {
    return this.#ear.view;
  }

  partner({ life }: PartnerView): void {
    if (!this.#running) return;
    if (life === 'alive') this.#quietSinceMs = null;
    else if (this.#quietSinceMs === null) this.#missed();
  }

  /** What is to be told may have changed. */
  look(): void {
    if (!this.#running || this.#last === null) return;
    const [old, now] = [this.#last, this.#parts.report()];
    if (now.serving !== old.serving || now.wants !== old.wants || now.epoch !== old.epoch) this.#tick();
  }

  status(): WitnessStatus {
    const { says, heardMs, silent } = this.#ear;
    const holder = says === 'yours' ? this.#rank : says === 'theirs' ? otherRank(this.#rank) : null;
    return {
      place: this.#place, name: this.#settings.name, holder, sent: this.#sequence, answers: this.#ear.answers, refused: this.#refused,
      state: silent ? 'silent' : says === null ? 'asking' : says === 'learning' ? 'learning' : 'answers',
      silentMs: heardMs === null ? null : this.#parts.clock.monotonic() - heardMs,
    };
  }

  get #place(): string {
    const { address, port } = this.#settings;
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  }

  /** What it said before the partner was missed says nothing about where it is now. */
  #missed(): void {
    const nowMs = this.#parts.clock.monotonic();
    this.#quietSinceMs = nowMs;
    this.#ear.askAnew(this.#sequence, nowMs);
    this.#tick();
  }

  /** Reports, and again when the pace says so. */
  #tick(): void {
    const { clock, timing, report } = this.#parts;
    const nowMs = clock.monotonic();
    const quietMs = this.#quietSinceMs === null ? null : nowMs - this.#quietSinceMs;
    const paceMs = witnessPaceMs({ quietMs, says: this.#ear.view.says, asking: this.#ear.says === 'asking' && !this.#ear.silent, ...report() }, timing);
    this.#ear.look(nowMs, paceMs);
    // A witness that has just fallen silent may have made this unit serve.
    this.#send(report());
    this.#timer?.cancel();
    this.#timer = clock.after('pair witness', paceMs, () => this.#tick());
  }

  #send(report: Omit<Report, 'wonders'>): void {
    const wonders = this.#quietSinceMs !== null && !report.serving;
    this.#last = report;
    this.#sentMs = this.#parts.clock.monotonic();
    this.#sequence++;
    const message: WitnessMessage = { ...this.#common, kind: 'report', session: this.#session, sequence: this.#sequence, report: { ...report, wonders } };
    this.#socket?.send(encodeWitnessMessage(message, this.#seal), this.#peer);
  }

  async #open(): Promise<void> {
    try {
      const local = { address: this.#peer.address.includes(':') ? '::' : '0.0.0.0', port: 0 };
      const socket = await this.#parts.datagram.connect(local, this.#peer);
      if (!this.#running) return socket.close();
      socket.received = (bytes) => this.#received(bytes);
      this.#socket = socket;
      this.#tick();
    } catch {
      // No way there now: it is silent, which is told when it has been so for some time.
      if (this.#running) this.#retry = this.#parts.clock.after('pair witness way', openRetryMs, () => void this.#open());
    }
  }

  #received(bytes: Uint8Array): void {
    if (!this.#running) return;
    const message = decodeWitnessMessage(bytes, this.#seal);
    if (typeof message === 'string' || !this.#isForUs(message)) return void this.#refused++;
    if (message.kind === 'probe') return this.#prompted();
    if (message.kind !== 'answer' || message.sequence <= this.#answered || message.sequence > this.#sequence) return void this.#refused++;
    this.#answered = message.sequence;
    if (message.says === null) {
      this.#session = message.session;
      return this.#prompted();
    }
    this.#ear.hear(message.says, message.epoch, message.sequence, this.#parts.clock.monotonic());
    this.look();
  }

  #isForUs({ pair, rank, incarnation, session, kind }: WitnessMessage): boolean {
    const ours = pair === this.#common.pair && rank === this.#rank && incarnation === this.#common.incarnation;
    return ours && (kind !== 'probe' || session === this.#session);
  }

  #prompted(): void {
    if (this.#parts.clock.monotonic() - this.#sentMs >= promptMs || this.#ear.says === null) this.#tick();
  }
}

