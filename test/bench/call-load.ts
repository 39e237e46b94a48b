import { sleep } from '../support/peers/program.ts';
import type { RunningUnit } from '../support/peers/running-unit.ts';
import type { Captured } from './capture.ts';
import { deviceBytes } from './device-writes.ts';
import { median } from './figures.ts';
import type { Memory, Usage } from './process-usage.ts';
import { memory, shareOf, usage, writtenBytes } from './process-usage.ts';
import { profileFile } from './profile-file.ts';
import type { LoadKind, SteadyEnd, SteadyUnit, Window } from './steady-calls.ts';
import { withCalls } from './steady-calls.ts';
import type { LoopDelay, ProfileSites, ThreadName } from './thread-probe.ts';

/** One row of the table: the unit in the steady window, when all calls are up and nobody comes or goes. */
export interface CallLoad {
  readonly kind: LoadKind;
  readonly calls: number;
  /** Of one core: the process, and its two busiest threads; the median of the window's parts. */
  readonly cpu: number;
  readonly threads: readonly number[];
  readonly idle: Memory;
  readonly memory: Memory;
  readonly heapMiB: Readonly<Record<ThreadName, number>>;
  /** Set-up from the beginning on, pacing in a window of its own: what captures packets of audio makes sending them dearer. */
  readonly captured: Captured;
  /** Of a window of its own after the first, as looking costs time. */
  readonly loops: Readonly<Record<ThreadName, LoopDelay>>;
  /** Bytes for a minute of one call: given to the disks by the process, and taken by the device, null where that cannot be seen. */
  readonly writtenPerMinute: number;
  readonly devicePerMinute: number | null;
  /** Messages that are there, of those that were left. */
  readonly intact: number;
  readonly retransmissions: number;
  /** null = no profile was asked for. */
  readonly profile: Readonly<Record<ThreadName, ProfileSites>> | null;
}

export interface LoadChoices {
  readonly kind: LoadKind;
  readonly calls: number;
  readonly windowSec: number;
  /** Profiles go to files that begin so; null = none. They are taken after all else, as taking them costs time. */
  readonly profileAs: string | null;
}

type Measured = Window & Omit<CallLoad, 'kind' | 'calls' | 'intact' | 'retransmissions' | 'profile'>;

/** What happens to be slow for a second, of the machine's own doing, is in one part of three and not in the median. */
const windowParts = 3;
const mib = 1024 * 1024;
const profileSec = 10;
/** What is asked of the unit beside the windows. */
const askedSec = 6;

export async function callLoad({ kind, calls, windowSec, profileAs }: LoadChoices): Promise<CallLoad> {
  const loopSec = Math.max(3, windowSec / 2);
  const steadySec = windowSec + 2 * loopSec + askedSec + (profileAs === null ? 0 : profileSec);
  const end: SteadyEnd<Measured & Pick<CallLoad, 'profile'>> = await withCalls({ kind, calls, steadySec, audioLater: true }, async (steady) => {
    const measured = await measure(steady, { calls, windowSec, loopSec });
    const profile = profileAs === null ? null : await steady.probe.profileDuring((thread) => profileFile(profileAs, thread), () => sleep(profileSec * 1000));
    return { ...measured, profile };
  });
  const { fromMs: _from, untilMs: _until, captured: { gapsMs, lost, packets }, ...measured } = end.result;
  return { kind, calls, ...measured, captured: { ...end.captured, gapsMs, lost, packets }, intact: end.intact, retransmissions: end.retransmissions };
}

async function measure({ unit, probe, idle, captureAudio }: SteadyUnit, { calls, windowSec, loopSec }: { calls: number; windowSec: number; loopSec: number }): Promise<Measured> {
  const fromMs = Date.now();
  const before = written(unit);
  const looks: Usage[] = [usage(unit.pid)];
  for (let part = 0; part < windowParts; part++) {
    await sleep((windowSec * 1000) / windowParts);
    looks.push(usage(unit.pid));
  }
  const untilMs = Date.now();
  const after = written(unit);
  const shares = looks.slice(1).map((look, at) => shareOf(looks[at] as Usage, look));
  const minutes = (calls * (untilMs - fromMs)) / 60_000;
  const atLoad = memory(unit.pid);
  return {
    fromMs, untilMs, idle, memory: atLoad,
    cpu: median(shares.map(({ all }) => all)),
    threads: [0, 1].map((rank) => median(shares.map(({ busiest }) => busiest[rank] ?? 0))),
    heapMiB: { control: (await probe.heapBytes('control')) / mib, media: (await probe.heapBytes('media')) / mib },
    captured: await captureAudio(() => sleep(loopSec * 1000)),
    loops: await probe.delaysDuring(() => sleep(loopSec * 1000)),
    writtenPerMinute: (after.process - before.process) / minutes,
    devicePerMinute: after.device === null || before.device === null ? null : (after.device - before.device) / minutes,
  };
}

const written = (unit: RunningUnit): { process: number; device: number | null } => ({ process: writtenBytes(unit.pid), device: deviceBytes(unit.folder) });
