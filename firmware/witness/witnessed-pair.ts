import type { Endpoint } from '../../hal/datagram.ts';
import type { BeatSeal } from '../failover/beat-seal.ts';
import { otherRank, type Rank } from '../failover/role.ts';
import { leaseStep, noLease, type Lease } from './lease.ts';
import type { WitnessName } from './witness-key.ts';
import type { WitnessMessage } from './witness-message.ts';

/** One unit as the witness remembers it. */
interface Seat {
  /** Reports of this session count; 0 = none has begun. */
  session: bigint;
  /** A report with this one begins a session: only who heard the witness's last answer knows it. */
  next: bigint;
  incarnation: bigint;
  sequence: number;
  from: Endpoint | null;
}

export interface Outgoing {
  readonly message: WitnessMessage;
  readonly to: Endpoint;
}

type ReportMessage = Extract<WitnessMessage, { kind: 'report' }>;

/**
 * A pair and its lease. A recorded report proves nothing: it is of a session that is over, or its sequence was there before.
 *
 *   unit ── report, no session ──> witness       the witness may be hearing a recording: it changes nothing
 *   unit <── answer, session s ─── witness       s is random and was never used
 *   unit ── report, session s ───> witness       whoever made this has the key and has heard s
 */
export class WitnessedPair {
  readonly name: string;
  readonly seal: BeatSeal;
  readonly #secret: string;
  #lease: Lease = noLease;
  readonly #random: () => bigint;
  readonly #seats: Readonly<Record<Rank, Seat>>;

  constructor({ name, secret }: WitnessName, seal: BeatSeal, random: () => bigint) {
    this.name = name;
    this.#secret = secret;
    this.seal = seal;
    this.#random = random;
    const seat = (): Seat => ({ session: 0n, next: random(), incarnation: 0n, sequence: 0, from: null });
    this.#seats = { primary: seat(), backup: seat() };
  }

  get lease(): Lease {
    return this.#lease;
  }

  /** Our own file against our own file: nobody measures the time that this takes. */
  is({ name, secret }: WitnessName): boolean {
    return name === this.name && secret === this.#secret;
  }

  /** What is to be sent; null = the report is a recording. */
  report(message: ReportMessage, from: Endpoint, nowMs: number, upMs: number): Outgoing[] | null {
    const { pair, rank, incarnation, sequence, session } = message;
    const seat = this.#seats[rank];
    const common = { kind: 'answer', pair, rank, incarnation, sequence } as const;
    if (session !== seat.session || session === 0n) {
      if (session !== seat.next) return [{ message: { ...common, session: seat.next, says: null, epoch: 0 }, to: from }];
      Object.assign(seat, { session, next: this.#random(), sequence: 0 });
    }
    if (sequence <= seat.sequence) return null;
    Object.assign(seat, { sequence, incarnation, from: { ...from } });
    const step = leaseStep(this.#lease, { rank, ...message.report }, nowMs, upMs);
    this.#lease = step.lease;
    const answer: Outgoing = { message: { ...common, session, says: step.says, epoch: step.lease.epoch }, to: from };
    return step.probe ? [answer, ...this.#probe(pair, otherRank(rank))] : [answer];
  }

  #probe(pair: bigint, rank: Rank): Outgoing[] {
    const { from, session, incarnation, sequence } = this.#seats[rank];
    return from === null ? [] : [{ message: { kind: 'probe', pair, rank, session, incarnation, sequence }, to: from }];
  }
}
