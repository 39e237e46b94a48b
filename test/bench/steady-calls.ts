import { rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sleep } from '../support/peers/program.ts';
import type { UnitChoices } from '../support/peers/running-unit.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import type { Captured, CapturedPackets } from './capture.ts';
import { Capture } from './capture.ts';
import { longMessages } from './long-messages.ts';
import type { Memory } from './process-usage.ts';
import { memory } from './process-usage.ts';
import { startLoad } from './sipp-load.ts';
import { ThreadProbe } from './thread-probe.ts';
import { asByService } from './unit-flags.ts';

export type LoadKind = 'leaving' | 'collecting';

export interface SteadyChoices {
  readonly kind: LoadKind;
  readonly calls: number;
  /** The calls stay for so long after the last has come. */
  readonly steadySec: number;
  readonly unit?: Omit<UnitChoices, 'folder' | 'mailboxes' | 'ports'>;
  /** Mailboxes that nobody calls. */
  readonly moreMailboxes?: readonly string[];
  /** Packets of audio are captured while `captureAudio` is at it, and not from the start on; those of signalling until all calls are up. */
  readonly audioLater?: boolean;
  /** Puts more into the data folder before the unit starts. */
  readonly prepare?: (data: string) => Promise<void>;
}

/** A unit with all its ports in calls, where nobody comes or goes. */
export interface SteadyUnit {
  readonly unit: RunningUnit;
  readonly probe: ThreadProbe;
  readonly idle: Memory;
  /** What was sent during `work`. */
  readonly captureAudio: (work: () => Promise<unknown>) => Promise<Captured>;
}

/** Wall time, milliseconds: what was sent in between is looked at. */
export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface SteadyEnd<Result> {
  readonly result: Result;
  readonly captured: Captured;
  /** Messages that are there whole, of those that were left; of none when collecting. */
  readonly intact: number;
  readonly retransmissions: number;
}

const rampPerSecond = 25;
/** Greeting, beep and log-in are over by then. */
const settleMs = 4000;
/** A collected message begins with who sent it and when. */
const envelopeMs = 9000;
/** The end of a window and what is asked about it. */
const spareMs = 2000;
const speechSec = 20;
/** A message that is collected must not end before its call, however late that is. */
const longerMs = 30_000;
export const mailboxesOf = (calls: number): readonly string[] => Array.from({ length: calls }, (_, index) => String(3000 + index));

/** Of this run of the bench alone: whatever ran before on this machine has no part in it. */
const codeFolder = mkdtempSync(path.join(tmpdir(), 'code-'));
process.once('exit', () => rmSync(codeFolder, { recursive: true, force: true }));
let warmed: Promise<void> | null = null;

/** A unit in service has had calls before it was started last, and has kept the code that they need; the first start of all is measured in `first-call.ts`. */
async function warm(): Promise<void> {
  for (const kind of ['leaving', 'collecting'] as const) await running({ kind, calls: 1, steadySec: 1 }, () => Promise.resolve({ fromMs: 0, untilMs: 0 }));
}

/** Calls a unit until all `calls` are up, lets `during` work on it, and sees that each call went well to its end. Errors: one did not, or `during` took too long. */
export async function withCalls<Result extends Window>(choices: SteadyChoices, during: (steady: SteadyUnit) => Promise<Result>): Promise<SteadyEnd<Result>> {
  await (warmed ??= warm());
  return running(choices, during);
}

