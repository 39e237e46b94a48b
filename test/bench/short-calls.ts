import { sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { memory } from './process-usage.ts';
import { profileFile } from './profile-file.ts';
import type { LoadEnd } from './sipp-load.ts';
import { startLoad } from './sipp-load.ts';
import { asByService } from './unit-flags.ts';
import type { ProfileSites, ThreadName } from './thread-probe.ts';
import { ThreadProbe } from './thread-probe.ts';

export interface ShortCalls {
  /** The highest rate of those tried at which every call went well and nothing was sent twice. */
  readonly perSecond: number;
  readonly calls: number;
  readonly rssBeforeMiB: number;
  /** Right after the last. */
  readonly rssMostMiB: number;
  /** Once what they keep for 32 s is gone (64*T1), and what was free was given back. */
  readonly rssAfterMiB: number;
  /** Of the rate that is `profiledRate`, in a run of its own after all else; null = no profile was asked for. */
  readonly profile: Readonly<Record<ThreadName, ProfileSites>> | null;
}

const rates = [50, 100, 150, 200, 250, 300, 350, 400, 500, 600];
const secondsEach = 8;
/** Calls per second while a profile is taken: what every rate has in common, and nothing of a unit that does not keep up. */
const profiledRate = 200;
/** What the start has left is given back by then. */
const settledMs = 5000;
/** 32 s, then at most a minute until it is given back a second time. */
const overMs = 100_000;

/** Calls that are answered and at once over, ever faster until the unit (or sipp) cannot keep up. `profileAs`: profiles go to files that begin so; null = none. */
export async function shortCalls(profileAs: string | null): Promise<ShortCalls> {
  const mailboxes = Array.from({ length: 50 }, (_, index) => String(3000 + index));
  const probe = profileAs === null ? null : new ThreadProbe();
  const unit = await RunningUnit.start({ ports: 250, mailboxes, startLimitMs: 60_000, environment: { ...asByService, ...probe?.environment } });
  const load = (perSecond: number): Promise<LoadEnd> => shortLoad(unit, mailboxes, perSecond);
  try {
    await sleep(settledMs);
    const rssBeforeMiB = memory(unit.pid).rssMiB;
    let [best, calls] = [0, 0];
    for (const perSecond of rates) {
      const end = await load(perSecond);
      calls += end.successful;
      if (end.failed > 0 || end.retransmissions > 0 || end.successful < perSecond * secondsEach) break;
      best = perSecond;
      await sleep(500);
    }
    const rssMostMiB = memory(unit.pid).rssMiB;
    await sleep(overMs);
    const rssAfterMiB = memory(unit.pid).rssMiB;
    const profile = probe === null ? null : await probe.profileDuring((thread) => profileFile(profileAs ?? '', thread), () => load(profiledRate));
    return { perSecond: best, calls, rssBeforeMiB, rssMostMiB, rssAfterMiB, profile };
  } finally {
    await unit.stop();
    probe?.close();
  }
}

async function shortLoad(unit: RunningUnit, mailboxes: readonly string[], perSecond: number): Promise<LoadEnd> {
  const injected = mailboxes.map((mailbox) => `${mailbox};`);
  return (await startLoad({ scenario: 'bench-short', values: { number: '[field0]' }, injected, to: unit.sipPort, calls: perSecond * secondsEach, perSecond, atOnce: 240, limitMs: 60_000 })).ended;
}
