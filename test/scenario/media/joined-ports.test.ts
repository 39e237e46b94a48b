import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MediaSettings } from '../../../firmware/media/media-protocol.ts';
import { alawToUlaw, ulawToAlaw } from '../../../hal/g711.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { figure } from '../../support/figure.ts';
import { LineStage } from '../../support/media/line-stage.ts';
import { MediaStage, phoneAddress, unitAddress } from '../../support/media/media-stage.ts';
import type { RtpPhone } from '../../support/media/rtp-phone.ts';
import { tone, ulaw } from '../../support/media/signals.ts';

const contains = (codes: Uint8Array, within: Uint8Array): boolean => Buffer.from(within).includes(Buffer.from(codes));
const otherAddress = '192.0.2.3';

interface Two {
  readonly stage: MediaStage;
  readonly one: RtpPhone;
  readonly two: RtpPhone;
}

/** Two calls, joined. */
async function joined(first: Partial<MediaSettings> = {}, second: Partial<MediaSettings> = {}): Promise<Two> {
  const stage = await MediaStage.set({ ports: 2 });
  const one = await stage.phone();
  const two = await stage.phone(4000, otherAddress, 10_002);
  stage.start(first, 1, 0);
  stage.start({ remote: { address: otherAddress, port: 4000 }, ...second }, 4, 1);
  stage.command('join', { with: { port: 1, session: 4 } });
  return { stage, one, two };
}

test('each of two calls hears the other bit by bit over a clean network, 60 ms late at most', async () => {
  const { stage, one, two } = await joined();
  const [words, answer] = [stage.random.bytes(80_000), stage.random.bytes(80_000)];
  one.speak(words);
  two.speak(answer);
  await stage.clock.advance(11_000);
  assert.ok(contains(words, two.audio()), 'the second hears the first');
  assert.ok(contains(answer, one.audio()), 'the first hears the second');
  const began = two.audio().length - two.heard.length * 160;
  assert.ok(began <= 0);
  const heardAt = Buffer.from(two.audio()).indexOf(Buffer.from(words)) / 8;
  assert.ok(heardAt <= 80, `${heardAt} ms after the first packet`);
  await stage.end();
});

test('µ-law on one side and A-law on the other are turned into each other', async () => {
  const { stage, one, two } = await joined({}, { codec: 'PCMA', payloadType: 8 });
  const [words, answer] = [stage.random.bytes(8000), stage.random.bytes(8000)];
  one.speak(words);
  two.speak(answer, { payloadType: 8 });
  await stage.clock.advance(2000);
  assert.ok(contains(words.map((code) => ulawToAlaw[code] ?? 0), two.audio(8)));
  assert.ok(contains(answer.map((code) => alawToUlaw[code] ?? 0), one.audio()));
  await stage.end();
});

test('packets of 30 ms on one side and of 20 ms on the other lose nothing', async () => {
  const { stage, one, two } = await joined({ ptimeMs: 30 });
  const [words, answer] = [stage.random.bytes(48_000), stage.random.bytes(48_000)];
  one.speak(words, { ptimeMs: 30 });
  two.speak(answer);
  await stage.clock.advance(8000);
  assert.ok(contains(words, two.audio()));
  assert.ok(contains(answer, one.audio()));
  assert.ok(one.heard.every(({ payload }) => payload.length === 240));
  await stage.end();
});

test('a key of one side is an event at the other, once, and control is told of it', async () => {
  const { stage, one, two } = await joined();
  one.speak(new Uint8Array(1600).fill(0xff));
  await stage.clock.advance(300);
  one.press(5);
  await stage.clock.advance(1000);
  const events = two.heard.filter(({ payloadType }) => payloadType === 101);
  assert.is(new Set(events.map(({ timestamp }) => timestamp)).size, 1);
  assert.ok(events.every(({ payload }) => payload[0] === 5));
  assert.is(stage.digits(), '5');
  await stage.end();
});

