import type { Rank } from '../failover/role.ts';

/** A lease that was not renewed for so long is over: whoever asks may have it. */
export const leaseMs = 2000;
/** A holder that the witness has asked, and has not heard for so long, is gone. */
export const patienceMs = 150;
/** A witness that has started so lately has not heard yet whoever serves without a partner (`witnessAwayMs` in `failover/pair-timing.ts`). */
export const listenMs = 300;
/** A holder heard so lately is not asked again. */
const newsMs = 50;

/** What the witness knows of a pair. Times are the witness's own monotonic milliseconds. */
export interface Lease {
  /** Who serves, or was granted the service and has not said yet that it does. */
  readonly holder: Rank | null;
  readonly epoch: number;
  /** The holder was heard, or was granted the lease. */
  readonly heardMs: number;
  /** Since when the holder is asked without an answer. */
  readonly askedMs: number | null;
}

export const noLease: Lease = { holder: null, epoch: 0, heardMs: 0, askedMs: null };

/** What a unit tells of itself. */
export interface Report {
  readonly rank: Rank;
  /** It serves, and callers are served there. */
  readonly serving: boolean;
  /** It misses its partner: is the other one there? */
  readonly wonders: boolean;
  /** It would take over now. */
  readonly wants: boolean;
  /** The epoch that it serves with, or the highest it knows. */
  readonly epoch: number;
}

/**
 * learning  the witness started less than a lease ago, and whoever serves may have been kept from telling it: as if there were none
 * free      nobody serves that the witness knows of
 * yours     the unit that reports has the lease; to one that wants it, this is the grant
 * theirs    the other one serves, and was heard since it was asked
 * asking    the other one has the lease and is being asked whether it is there, or the witness has just started: report again soon
 */
export type Says = 'learning' | 'free' | 'yours' | 'theirs' | 'asking';

export interface LeaseStep {
  readonly lease: Lease;
  readonly says: Says;
  /** The other unit shall report at once. */
  readonly probe: boolean;
}

/**
 * One report. A live holder keeps the lease; one that does not answer loses it to the unit that wants it, long before the lease
 * would end by itself. `upMs`: for how long the witness has run.
 */
export function leaseStep(lease: Lease, report: Report, nowMs: number, upMs: number): LeaseStep {
  const live = lease.holder !== null && nowMs - lease.heardMs < leaseMs;
  if (!live || lease.holder === report.rank) return unopposed(lease, report, nowMs, upMs);
  if (report.serving && report.epoch > lease.epoch) return hold(report, nowMs);
  const silentMs = nowMs - lease.heardMs;
  if (silentMs <= patienceMs) return { lease, says: 'theirs', probe: silentMs > newsMs && asks(report) };
  if (!asks(report)) return { lease, says: 'theirs', probe: false };
  const askedMs = lease.askedMs ?? nowMs;
  if (nowMs - askedMs < patienceMs) return { lease: { ...lease, askedMs }, says: 'asking', probe: true };
  return unopposed({ ...lease, holder: null }, report, nowMs, upMs);
}

/** One that serves asks too when another has the lease: it rests if the other is there, with the higher epoch. */
const asks = ({ serving, wonders, wants }: Report): boolean => serving || wonders || wants;

function unopposed(lease: Lease, report: Report, nowMs: number, upMs: number): LeaseStep {
  if (report.serving) return hold(report, nowMs);
  if (report.wants && upMs >= leaseMs) return hold(report, nowMs);
  const freed = lease.holder === report.rank ? noLease : lease;
  return { lease: freed, says: upMs >= leaseMs ? 'free' : upMs >= listenMs ? 'learning' : 'asking', probe: false };
}

function hold({ rank, epoch }: Report, nowMs: number): LeaseStep {
  return { lease: { holder: rank, epoch, heardMs: nowMs, askedMs: null }, says: 'yours', probe: false };
}
