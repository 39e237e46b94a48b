import { allocation } from './allocation.ts';
import { budget } from './budget.ts';
import { busy } from './busy.ts';
import type { Floors } from './call-figures.ts';
import { callFigures, loadName, mediaFigures } from './call-figures.ts';
import type { CallLoad } from './call-load.ts';
import { callLoad } from './call-load.ts';
import type { Figure } from './figures.ts';
import { figure, median } from './figures.ts';
import { firstCall } from './first-call.ts';
import { flat } from './flat.ts';
import { floor } from './floor.ts';
import { allocationFigures, budgetFigures, busyFigures, flatFigures, upkeepFigures } from './limit-figures.ts';
import { manyCalls } from './many-calls.ts';
import { mediaAlone } from './media-alone.ts';
import type { Plan } from './plan.ts';
import { profileFile } from './profile-file.ts';
import type { SectionName } from './section-names.ts';
import { shortCalls } from './short-calls.ts';
import { sipRate } from './sip-rate.ts';
import type { LoadKind } from './steady-calls.ts';
import { storeRate } from './store-rate.ts';
import { orStop } from './stopped.ts';
import type { StoredRun } from './stored.ts';
import { stored } from './stored.ts';
import { storedFigures } from './stored-figures.ts';
import { upkeep } from './upkeep.ts';

export interface SectionParts {
  readonly plan: Plan;
  /** CPU profiles are written. */
  readonly profiles: boolean;
  /** Keeps the full store for later runs; null = it is made and removed. */
  readonly storedFolder: string | null;
  readonly tell: (text: string) => void;
}

const sitesTold = 12;
const kinds = ['leaving', 'collecting'] as const;

/** The sections that put the unit at a limit do so with as many calls. */
const heaviestOf = ({ calls }: Plan): number => Math.max(...calls);

/** What each section measures, and how its figures are called. Rejects with what was in its way; `Stopped`: it had come to some figures by then. */
export function sectionsOf(parts: SectionParts): Readonly<Record<SectionName, () => Promise<Figure[]>>> {
  const { plan, profiles, storedFolder, tell } = parts;
  const { windowSec } = plan;
  const heaviest = heaviestOf(plan);
  return {
    start: async () => {
      const { medianMs, worstMs, firstMs, bareNodeMs } = await firstCall(plan.starts);
      return [
        figure('start to first answered call', medianMs, 'ms', { ratio: medianMs / bareNodeMs, against: 'a bare node', goal: 400 }),
        figure('start to first answered call, worst', worstMs, 'ms'),
        figure('start to first answered call, nothing kept', firstMs, 'ms'),
      ];
    },
    sip: async () => {
      const { parsedPerSec, builtPerSec, jsonPerSec } = sipRate();
      return [
        figure('INVITEs parsed', parsedPerSec, '/s', { ratio: parsedPerSec / jsonPerSec, against: 'JSON.parse', better: 'more' }),
        figure('responses built', builtPerSec, '/s', { ratio: builtPerSec / jsonPerSec, against: 'JSON.parse', better: 'more' }),
      ];
    },
    store: async () => {
      const { commitsPerSec, floorPerSec, bytesPerMinute, devicePerMinute } = await storeRate();
      return [
        figure('state changes made durable', commitsPerSec, '/s', { ratio: commitsPerSec / floorPerSec, against: 'bare fdatasync', better: 'more' }),
        figure('written per minute of message', bytesPerMinute / 1024, 'KiB', { ratio: bytesPerMinute / 480_000, against: 'its audio' }),
        ...(devicePerMinute === null ? [] : [figure('taken by the device per minute of message', devicePerMinute / 1024, 'KiB', { ratio: devicePerMinute / 480_000, against: 'its audio' })]),
      ];
    },
    media: async () => {
      const figures: Figure[] = [];
      for (const calls of plan.calls) {
        const floors = await floorsOf(parts, calls);
        for (const kind of kinds) figures.push(...mediaFigures(loadName({ kind, calls }), await engineOf(parts, kind, calls), floors));
      }
      return figures;
    },
    calls: async () => {
      const figures: Figure[] = [];
      for (const calls of plan.calls) {
        const floors = await floorsOf(parts, calls);
        for (const kind of kinds) await orStop(figures, async () => figures.push(...(await loaded(parts, kind, calls, floors))));
      }
      return figures;
    },
    busy: async () => busyFigures(await busy(heaviest, windowSec)),
    upkeep: async () => {
      const idle = await upkeep(plan.upkeepCalls, windowSec, false);
      return upkeepFigures(plan.upkeepCalls, await upkeep(plan.upkeepCalls, windowSec, true), idle, windowSec);
    },
    budget: async () => {
      const figures: Figure[] = [];
      for (const kind of kinds) await orStop(figures, async () => figures.push(...budgetFigures(await budget(kind, heaviest, windowSec))));
      return figures;
    },
    allocation: async () => {
      const figures: Figure[] = [];
      for (const kind of kinds) {
        await orStop(figures, async () => {
          const found = await allocation(kind, heaviest, windowSec);
          figures.push(...allocationFigures(found));
          for (const [how, { sites }] of [['by each', found.frame], ['by what a call needs seldom', found.seldom]] as const) {
            tell(`${loadName(found)}: where the heap for one frame more is allocated ${how}, bytes`);
            for (const { site, bytes } of sites.slice(0, sitesTold)) tell(`  ${bytes.toFixed(2).padStart(8)}  ${site}`);
          }
        });
      }
      return figures;
    },
    short: async () => {
      const profileAs = profiles ? 'dist/bench-short' : null;
      const { perSecond, calls, rssBeforeMiB, rssMostMiB, rssAfterMiB, profile } = await shortCalls(profileAs);
      if (profileAs !== null) tellProfile(profile, profileAs, tell);
      return [
        figure('short calls without a repetition', perSecond, '/s', { better: 'more', goal: 300 }),
        figure('memory right after short calls', rssMostMiB, `MiB, ${calls} calls`, { ratio: rssMostMiB / rssBeforeMiB, against: 'before' }),
        figure('memory 100 s after short calls', rssAfterMiB, `MiB, ${calls} calls`, { ratio: rssAfterMiB / rssBeforeMiB, against: 'before', goal: 1.1 * rssBeforeMiB }),
      ];
    },
    flat: async () => flatFigures(await flat(heaviest, plan.minutes, tell)),
    many: async () => {
      const { calls, beforeMiB, afterMiB } = await manyCalls(plan.manyCalls, tell);
      return [figure(`heap after ${calls} calls in virtual time`, afterMiB, 'MiB', { ratio: afterMiB / beforeMiB, against: 'after a hundredth' })];
    },
    stored: async () => {
      const mailboxes = plan.storedMailboxes;
      const messages = Math.max(1, Math.round(plan.storedMessages / mailboxes));
      const [few, many] = await stored([{ mailboxes: 10, messages, keptIn: null }, { mailboxes, messages, keptIn: storedFolder }], tell);
      return storedFigures(`${mailboxes * messages} messages in ${mailboxes} mailboxes`, few as StoredRun, many as StoredRun);
    },
  };
}

