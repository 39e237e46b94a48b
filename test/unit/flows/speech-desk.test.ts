import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheBytes, mostSpokenCharacters, mostWaiting, restAfterMs, SpeechDesk } from '../../../firmware/flows/speech-desk.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimSpeech } from '../../../hal/sim/sim-speech.ts';
import { ListLog } from '../../support/store-fixture.ts';

function makeDesk(): { readonly desk: SpeechDesk; readonly speech: SimSpeech; readonly clock: SimClock; readonly log: ListLog } {
  const clock = new SimClock();
  const [speech, log] = [new SimSpeech(clock), new ListLog()];
  return { desk: new SpeechDesk({ clock, log, speech }), speech, clock, log };
}

test('the same text is spoken once, also for two callers at the same time', async () => {
  const { desk, speech, clock } = makeDesk();
  const both = Promise.all([desk.speak('Hello', 'en'), desk.speak(' Hello\n', 'en')]);
  await clock.advance(1000);
  const [one, other] = await both;
  assert.equal(one, other);
  assert.equal(await desk.speak('Hello', 'en'), one);
  assert.equal(speech.spoken, ['Hello']);
});

test('one text at a time: eight wait, and the next is refused at once', async () => {
  const { desk, speech, clock, log } = makeDesk();
  const spoken = Promise.all(Array.from({ length: mostWaiting + 1 }, (_, n) => desk.speak(`text ${n}`, 'en')));
  assert.is(await desk.speak('one too many', 'en'), null);
  assert.match(log.events.at(-1)?.text ?? '', /8 texts wait already/);
  await clock.advance(10_000);
  assert.is((await spoken).filter((audio) => audio !== null).length, mostWaiting + 1);
  assert.is(speech.spoken.length, mostWaiting + 1);
});

test('a language without a voice is not spoken, and told once', async () => {
  const { desk, clock, log } = makeDesk();
  for (const text of ['eins', 'zwei']) {
    const spoken = desk.speak(text, 'de');
    await clock.advance(1000);
    assert.is(await spoken, null);
  }
  assert.is(log.events.filter(({ event, severity }) => event === 'no-voice' && severity === 'alert').length, 1);
});

test('a synthesiser that hangs costs its text, not the next one', async () => {
  const { desk, speech, clock, log } = makeDesk();
  speech.tookMs = 3_600_000;
  const hung = desk.speak('hangs', 'en');
  await clock.advance(5000);
  assert.is(await hung, null);
  assert.ok(log.has('not-spoken'));
  speech.tookMs = 100;
  const next = desk.speak('goes on', 'en');
  await clock.advance(200);
  assert.ok((await next) !== null);
});

test('its memory is given back after a minute without a text, and what was spoken is still there', async () => {
  const { desk, speech, clock } = makeDesk();
  void desk.speak('a', 'en');
  await clock.advance(restAfterMs / 2);
  void desk.speak('b', 'en');
  await clock.advance(restAfterMs - 1000);
  assert.is(speech.rests, 0);
  await clock.advance(2000);
  assert.is(speech.rests, 1);
  assert.ok((await desk.speak('a', 'en')) !== null);
  assert.equal(speech.spoken, ['a', 'b']);
  assert.equal(clock.pending(), []);
});

test('what was wanted longest ago makes room', async () => {
  const { desk, speech, clock } = makeDesk();
  const words = (n: number): string => `${n} `.padEnd(990, 'x');
  for (let n = 0; n < 6; n++) {
    void desk.speak(words(n), 'en');
    await clock.advance(1000);
  }
  assert.ok(desk.facts.cachedBytes <= cacheBytes);
  assert.is(desk.facts.texts, 4);
  void desk.speak(words(5), 'en');
  void desk.speak(words(0), 'en');
  await clock.advance(1000);
  assert.is(speech.spoken.length, 7, 'the last is there, the first is spoken again');
});

test('a long text is cut at a word; one without words is not spoken', async () => {
  const { desk, speech, clock } = makeDesk();
  void desk.speak('word '.repeat(400), 'en');
  await clock.advance(10_000);
  assert.is(speech.spoken[0]?.length, mostSpokenCharacters - 1);
  assert.is(await desk.speak(' \n ', 'en'), null);
  speech.fails = new HalError('io', 'speech', 'crashed');
  const failed = desk.speak('x', 'en');
  await clock.advance(1000);
  assert.is(await failed, null);
});

test.run();
