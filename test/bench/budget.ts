import { board } from '../../board/sim/board.ts';
import type { CgroupMemory } from '../support/peers/memory-cgroup.ts';
import { MemoryCgroup } from '../support/peers/memory-cgroup.ts';
import { sleep } from '../support/peers/program.ts';
import { sipp } from '../support/peers/sipp.ts';
import type { LoadKind } from './steady-calls.ts';
import { withCalls } from './steady-calls.ts';

export interface Budget {
  readonly kind: LoadKind;
  readonly calls: number;
  readonly budgetBytes: number;
  readonly cgroup: CgroupMemory;
  /** Calls beyond the ports: how many were tried, and how many got 503. */
  readonly tried: number;
  readonly refused: number;
  /** Messages that are there whole, of those that were left. */
  readonly intact: number;
}

const tried = 10;
const mib = 1024 * 1024;

/** The unit with all its ports in calls, in a memory cgroup of the board's budget, to the end; meanwhile more callers try to get in. Errors: it did not go well. */
export async function budget(kind: LoadKind, calls: number, windowSec: number): Promise<Budget> {
  const budgetBytes = board.memoryBudgetMiB * mib;
  const cgroup = new MemoryCgroup(budgetBytes);
  try {
    const { result, intact } = await withCalls({ kind, calls, steadySec: windowSec, unit: { within: cgroup.within } }, async ({ unit }) => {
      const fromMs = Date.now();
      const until = sleep(windowSec * 1000);
      // The number is one that is called already: neither the mailbox nor the peer is the reason for a refusal.
      const beyond = await sipp({ scenario: 'refused', values: { number: '3000', status: 503 }, to: unit.sipPort, calls: tried, perSecond: tried, limitMs: windowSec * 1000 });
      await until;
      return { fromMs, untilMs: Date.now(), refused: beyond.successful, cgroup: cgroup.look() };
    });
    // The most there was, to the end of the last call.
    const { peakBytes, limitMet, killed } = cgroup.look();
    return { kind, calls, budgetBytes, tried, refused: result.refused, intact, cgroup: { ...result.cgroup, peakBytes, limitMet, killed } };
  } finally {
    cgroup.remove();
  }
}