test('while something plays on one side, that is heard there; then the other again', async () => {
  const { stage, one, two } = await joined();
  two.speak(ulaw(tone(400, -10, 4000)));
  await stage.clock.advance(500);
  stage.command('play', { play: 1, items: [{ kind: 'silence', ms: 1000 }], stopOnDigit: false });
  await stage.clock.advance(3000);
  const heard = one.audio();
  const quietAt = heard.findIndex((_, at) => at > 2000 && heard.subarray(at, at + 7000).every((code) => code === 0xff || code === 0x7f));
  assert.ok(quietAt > 0 && quietAt < 6000, String(quietAt));
  assert.ok(heard.subarray(quietAt + 9000, quietAt + 12_000).some((code) => code !== 0xff && code !== 0x7f));
  await stage.end();
});

test('the end of one call is the other\'s silence, and a join with a call that is gone does nothing', async () => {
  const { stage, one, two } = await joined();
  two.speak(stage.random.bytes(40_000));
  await stage.clock.advance(1000);
  stage.command('stop', {}, 4, 1);
  await stage.clock.advance(500);
  const packets = one.heard.length;
  assert.ok(one.heard.slice(-10).every(({ payload }) => payload.every((code) => code === 0xff)));
  stage.command('join', { with: { port: 1, session: 4 } });
  await stage.clock.advance(500);
  assert.ok(one.heard.length > packets + 20);
  await stage.end();
});

test('a session joined anew hears nothing of the one before', async () => {
  const { stage, one, two } = await joined();
  two.speak(new Uint8Array(8000).fill(7));
  await stage.clock.advance(1000);
  assert.ok(one.audio().includes(7));
  stage.command('stop', {}, 4, 1);
  stage.start({ remote: { address: otherAddress, port: 4000 } }, 5, 1);
  const from = one.heard.length;
  stage.command('join', { with: { port: 1, session: 5 } });
  await stage.clock.advance(500);
  assert.ok(one.heard.length > from && one.heard.slice(from).every(({ payload }) => payload.every((code) => code === 0xff)), 'nothing of before');
  two.speak(new Uint8Array(8000).fill(9));
  await stage.clock.advance(500);
  assert.ok(one.audio().includes(9), 'and the new one is heard');
  await stage.end();
});

test('a minute over a bad network and between clocks that drift: the delay stays bounded, most of it is heard', async () => {
  const { stage, one, two } = await joined();
  stage.network.fault(phoneAddress, unitAddress, { delayMs: 20, jitterMs: 30, loss: 0.01 });
  const spoken = ulaw(tone(400, -10, 60_000));
  one.speak(spoken, { ppm: 300 });
  two.speak(spoken, { ppm: -300 });
  await stage.clock.advance(61_000);
  stage.command('stop', {}, 4, 1);
  stage.command('stop', {});
  await stage.clock.advance(0);
  for (const { port, stats } of stage.of('stopped')) {
    figure(`joined port ${port}, 1 min, 30 ms jitter, 1 % loss, 300 ppm: dropped ${stats.playoutDroppedMs} ms, made up ${stats.playoutRepeatedMs} ms, most delay ${stats.playoutMostDelayMs} ms`);
    assert.ok((stats.playoutMostDelayMs ?? 999) <= 200);
    assert.ok((stats.playoutDroppedMs ?? 0) < 1000 && (stats.playoutRepeatedMs ?? 0) < 2500);
  }
  assert.is(stage.of('stopped').length, 2);
  await stage.end();
});

test('a line and a call by RTP on two ports hear each other', async () => {
  const stage = await LineStage.withLines({ ports: 2 });
  const phone = await stage.phone(4000, phoneAddress, 10_002);
  await stage.answered();
  stage.startLine(null);
  stage.start({}, 4, 1);
  stage.command('join', { with: { port: 1, session: 4 } });
  stage.exchange.listen();
  const [words, answer] = [new SimRandom(3).bytes(40_000), new SimRandom(4).bytes(40_000)];
  stage.exchange.speak(words);
  phone.speak(answer);
  await stage.clock.advance(6000);
  assert.ok(contains(words, phone.audio()), 'the phone hears the line');
  assert.ok(contains(answer, stage.exchange.heardCodes), 'the line hears the phone');
  await stage.end();
});

test.run();
