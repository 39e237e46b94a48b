// What the console of the simulated board does to the far ends of lines, through its channel, in virtual time.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FarEnds } from '../../../board/sim/lines/far-ends.ts';
import type { SimLineNews, SimLineOrder } from '../../../board/sim/lines/line-orders.ts';
import type { OrderChannel } from '../../../board/sim/lines/simulated-lines.ts';
import { simulatedLines } from '../../../board/sim/lines/simulated-lines.ts';
import { board } from '../../../board/sim/board.ts';
import { mediaLines } from '../../../board/common/board-lines.ts';
import { parseKeyScript } from '../../../firmware/console/key-script.ts';
import type { SimClock } from '../../../hal/sim/sim-clock.ts';
import { lineConfiguration } from '../../support/line-site.ts';
import { SimSite, voice } from '../../support/sim-site.ts';
import { testSettings } from '../../support/sim-unit.ts';

const settings = testSettings(lineConfiguration());

/** A site whose simulated lines are moved by `ends`. */
async function world(): Promise<{ readonly site: SimSite; readonly ends: FarEnds }> {
  const console: { received: ((news: SimLineNews) => void) | null; send(order: SimLineOrder): void } = { received: null, send: () => undefined };
  const lines = (clock: SimClock) => {
    const media: OrderChannel = { received: null, send: (news) => void clock.after('test news', 0, () => console.received?.(news)) };
    console.send = (order) => void clock.after('test order', 0, () => media.received?.(order));
    return simulatedLines(clock, mediaLines(settings.lines, board), media);
  };
  const site = await SimSite.start({ settings, lines });
  const ends = new FarEnds({ clock: site.clock, lines: () => settings.lines, board, channel: console, speech: async () => voice(3000) });
  await site.clock.advance(100);
  return { site, ends };
}

const steps = (text: string) => {
  const script = parseKeyScript(text);
  if (!script.ok) throw new Error(script.message);
  return script.steps;
};

test('a caller rings, hears the beep, speaks and hangs up', async () => {
  const { site, ends } = await world();
  const told: string[] = [];
  const call = { line: 'trunk-1', callerId: { number: '0301', name: 'Ada', absent: null }, speech: { kind: 'say' as const, text: '' }, steps: steps('s') };
  const end = await site.during(ends.ring(call, (line) => void told.push(line), new AbortController().signal));
  await site.clock.advance(3000);
  assert.is(end, 'the test call is done');
  assert.equal(told, ['answered', 'heard the beep, speaks for 3.0 s']);
  const [message] = site.unit.store.list('201');
  assert.ok(message !== undefined && message.callerNumber === '0301' && message.durationMs >= 3000, JSON.stringify(message));
  await site.stop();
});

test('nobody answers, or the caller is interrupted: the line stops ringing', async () => {
  const { site, ends } = await world();
  site.unit.lines.stop();
  const call = { line: 'trunk-1', callerId: null, speech: null, steps: [] };
  assert.is(await site.during(ends.ring(call, () => undefined, new AbortController().signal), 100_000), 'nobody answered');
  const stop = new AbortController();
  const ringing = ends.ring(call, () => undefined, stop.signal);
  await site.clock.advance(1000);
  assert.is(await ends.ring(call, () => undefined, stop.signal), 'another call is on this line');
  stop.abort();
  assert.is(await site.during(ringing), 'interrupted');
  await site.clock.advance(10_000);
  assert.is(site.unit.lines.rows()[0]?.state, 'idle');
  await site.stop();
});

test('without steps the caller stays until the unit hangs up', async () => {
  const { site, ends } = await world();
  const end = await site.during(ends.ring({ line: 'trunk-2', callerId: null, speech: null, steps: [] }, () => undefined, new AbortController().signal), 300_000);
  assert.is(end, 'the unit hung up');
  await site.stop();
});

test('a card is pulled out and put back', async () => {
  const { site, ends } = await world();
  assert.equal(ends.lines().map(({ name, kind }) => `${name} ${kind}`), ['trunk-1 trunk', 'trunk-2 trunk']);
  ends.act('trunk-1', 'unplug');
  await site.clock.advance(100);
  assert.match(site.unit.lines.rows()[0]?.alarm ?? '', /not there/);
  ends.act('trunk-1', 'plug');
  await site.clock.advance(61_000);
  assert.is(site.unit.lines.rows()[0]?.alarm, null);
  await site.stop();
});

test.run();
