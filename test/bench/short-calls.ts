import { sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { memory } from './process-usage.ts';
import { startLoad } from './sipp-load.ts';

export interface ShortCalls {
  /** The highest rate of those tried at which every call went well and nothing was sent twice. */
  readonly perSecond: number;
  readonly calls: number;
  readonly rssBeforeMiB: number;
  readonly rssAfterMiB: number;
}

const rates = [50, 100, 150, 200, 250, 300, 350, 400, 500, 600];
const secondsEach = 8;

/** Calls that are answered and at once over, ever faster until the unit (or sipp) cannot keep up. */
export async function shortCalls(): Promise<ShortCalls> {
  const mailboxes = Array.from({ length: 50 }, (_, index) => String(3000 + index));
  const unit = await RunningUnit.start({ ports: 250, mailboxes, startLimitMs: 60_000 });
  try {
    const rssBeforeMiB = memory(unit.pid).rssMiB;
    let [best, calls] = [0, 0];
    for (const perSecond of rates) {
      const load = await startLoad({ scenario: 'bench-short', values: { number: '[field0]' }, injected: mailboxes.map((mailbox) => `${mailbox};`), to: unit.sipPort, calls: perSecond * secondsEach, perSecond, atOnce: 240, limitMs: 60_000 });
      const end = await load.ended;
      calls += end.successful;
      if (end.failed > 0 || end.retransmissions > 0 || end.successful < perSecond * secondsEach) break;
      best = perSecond;
      await sleep(500);
    }
    return { perSecond: best, calls, rssBeforeMiB, rssAfterMiB: memory(unit.pid).rssMiB };
  } finally {
    await unit.stop();
  }
}
