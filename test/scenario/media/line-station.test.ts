import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ulawDecode, ulawEncode } from '../../../hal/g711.ts';
import type { CallerId, LineTone } from '../../../hal/line.ts';
import { decodeMessage } from '../../../firmware/media/detect/caller-id-message.ts';
import { FskDemodulator } from '../../../firmware/media/detect/fsk-demodulator.ts';
import { v23 } from '../../../firmware/media/detect/fsk-tones.ts';
import { framePower } from '../../../firmware/media/level.ts';
import { LineStage } from '../../support/media/line-stage.ts';
import { noise, quiet, tone, join, ulaw } from '../../support/media/signals.ts';

const tonesOf = (stage: LineStage): (LineTone | null)[] => stage.lineEvents().flatMap((event) => (event.type === 'tone' ? [event.tone] : []));

/** Parts of 20 ms that sound, as on and off times in ms. */
function cadenceOf(codes: Uint8Array): number[] {
  const runs: number[] = [];
  let before = false;
  for (let at = 0; at + 160 <= codes.length; at += 160) {
    const sounds = framePower('PCMU', codes, at, 160) > 0.001;
    if (runs.length === 0 && !sounds) continue;
    if (sounds !== before || runs.length === 0) runs.push(0);
    runs[runs.length - 1] = (runs.at(-1) ?? 0) + 20;
    before = sounds;
  }
  return runs;
}

test('line station: lines are told when they are open, and nobody waits for them', async () => {
  const stage = await LineStage.withLines();
  assert.is(stage.types()[0], 'ready');
  assert.equal(stage.of('line-open').map(({ line, capabilities }) => [line, capabilities.kind]), [[0, 'trunk'], [1, 'phone']]);
  await stage.end();
});

test('line station: what the device tells is passed on with its sample', async () => {
  const stage = await LineStage.withLines();
  stage.exchange.ring({ number: '5551234', name: 'ALICE', absent: null });
  await stage.clock.advance(3000);
  stage.exchange.stopRinging();
  await stage.clock.advance(10);
  assert.equal(stage.lineEvents().map(({ type }) => type), ['ring-started', 'ring-stopped', 'caller-id']);
  assert.is(stage.lineEvents()[1]?.sample, 16_008);
  await stage.end();
});

test('line station: dial tone is found after a seizure, dialling goes through, busy tone is found', async () => {
  const stage = await LineStage.withLines();
  stage.line({ type: 'seize' });
  await stage.clock.advance(1000);
  assert.equal(tonesOf(stage), ['dial']);
  stage.line({ type: 'dial', digits: '159#', how: 'tone' });
  await stage.clock.advance(1500);
  assert.is(stage.exchange.dialled, '159#');
  assert.ok(stage.lineEvents().some(({ type }) => type === 'dialled'));
  stage.exchange.tone('busy');
  await stage.clock.advance(6000);
  assert.equal(tonesOf(stage), ['dial', null, 'busy']);
  stage.line({ type: 'release' });
  await stage.clock.advance(100);
  assert.is(stage.lineEvents().at(-1)?.type, 'on-hook');
  await stage.end();
});

test('line station: busy tone is found while a session runs, by the zone of the line', async () => {
  const stage = await LineStage.withLines({ settings: { zone: 'de' } });
  await stage.answered();
  stage.startLine();
  stage.record();
  stage.exchange.speak(ulaw(noise(stage.random, -25, 2000)));
  await stage.clock.advance(2500);
  stage.exchange.hangUp(null, 'busy');
  await stage.clock.advance(6000);
  assert.equal(tonesOf(stage), ['busy']);
  await stage.end();
});

test('line station: tones that the device finds are passed on', async () => {
  const stage = await LineStage.withLines({ trunk: { tones: 'device' } });
  stage.line({ type: 'seize' });
  await stage.clock.advance(500);
  assert.equal(tonesOf(stage), ['dial']);
  await stage.end();
});

