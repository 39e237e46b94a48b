// The media engine by itself, over the kernel, in a process of its own; tells as JSON what it cost. The first argument is a MediaAsk.
import { createMediaEngine } from '../../firmware/media/media-engine.ts';
import type { MediaCommand, MediaEvent, MediaSettings, MediaStats } from '../../firmware/media/media-protocol.ts';
import { wholeEvents } from '../../firmware/media/whole-events.ts';
import { bestBatch } from '../../hal/drivers/linux/best-batch.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { ListLog } from '../support/store-fixture.ts';
import type { MediaAnswer, MediaAsk } from './media-alone.ts';

/** Longer than anybody measures. */
const streamBytes = 8000 * 3600;
/** As messages are recorded. */
const record = { record: 1, maxMs: 3_600_000, silenceMs: 0, silenceDbm0: -42, stopDigits: '', chunkMs: 500 };
const warmMs = 3000;

const ask = JSON.parse(process.argv[2] ?? '') as MediaAsk;
const ports = Array.from({ length: ask.calls }, (_, port) => port);
const blocks: MediaCommand[] = [];
const stats: MediaStats[] = [];
const { batch, name } = await bestBatch();
const engine = createMediaEngine({ clock: new LinuxClock(), random: new LinuxRandom(), batch, log: new ListLog(), ports: ask.calls, address: '127.0.0.1', firstPort: ask.here, prompts: { get: () => null, ids: () => [] }, emit: wholeEvents(heard) });
await engine.start();
for (const port of ports) begin(port);
await sleep(warmMs);
const before = process.cpuUsage();
const fromMs = performance.now();
await sleep(ask.seconds * 1000);
const used = process.cpuUsage(before);
const seconds = (performance.now() - fromMs) / 1000;
for (const port of ports) engine.command({ type: 'stop', port, session: 1 });
await engine.close();
const share = seconds / (seconds + warmMs / 1000);
const sum = (of: (one: MediaStats) => number): number => Math.round(stats.map(of).reduce((all, one) => all + one, 0) * share);
process.stdout.write(JSON.stringify({ batch: name, cpuMs: (used.user + used.system) / 1000, seconds, sent: sum(({ packetsSent }) => packetsSent), received: sum(({ packetsReceived }) => packetsReceived) } satisfies MediaAnswer));

function begin(port: number): void {
  const remote = { address: '127.0.0.1', port: ask.there + 2 * port };
  const settings: MediaSettings = { remote, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType: 101, direction: 'sendrecv', ptimeMs: 20 };
  engine.command({ type: 'start', port, session: 1, settings });
  if (ask.kind === 'leaving') engine.command({ type: 'record', port, session: 1, record });
  else engine.command({ type: 'play', port, session: 1, play: 1, items: [{ kind: 'stream', stream: 1, codec: 'PCMU', bytes: streamBytes }], stopOnDigit: false });
}

function heard(event: MediaEvent): void {
  if (event.type === 'stopped') stats.push(event.stats);
  if (event.type !== 'want') return;
  const { port, session, play, stream, offset, bytes, spare } = event;
  blocks.push({ type: 'block', port, session, play, stream, offset, bytes: spare?.length === bytes ? spare : new Uint8Array(bytes) });
  // As from another thread: not within the tick that asks.
  if (blocks.length === 1) setImmediate(() => blocks.splice(0).forEach((block) => engine.command(block)));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
