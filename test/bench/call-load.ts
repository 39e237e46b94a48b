import { rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import type { Captured } from './capture.ts';
import { Capture } from './capture.ts';
import { longMessages } from './long-messages.ts';
import type { Memory } from './process-usage.ts';
import { memory, shareOf, usage } from './process-usage.ts';
import { startLoad } from './sipp-load.ts';

export type LoadKind = 'leaving' | 'collecting';

/** One row of the table: the unit in the steady window, when all calls are up and nobody comes or goes. */
export interface CallLoad {
  readonly kind: LoadKind;
  readonly calls: number;
  /** Of one core: the process, and its two busiest threads. */
  readonly cpu: number;
  readonly threads: readonly number[];
  readonly idle: Memory;
  readonly memory: Memory;
  readonly heapMiB: number;
  readonly captured: Captured;
  /** How late the media thread's loop came to its work, at worst in the last 5 s; milliseconds. */
  readonly mediaLagMs: number;
  /** Messages that are there, of those that were left. */
  readonly intact: number;
  readonly retransmissions: number;
}

const messageMs = 90_000;
const rampPerSecond = 25;
/** Greeting, beep and log-in are over by then. */
const settleMs = 4000;
/** A collected message begins with who sent it and when. */
const envelopeMs = 9000;

export async function callLoad(kind: LoadKind, calls: number, windowSec: number): Promise<CallLoad> {
  const mailboxes = Array.from({ length: calls }, (_, index) => String(3000 + index));
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  if (kind === 'collecting') await longMessages(path.join(folder, 'data'), mailboxes, messageMs);
  const unit = await RunningUnit.start({ ports: calls, mailboxes, folder, startLimitMs: 60_000 });
  try {
    await sleep(1500);
    const idle = memory(unit.pid);
    const capture = await Capture.start(unit.sipPort, { first: unit.rtpPort, ports: calls });
    const stream = path.join(folder, 'speech.ulaw');
    writeFileSync(stream, kind === 'leaving' ? noise(8000 * 20) : Buffer.alloc(8000 * 20, 0xff));
    const rampMs = Math.ceil(calls / rampPerSecond) * 1000 + settleMs + (kind === 'collecting' ? envelopeMs : 0);
    const holdMs = rampMs + windowSec * 1000 + 2000;
    const load = await startLoad({
      scenario: kind === 'leaving' ? 'bench-leave' : 'bench-collect',
      values: { stream, holdMs, number: kind === 'leaving' ? '[field0]' : '*17', from: '"Caller" <sip:[field0]@[local_ip]:[local_port]>' },
      injected: mailboxes.map((mailbox) => (kind === 'leaving' ? `${mailbox};` : `${mailbox};${[...unit.pin(mailbox)].join(';')};`)),
      to: unit.sipPort, calls, perSecond: rampPerSecond, limitMs: holdMs + 120_000,
    });
    await unit.waitForLog('call-offered', calls, 60_000);
    await sleep(rampMs - Math.ceil(calls / rampPerSecond) * 1000);
    const fromMs = Date.now();
    const before = usage(unit.pid);
    await sleep(windowSec * 1000);
    const after = usage(unit.pid);
    const untilMs = Date.now();
    const atLoad = memory(unit.pid);
    const media = await unit.console('show media');
    const heap = await unit.console('show memory');
    const { failed, successful, retransmissions, errors } = await load.ended;
    if (failed > 0 || successful !== calls) throw new Error(`${kind} ${calls}: ${successful} of ${calls} calls went well, ${failed} failed\n${errors}`);
    const captured = await capture.stop(fromMs, untilMs);
    if (kind === 'leaving') await unit.waitForLog('message-stored', calls, 30_000);
    const messages = kind === 'leaving' ? await unit.messages() : [];
    const share = shareOf(before, after);
    return {
      kind, calls, cpu: share.all, threads: share.busiest, idle, memory: atLoad,
      heapMiB: figureOf(heap, /heap of the control thread\s+-\s+([\d.]+) MiB/), captured,
      mediaLagMs: figureOf(media, /late to its work\s+([\d.]+) ms/),
      intact: kind === 'collecting' ? calls : messages.filter((message) => !message.interrupted && message.lostPackets === 0 && message.durationMs >= windowSec * 1000).length,
      retransmissions,
    };
  } finally {
    await unit.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const figureOf = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN);

/** Speech for a load: loud enough never to count as silence, and different from one frame to the next. */
function noise(samples: number): Buffer {
  const bytes = Buffer.alloc(samples);
  for (let at = 0, state = 1; at < samples; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = 0x10 | ((state >>> 24) & 0x8f);
  }
  return bytes;
}