test('line station: a lifted telephone hears dial, stutter, busy and howler tone, one after the other', async () => {
  const stage = await LineStage.withLines();
  stage.telephone.lift();
  await stage.clock.advance(100);
  const heard = async (command: 'dial' | 'stutter' | 'busy' | 'howler' | null, ms: number): Promise<number[]> => {
    stage.line({ type: 'tone', tone: command }, 1);
    stage.telephone.listen();
    await stage.clock.advance(ms);
    return cadenceOf(stage.telephone.heardCodes.subarray(160));
  };
  assert.is((await heard('dial', 2000)).length, 1);
  assert.ok((await heard('stutter', 2000)).length >= 12, 'it is broken several times');
  const busy = await heard('busy', 4000);
  assert.ok(busy.slice(1, -1).every((ms) => Math.abs(ms - 500) <= 20), busy.join());
  assert.ok((await heard('howler', 2000)).length > 12);
  assert.equal(await heard(null, 500), []);
  await stage.end();
});

test('line station: a tone ends when a session begins or the telephone is put down', async () => {
  const stage = await LineStage.withLines();
  stage.telephone.lift();
  await stage.clock.advance(100);
  stage.line({ type: 'tone', tone: 'dial' }, 1);
  await stage.clock.advance(500);
  stage.startLine(null, 1, 1);
  stage.telephone.listen();
  await stage.clock.advance(500);
  assert.equal(cadenceOf(stage.telephone.heardCodes.subarray(160)), []);
  stage.line({ type: 'tone', tone: 'busy' }, 1);
  assert.ok(stage.logged.includes('line-command-refused'));
  await stage.end();
});

test('line station: silence of a trunk is told, and told again', async () => {
  const stage = await LineStage.withLines({ settings: { silenceMs: 5000 } });
  await stage.answered();
  stage.exchange.speak(ulaw(noise(stage.random, -20, 2000)));
  await stage.clock.advance(12_500);
  assert.equal(stage.of('line-silent').map(({ silentMs }) => silentMs), [5000, 10_000]);
  stage.line({ type: 'release' });
  await stage.clock.advance(10_000);
  assert.is(stage.of('line-silent').length, 2);
  await stage.end();
});

test('line test: the tone is a milliwatt of 1004 Hz for the time that was asked', async () => {
  const stage = await LineStage.withLines();
  stage.exchange.givesDialTone = false;
  stage.line({ type: 'seize' });
  await stage.clock.advance(100);
  stage.exchange.listen();
  stage.line({ type: 'test', test: { kind: 'tone', ms: 1000 } });
  await stage.clock.advance(2000);
  assert.equal(stage.of('line-test').map(({ result }) => result), [{ kind: 'tone', sentMs: 1000 }]);
  const codes = stage.exchange.heardCodes;
  assert.equal(cadenceOf(codes), [1000, cadenceOf(codes)[1] ?? 0]);
  const middle = codes.subarray(3200, 8000);
  assert.ok(Math.abs(10 * Math.log10(framePower('PCMU', middle, 0, middle.length))) < 0.2);
  let crossings = 0;
  for (let at = 1; at < middle.length; at++) if ((ulawDecode[middle[at] ?? 0] ?? 0) > 0 && (ulawDecode[middle[at - 1] ?? 0] ?? 0) <= 0) crossings++;
  assert.ok(Math.abs(crossings / (middle.length / 8000) - 1004) < 4, String(crossings));
  await stage.end();
});

test('line test: a level is measured', async () => {
  const stage = await LineStage.withLines();
  await stage.answered();
  stage.line({ type: 'test', test: { kind: 'level', ms: 1000 } });
  stage.exchange.speak(ulaw(join(tone(800, -20, 500), tone(800, -10, 500))));
  await stage.clock.advance(1500);
  const [result] = stage.of('line-test').map((event) => event.result);
  assert.ok(result?.kind === 'level' && Math.abs(result.averageDbm0 + 12.6) < 1 && Math.abs(result.peakDbm0 + 10) < 0.3, JSON.stringify(result));
  await stage.end();
});