async function loaded({ plan, profiles, tell }: SectionParts, kind: LoadKind, calls: number, floors: Floors): Promise<Figure[]> {
  tell(loadName({ kind, calls }));
  const profileAs = profiles && calls === heaviestOf(plan) ? `dist/bench-${calls}-${kind}` : null;
  const run = await callLoad({ kind, calls, windowSec: plan.windowSec, profileAs });
  if (profileAs !== null) tellProfile(run.profile, profileAs, tell);
  return callFigures(run, floors);
}

async function floorsOf(parts: SectionParts, calls: number): Promise<Floors> {
  return { packet: await shortRuns(parts, `floor of ${calls} calls, packet`, (seconds) => floor('packet', calls, seconds)), batch: await shortRuns(parts, `floor of ${calls} calls, batch`, (seconds) => floor('batch', calls, seconds)) };
}

function engineOf(parts: SectionParts, kind: LoadKind, calls: number): Promise<number | null> {
  return shortRuns(parts, `the engine alone, ${loadName({ kind, calls })}`, (seconds) => mediaAlone(kind, calls, seconds));
}

/** The median of several short runs: one that is disturbed does not count. `run` answers a share of a core. */
async function shortRuns({ plan, tell }: SectionParts, of: string, run: (seconds: number) => Promise<number | null>): Promise<number | null> {
  tell(of);
  const shares: number[] = [];
  for (let at = 0; at < plan.floorRuns; at++) {
    const share = await run(Math.min(plan.floorSec, plan.windowSec));
    if (share === null) return null;
    shares.push(share);
  }
  return median(shares);
}

function tellProfile(profile: CallLoad['profile'], profileAs: string, tell: SectionParts['tell']): void {
  for (const thread of ['control', 'media'] as const) {
    tell(`written: ${profileFile(profileAs, thread)}; where its time went, %`);
    for (const { site, share } of profile?.[thread].slice(0, sitesTold) ?? []) tell(`  ${(100 * share).toFixed(2).padStart(8)}  ${site}`);
  }
}
