import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silenceCode } from '../../../hal/g711.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { LineStage } from '../../support/media/line-stage.ts';
import { sameBytes } from '../../support/media/same-bytes.ts';
import { noise, ulaw } from '../../support/media/signals.ts';

const promptBank = (ulawCodes: Uint8Array) => ({ get: (id: string) => (id === 'p' ? { ulaw: ulawCodes } : null), ids: () => ['p'] });

const atOnce = (codes: Uint8Array, within: Uint8Array): boolean => Buffer.from(within).includes(Buffer.from(codes));

test('line session: what is said on a trunk is recorded bit by bit', async () => {
  const stage = await LineStage.withLines();
  await stage.answered();
  stage.startLine();
  stage.record({ maxMs: 60_000 });
  const words = stage.random.bytes(8 * 12_340);
  stage.exchange.speak(words);
  await stage.clock.advance(13_000);
  stage.command('stop', {});
  await stage.clock.advance(0);
  const [ended] = stage.of('record-ended');
  assert.is(ended?.reason, 'stopped');
  const recorded = stage.recorded();
  sameBytes(recorded.subarray(0, words.length), words);
  assert.ok(recorded.subarray(words.length).every((code) => code === silenceCode('PCMU')));
  assert.is(stage.of('stopped')[0]?.stats.packetsSent, 0);
  await stage.end();
});

test('line session: a prompt is heard on the line bit by bit, then the beep, and its end is told', async () => {
  const prompt = ulaw(noise(new SimRandom(4), -20, 3000));
  const stage = await LineStage.withLines({ prompts: promptBank(prompt) });
  await stage.answered();
  stage.exchange.listen();
  stage.startLine();
  stage.command('play', { play: 1, items: [{ kind: 'prompt', id: 'p' }, { kind: 'tone', hz: 1000, ms: 200, levelDbm0: -10 }], stopOnDigit: false });
  await stage.clock.advance(3500);
  assert.equal(stage.of('play-ended').map(({ reason }) => reason), ['done']);
  const heard = stage.exchange.heardCodes;
  assert.ok(atOnce(prompt, heard));
  const at = Buffer.from(heard).indexOf(Buffer.from(prompt));
  assert.ok(heard.slice(at + prompt.length, at + prompt.length + 1500).some((code) => code !== silenceCode('PCMU')), 'the beep is heard');
  assert.ok(heard.slice(at + prompt.length + 1800).every((code) => code === silenceCode('PCMU')), 'then it is silent');
  await stage.end();
});

test('line session: A-law lines record and play A-law', async () => {
  const stage = await LineStage.withLines({ trunk: { law: 'PCMA' } });
  await stage.answered();
  stage.exchange.listen();
  stage.startLine();
  stage.record();
  const words = stage.random.bytes(8000);
  stage.exchange.speak(words);
  await stage.clock.advance(1500);
  stage.command('stop', {});
  await stage.clock.advance(0);
  assert.is(stage.of('chunk')[0]?.codec, 'PCMA');
  sameBytes(stage.recorded().subarray(0, words.length), words);
  assert.ok(stage.exchange.heardCodes.some((code) => code === silenceCode('PCMA')));
  await stage.end();
});

test('line session: a stored message is streamed, sought in and paused by the line\'s clock', async () => {
  const stage = await LineStage.withLines();
  const message = stage.random.bytes(8 * 20_000);
  await stage.answered();
  stage.startLine();
  stage.command('play', { play: 1, items: [{ kind: 'stream', stream: 5, codec: 'PCMU', bytes: message.length }], stopOnDigit: false });
  const supply = (): void => {
    for (const want of stage.of('want').splice(0)) {
      if (answered.has(want.offset)) continue;
      answered.add(want.offset);
      stage.command('block', { play: 1, stream: 5, offset: want.offset, bytes: message.slice(want.offset, want.offset + want.bytes) });
    }
  };
  const answered = new Set<number>();
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 20) {
      supply();
      await stage.clock.advance(20);
    }
  };
  await pass(200);
  stage.exchange.listen();
  await pass(2000);
  stage.command('pause', { paused: true });
  await pass(1000);
  stage.command('pause', { paused: false });
  stage.command('seek', { deltaMs: 5000 });
  await pass(2000);
  const heard = stage.exchange.heardCodes;
  assert.ok(atOnce(message.slice(8 * 500, 8 * 1500), heard), 'before the pause');
  assert.ok(atOnce(message.slice(8 * 7800, 8 * 8300), heard), 'after the seek');
  assert.not(atOnce(message.slice(8 * 4000, 8 * 4100), heard));
  stage.command('stop', {});
  await stage.end();
});