async function running<Result extends Window>({ kind, calls, steadySec, unit: choices = {}, moreMailboxes = [], audioLater = false, prepare }: SteadyChoices, during: (steady: SteadyUnit) => Promise<Result>): Promise<SteadyEnd<Result>> {
  const mailboxes = mailboxesOf(calls);
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const probe = new ThreadProbe();
  let unit: RunningUnit | null = null;
  const captures: Capture[] = [];
  try {
    const settledMs = settleMs + (kind === 'collecting' ? envelopeMs : 0);
    const holdMs = Math.ceil(calls / rampPerSecond) * 1000 + settledMs + steadySec * 1000 + spareMs;
    if (kind === 'collecting') await longMessages(path.join(folder, 'data'), mailboxes, holdMs + longerMs);
    await prepare?.(path.join(folder, 'data'));
    unit = await RunningUnit.start({ startLimitMs: 60_000, ...choices, ports: calls, mailboxes: [...mailboxes, ...moreMailboxes], folder, environment: { ...asByService, UNDERSTUDY_CACHE_DIR: codeFolder, ...choices.environment, ...probe.environment } });
    await sleep(1500);
    const idle = memory(unit.pid);
    const { sipPort, rtpPort } = unit;
    const captureOf = async (what: CapturedPackets): Promise<Capture> => {
      const begun = await Capture.start(sipPort, { first: rtpPort, ports: calls }, what);
      captures.push(begun);
      return begun;
    };
    const captureAudio = async (work: () => Promise<unknown>): Promise<Captured> => {
      const audio = await captureOf('audio');
      const fromMs = Date.now();
      await work();
      return audio.stop(fromMs, Date.now());
    };
    const capture = await captureOf(audioLater ? 'signalling' : 'all');
    const load = await begun(kind, unit, mailboxes, folder, holdMs);
    await unit.waitForLog('call-offered', calls, 60_000);
    await sleep(settledMs);
    // A capture that waits costs too: each packet of the interface is shown to it.
    const signalled = audioLater ? await capture.stop(0, 0) : null;
    const began = performance.now();
    const result = await during({ unit, probe, idle, captureAudio });
    const tookMs = performance.now() - began;
    const { failed, successful, retransmissions, errors } = await load.ended;
    if (failed > 0 || successful !== calls) throw new Error(`${kind} ${calls}: ${successful} of ${calls} calls went well, ${failed} failed\n${errors}`);
    if (tookMs > steadySec * 1000 + spareMs) throw new Error(`${kind} ${calls}: measuring took ${Math.round(tookMs)} ms, and calls were steady for ${steadySec} s`);
    const captured = signalled ?? (await capture.stop(result.fromMs, result.untilMs));
    return { result, captured, retransmissions, intact: kind === 'leaving' ? await intactMessages(unit, calls, steadySec) : 0 };
  } finally {
    for (const capture of captures) await capture.close();
    await unit?.stop();
    probe.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function begun(kind: LoadKind, unit: RunningUnit, mailboxes: readonly string[], folder: string, holdMs: number): ReturnType<typeof startLoad> {
  const leaving = kind === 'leaving';
  const stream = path.join(folder, 'speech.ulaw');
  writeFileSync(stream, leaving ? noise(8000 * speechSec) : Buffer.alloc(8000 * speechSec, 0xff));
  return startLoad({
    scenario: leaving ? 'bench-leave' : 'bench-collect',
    values: { stream, holdMs, number: leaving ? '[field0]' : '*17', from: '"Caller" <sip:[field0]@[local_ip]:[local_port]>' },
    injected: mailboxes.map((mailbox) => (leaving ? `${mailbox};` : `${mailbox};${[...unit.pin(mailbox)].join(';')};`)),
    to: unit.sipPort, calls: mailboxes.length, perSecond: rampPerSecond, limitMs: holdMs + 120_000,
  });
}

async function intactMessages(unit: RunningUnit, calls: number, leastSec: number): Promise<number> {
  await unit.waitForLog('message-stored', calls, 30_000);
  const messages = await unit.messages();
  return messages.filter(({ interrupted, lostPackets, durationMs }) => !interrupted && lostPackets === 0 && durationMs >= leastSec * 1000).length;
}

/** Speech for a load: loud enough never to count as silence, and different from one frame to the next. */
export function noise(samples: number): Buffer {
  const bytes = Buffer.alloc(samples);
  for (let at = 0, state = 1; at < samples; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = 0x10 | ((state >>> 24) & 0x8f);
  }
  return bytes;
}