test('line test: a loop\'s delay and loss are measured, and that there is none', async () => {
  const stage = await LineStage.withLines();
  await stage.answered();
  const quieter = Uint8Array.from(ulawDecode, (sample) => ulawEncode[Math.round(sample / 4) + 32_768] ?? 0);
  stage.exchange.speak(ulaw(quiet(60)));
  stage.exchange.heard = (frame) => stage.exchange.speak(frame.map((code) => quieter[code] ?? 0));
  stage.line({ type: 'test', test: { kind: 'loop', ms: 1000 } });
  await stage.clock.advance(3500);
  stage.exchange.heard = null;
  stage.line({ type: 'test', test: { kind: 'loop', ms: 500 } });
  await stage.clock.advance(3500);
  const [there, none] = stage.of('line-test').map((event) => event.result);
  assert.ok(there?.kind === 'loop' && Math.abs((there.delayMs ?? 0) - 60) <= 25 && Math.abs((there.lossDb ?? 0) - 12) < 0.5, JSON.stringify(there));
  assert.equal(none, { kind: 'loop', delayMs: null, lossDb: null });
  await stage.end();
});

test('line test: a line that gives no frames ends its test by time', async () => {
  const stage = await LineStage.withLines();
  stage.line({ type: 'test', test: { kind: 'tone', ms: 500 } });
  await stage.clock.advance(4000);
  assert.equal(stage.of('line-test').map(({ result }) => result), [{ kind: 'tone', sentMs: 0 }]);
  await stage.end();
});

test('line test: is refused while a call is on the line', async () => {
  const stage = await LineStage.withLines();
  await stage.answered();
  stage.startLine();
  stage.line({ type: 'test', test: { kind: 'tone', ms: 500 } });
  await stage.clock.advance(4000);
  assert.equal(stage.of('line-test'), []);
  assert.ok(stage.logged.includes('line-command-refused'));
  await stage.end();
});

test('line station: commands for a line that is lost or does not exist are refused', async () => {
  const stage = await LineStage.withLines();
  stage.exchange.unplug();
  await stage.clock.advance(10);
  stage.line({ type: 'seize' });
  stage.line({ type: 'seize' }, 9);
  assert.equal(stage.logged.slice(-2), ['line-command-refused', 'no-such-line']);
  await stage.end();
});

test('line station: a driver that the board does not have is told once, and tried on', async () => {
  const stage = await LineStage.withLines();
  stage.exchange.openFails = 'busy';
  stage.exchange.unplug();
  await stage.clock.advance(200_000);
  assert.equal(stage.of('line-lost').map(({ text }) => text), ['1: the device is gone', '1: as the test asked']);
  stage.exchange.openFails = null;
  stage.exchange.plug();
  await stage.clock.advance(61_000);
  assert.is(stage.of('line-open').at(-1)?.line, 0);
  await stage.end();
});

test('line station: echo canceller and gains are set up as configured', async () => {
  const stage = await LineStage.withLines({ settings: { echoTailMs: 48, heardDb: 3, sentDb: -2 } });
  assert.equal(stage.exchange.settings, { echoMs: 48, heardDb: 3, sentDb: -2 });
  await stage.end();
  assert.not(stage.exchange.isOpen);
});

const alice: CallerId = { number: '5551234', name: 'ALICE', absent: null };

