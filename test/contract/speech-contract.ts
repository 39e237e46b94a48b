import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Speech } from '../../hal/speech.ts';
import type { Passing } from './passing.ts';
import { refusal, result } from './passing.ts';

/** Of an implementation; `hurried`: a limit that no text meets. */
export interface SpeechUnderTest {
  readonly speech: Speech;
  readonly passing: Passing;
  readonly hurriedMs: number;
}

const patienceMs = 20_000;

export function speechContract(name: string, make: () => SpeechUnderTest): void {
  test(`speech ${name}: a text is audio, the same one each time, and another one for another text`, async () => {
    const { speech, passing } = make();
    const say = (text: string): Promise<Uint8Array> => result(passing, speech.speak(text, 'en', patienceMs), patienceMs);
    const [one, again, other] = [await say('Hello there.'), await say('Hello there.'), await say('Goodbye, everybody.')];
    assert.ok(one.length > 8000 / 4, `${one.length} bytes`);
    assert.equal(one, again);
    assert.not.equal(one, other);
    speech.rest();
  });

  test(`speech ${name}: one text at a time`, async () => {
    const { speech, passing } = make();
    const first = speech.speak('First.', 'en', patienceMs);
    assert.is(await refusal(passing, speech.speak('Second.', 'en', patienceMs)), 'busy');
    assert.ok((await result(passing, first, patienceMs)).length > 0);
    speech.rest();
  });

  test(`speech ${name}: what takes too long is given up, and the next text is spoken`, async () => {
    const { speech, passing, hurriedMs } = make();
    assert.is(await refusal(passing, speech.speak('Too slow.', 'en', hurriedMs)), 'timed-out');
    assert.ok((await result(passing, speech.speak('In time.', 'en', patienceMs), patienceMs)).length > 0);
    speech.rest();
  });

  test(`speech ${name}: put to rest in the middle of a text, and woken by the next one`, async () => {
    const { speech, passing } = make();
    const cut = refusal(passing, speech.speak('Cut short.', 'en', patienceMs), patienceMs);
    speech.rest();
    assert.is(await cut, 'closed');
    assert.ok((await result(passing, speech.speak('Awake.', 'en', patienceMs), patienceMs)).length > 0);
    speech.rest();
  });

  test(`speech ${name}: a text without a sound, and a language without a voice`, async () => {
    const { speech, passing } = make();
    assert.is(await refusal(passing, speech.speak(' ', 'en', patienceMs), patienceMs), 'io');
    const unknown = await refusal(passing, speech.speak('nuqneH', 'tlh', patienceMs), patienceMs);
    assert.ok(unknown === 'unsupported' || unknown === 'io', unknown);
    speech.rest();
  });
}
