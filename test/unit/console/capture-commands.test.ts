import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaptureStatus, CaptureWish } from '../../../firmware/capture/capture-desk.ts';
import type { ConsoleUnit } from '../../../firmware/console/console-unit.ts';
import { grammar } from '../../../firmware/console/grammar.ts';
import { offeredCommands, parseLine } from '../../../firmware/console/parse-line.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';

const status: CaptureStatus = { file: 'captures/20260105-090000-call-c1.pcap', what: 'call c1', elapsedMs: 61_000, packets: 1200, bytes: 300_000, lost: 2, end: null };

class Desk implements NonNullable<ConsoleUnit['capture']> {
  wish: CaptureWish | null = null;
  refusal: HalError | null = null;
  now: CaptureStatus | null = null;
  removed: string[] = [];
  status = () => this.now;
  files = async () => [{ name: '20260105-090000-call-c1.pcap', bytes: 300_000 }];
  async start(wish: CaptureWish): Promise<CaptureStatus> {
    if (this.refusal !== null) throw this.refusal;
    this.wish = wish;
    return (this.now = status);
  }
  stop = async () => (this.now === null ? null : { ...status, end: 'it was stopped' });
  remove = async (name: string) => void this.removed.push(name);
}

function world(): { unit: ExampleUnit; desk: Desk; type: (line: string) => Promise<string> } {
  const [unit, desk] = [new ExampleUnit(), new Desk()];
  unit.capture = desk;
  return { unit, desk, type: (line) => typed(line, unit) };
}

async function typed(line: string, unit: ConsoleUnit): Promise<string> {
  const parsed = parseLine(line, grammar, unit);
  if (parsed.kind !== 'command') return JSON.stringify(parsed);
  const lines: string[] = [];
  const session = { monitor: () => false, configure: () => undefined, leaveConfigure: () => undefined, end: () => undefined, raw: () => null, cooked: () => undefined };
  await parsed.command.run({ unit, given: parsed.given, options: parsed.options, print: (text) => void lines.push(text), signal: new AbortController().signal, session, clock: new SimClock(), who: 'ada', wait: async () => true });
  return lines.join('\n');
}

test('where nothing can be captured there is no such command', () => {
  const offered = (unit: ConsoleUnit): string[] => offeredCommands(grammar, unit).map(({ form }) => form).filter((form) => form.includes('capture'));
  assert.equal(offered(new ExampleUnit()), []);
  assert.equal(offered(world().unit), ['capture start TARGET', 'capture stop', 'capture delete NAME', 'show capture']);
});

test('a call, a peer or all is captured, with limits that were given or are usual', async () => {
  const { desk, type } = world();
  assert.match(await type('capture start c1'), 'call c1 is captured into captures/20260105-090000-call-c1.pcap; capture stop ends it');
  assert.equal(desk.wish, { target: { kind: 'call', name: 'c1' }, seconds: 300, bytes: 10 * 2 ** 20, raw: false });
  await type('capture start local --seconds 20 --megabytes 2 --raw');
  assert.equal(desk.wish, { target: { kind: 'peer', name: 'local' }, seconds: 20, bytes: 2 * 2 ** 20, raw: true });
  await type('capture start all');
  assert.equal(desk.wish?.target, { kind: 'all' });
});

test('what is neither call nor peer, too long or too large is refused with its place', async () => {
  const { desk, type } = world();
  assert.match(await type('capture start c9'), 'c9 is neither a call nor a peer');
  assert.match(await type('capture start all --seconds 3601'), 'seconds are a number from 1 to 3600');
  assert.match(await type('capture start all --megabytes 0'), 'megabytes are a number from 1 to 50');
  assert.match(await type('capture delete ../unit.lock'), 'a capture is named as show capture lists it');
  assert.is(desk.wish, null);
});

test('what the machine refuses is told', async () => {
  const { desk, type } = world();
  desk.refusal = new HalError('unsupported', 'packet capture', 'no library; install the Debian package libpcap0.8');
  const refused = await type('capture start all').catch((error: unknown) => String(error));
  assert.match(refused, 'install the Debian package libpcap0.8');
});

test('show, stop and delete', async () => {
  const { desk, type } = world();
  assert.match(await type('capture stop'), 'no capture is at work');
  await type('capture start c1');
  const shown = await type('show capture');
  for (const part of ['1:01', '1200, 293.0 KiB', 'at work', '20260105-090000-call-c1.pcap', 'the oldest goes first']) assert.ok(shown.includes(part), part);
  assert.match(await type('capture stop'), 'over: it was stopped');
  assert.match(await type('capture delete 20260105-090000-call-c1.pcap'), 'is deleted');
  assert.equal(desk.removed, ['20260105-090000-call-c1.pcap']);
});

test.run();