for (const [variant, law] of [['bell', 'PCMU'], ['v23', 'PCMA'], ['dtmf', 'PCMU']] as const) {
  test(`line station: caller ID ${variant} is sent to a telephone after the first ring, and found on a trunk between the rings`, async () => {
    const audio = { callerId: 'audio', onHookAudio: true, law } as const;
    const stage = await LineStage.withLines({ trunk: audio, phone: audio, settings: { callerId: variant } });
    stage.telephone.listen();
    stage.line({ type: 'ring', cadenceMs: [1000, 3000], callerId: alice }, 1);
    await stage.clock.advance(5500);
    const sent = stage.telephone.heardCodes;
    const sounds = (fromMs: number, toMs: number): boolean => framePower(law, sent, fromMs * 8, (toMs - fromMs) * 8) > 0.0001;
    assert.not(sounds(0, 1400), 'nothing while it rings');
    assert.ok(sounds(1500, 2500));
    assert.not(sounds(4000, 5400), 'once a call');
    for (let call = 0; call < 2; call++) {
      stage.exchange.ring(null);
      await stage.clock.advance(2100);
      stage.exchange.speak(sent.subarray(8 * 1200, 8 * 4000));
      await stage.clock.advance(3000);
      stage.exchange.stopRinging();
      await stage.clock.advance(10_000);
    }
    const found = stage.lineEvents().flatMap((event) => (event.type === 'caller-id' ? [event.callerId] : []));
    assert.equal(found.map(({ number }) => number), ['5551234', '5551234'], 'once for each of two calls');
    if (variant !== 'dtmf') assert.is(found[0]?.name, 'ALICE');
    await stage.end();
  });
}

test('line station: a number that is being sent when the telephone is lifted is broken off', async () => {
  const stage = await LineStage.withLines({ phone: { callerId: 'audio', onHookAudio: true }, settings: { callerId: 'bell' } });
  stage.line({ type: 'ring', cadenceMs: [1000, 3000], callerId: alice }, 1);
  await stage.clock.advance(1700);
  stage.telephone.lift();
  await stage.clock.advance(60);
  stage.telephone.listen();
  await stage.clock.advance(1000);
  assert.equal(cadenceOf(stage.telephone.heardCodes), []);
  await stage.end();
});

test('line station: a lamp by FSK is sent when the telephone is on-hook and quiet, once for each change', async () => {
  const stage = await LineStage.withLines({ phone: { lamp: 'fsk', onHookAudio: true }, settings: { callerId: 'v23' } });
  stage.telephone.lift();
  await stage.clock.advance(100);
  stage.line({ type: 'lamp', lit: true }, 1);
  stage.telephone.listen();
  await stage.clock.advance(3000);
  assert.equal(cadenceOf(stage.telephone.heardCodes), [], 'not while it is lifted');
  stage.telephone.putDown();
  await stage.clock.advance(900);
  assert.equal(cadenceOf(stage.telephone.heardCodes), [], 'not at once');
  await stage.clock.advance(9000);
  const sent = stage.telephone.heardCodes;
  assert.equal(waitingIn(sent), [true]);
  stage.line({ type: 'lamp', lit: false }, 1);
  stage.telephone.listen();
  await stage.clock.advance(5000);
  assert.equal(waitingIn(stage.telephone.heardCodes), [false]);
  await stage.end();
});

test('line station: a neon lamp is lit by the device', async () => {
  const stage = await LineStage.withLines();
  stage.line({ type: 'lamp', lit: true }, 1);
  await stage.clock.advance(10);
  assert.ok(stage.telephone.lampLit);
  await stage.end();
});

/** Message waiting indications in codes, by the project's own receiver of bytes. */
function waitingIn(codes: Uint8Array): boolean[] {
  const found: boolean[] = [];
  let bytes: number[] = [];
  const demodulator = new FskDemodulator(v23, {
    byte(value, idleBits) {
      if (idleBits >= 20) bytes = [];
      bytes.push(value);
      if (bytes.length < 3 || bytes.length < (bytes[1] ?? 0) + 3) return;
      const message = decodeMessage(Uint8Array.from(bytes));
      if (typeof message !== 'string' && message.type === 'message-waiting') found.push(message.lit);
    },
    broken: () => undefined,
  });
  for (let at = 0; at + 160 <= codes.length; at += 160) demodulator.hear(codes.subarray(at, at + 160), ulawDecode);
  return found;
}

test.run();