test('line session: keys on the line stop what plays, and are told once, as digits of the session', async () => {
  const stage = await LineStage.withLines({ prompts: promptBank(new Uint8Array(80_000).fill(silenceCode('PCMU'))) });
  await stage.answered();
  stage.startLine();
  stage.command('play', { play: 1, items: [{ kind: 'prompt', id: 'p' }], stopOnDigit: true });
  stage.exchange.keys('17#');
  await stage.clock.advance(1000);
  assert.is(stage.digits(), '17#');
  assert.equal([...new Set(stage.of('digit').map(({ source }) => source))], ['in-band']);
  assert.equal(stage.of('play-ended').map(({ reason }) => reason), ['digit']);
  assert.equal(stage.lineEvents().filter(({ type }) => type === 'digit'), []);
  await stage.end();
});

test('line session: digits that the device finds are the session\'s too', async () => {
  const stage = await LineStage.withLines({ trunk: { digits: 'device' } });
  await stage.answered();
  stage.startLine();
  stage.record({ stopDigits: '#' });
  stage.exchange.keys('5#');
  await stage.clock.advance(1000);
  assert.is(stage.digits(), '5#');
  assert.is(stage.of('record-ended')[0]?.digit, '#');
  await stage.end();
});

test('line session: digits without a session are told of the line', async () => {
  const stage = await LineStage.withLines({});
  stage.telephone.lift();
  await stage.clock.advance(100);
  stage.telephone.keys('20');
  stage.telephone.keys('1', 'pulse');
  await stage.clock.advance(2000);
  const digits = stage.lineEvents(1).flatMap((event) => (event.type === 'digit' ? [`${event.digit} ${event.via}`] : []));
  assert.equal(digits.sort(), ['0 dtmf', '1 pulse', '2 dtmf']);
  await stage.end();
});

test('line session: silence ends a recording, by the line\'s time', async () => {
  const stage = await LineStage.withLines({ trunk: { ppm: 500 } });
  await stage.answered();
  stage.startLine();
  stage.record({ silenceMs: 3000 });
  stage.exchange.speak(ulaw(noise(stage.random, -20, 2000)));
  await stage.clock.advance(6000);
  const [ended] = stage.of('record-ended');
  assert.is(ended?.reason, 'silence');
  assert.ok(Math.abs((ended?.recordedMs ?? 0) - 5000) <= 40, String(ended?.recordedMs));
  await stage.end();
});

test('line session: digits are sent as tones on the line', async () => {
  const stage = await LineStage.withLines();
  stage.telephone.lift();
  await stage.clock.advance(100);
  stage.startLine(null, 1, 1);
  stage.telephone.listen();
  stage.command('send-digits', { digits: '42', toneMs: 100, gapMs: 100 });
  await stage.clock.advance(600);
  const loud = stage.telephone.heardCodes.filter((code) => code !== silenceCode('PCMU')).length;
  assert.ok(loud > 1400 && loud < 1700, `${loud} samples sound`);
  assert.is(stage.digits(), '');
  await stage.end();
});

test('line session: half duplex sends only what plays, and hears the caller after it', async () => {
  const stage = await LineStage.withLines({ trunk: { duplex: 'half' }, prompts: promptBank(new Uint8Array(8000).fill(7)) });
  await stage.answered();
  stage.startLine();
  stage.exchange.listen();
  stage.command('play', { play: 1, items: [{ kind: 'prompt', id: 'p' }], stopOnDigit: false });
  await stage.clock.advance(1100);
  assert.is(stage.exchange.heardCodes.filter((code) => code === 7).length, 8000);
  stage.record();
  const words = stage.random.bytes(8000);
  stage.exchange.speak(words);
  await stage.clock.advance(1500);
  stage.command('stop-record', {});
  await stage.clock.advance(0);
  assert.ok(atOnce(words, stage.recorded()));
  await stage.end();
});

test('line session: half duplex cannot be joined to a call, and says so', async () => {
  const stage = await LineStage.withLines({ trunk: { duplex: 'half' } });
  await stage.answered();
  stage.startLine(stage.settings());
  await stage.clock.advance(0);
  assert.is(stage.of('stopped').length, 1);
  assert.ok(stage.logged.includes('no-session-on-line'));
  await stage.end();
});

test('line session: a device lost in mid-message ends the session with what had come, and the line comes back', async () => {
  const stage = await LineStage.withLines();
  await stage.answered();
  stage.startLine();
  stage.record();
  const words = stage.random.bytes(8 * 5000);
  stage.exchange.speak(words);
  await stage.clock.advance(2010);
  stage.exchange.unplug();
  await stage.clock.advance(10);
  assert.equal(stage.types().slice(-4), ['chunk', 'record-ended', 'stopped', 'line-lost']);
  const recorded = stage.recorded();
  assert.ok(recorded.length >= 8 * 1900, String(recorded.length));
  sameBytes(recorded, words.subarray(0, recorded.length));
  await stage.clock.advance(20_000);
  assert.equal(stage.of('line-lost').map(({ text }) => text), ['1: the device is gone', '1: no such device']);
  stage.exchange.plug();
  await stage.clock.advance(60_000);
  assert.is(stage.of('line-open').filter(({ line }) => line === 0).length, 2);
  await stage.answered();
  stage.startLine(null, 2);
  await stage.clock.advance(100);
  assert.is(stage.of('stopped').length, 1);
  await stage.end();
});

test('line session: a line that is not open ends the session at once', async () => {
  const stage = await LineStage.withLines();
  stage.exchange.unplug();
  await stage.clock.advance(10);
  stage.startLine();
  stage.startLine(null, 2, 7);
  await stage.clock.advance(0);
  assert.equal(stage.of('stopped').map(({ session }) => session), [1, 2]);
  await stage.end();
});

test('line session: overruns and underruns are counted and told once a second', async () => {
  const stage = await LineStage.withLines();
  await stage.answered();
  stage.startLine();
  stage.record();
  for (let n = 0; n < 20; n++) {
    stage.exchange.overrun(160);
    stage.exchange.underrun(160);
    await stage.clock.advance(100);
  }
  stage.command('stop', {});
  await stage.clock.advance(5000);
  const told = (type: string): number[] => stage.lineEvents().flatMap((event) => (event.type === type && 'samples' in event ? [event.samples] : []));
  assert.equal([told('overrun').length, told('underrun').length], [2, 2]);
  assert.is(stage.of('stopped')[0]?.stats.lineOverruns, 3200);
  assert.is(stage.of('record-ended')[0]?.lostPackets, 20);
  assert.equal([stage.of('health').at(-1)?.lineOverruns, stage.of('health').at(-1)?.lineUnderruns], [3200, 3200]);
  await stage.end();
});

test('line session: a second session on the line ends the first', async () => {
  const stage = await LineStage.withLines({ ports: 2 });
  await stage.answered();
  stage.startLine(null, 1, 0, 0);
  stage.startLine(null, 2, 0, 1);
  await stage.clock.advance(100);
  assert.equal(stage.of('stopped').map(({ port, session }) => [port, session]), [[0, 1]]);
  stage.engine.command({ type: 'record', port: 1, session: 2, record: { record: 1, maxMs: 1000, silenceMs: 0, silenceDbm0: -42, stopDigits: '', chunkMs: 500 } });
  await stage.clock.advance(1500);
  assert.is(stage.of('record-ended')[0]?.reason, 'max');
  await stage.end();
});

test.run();
