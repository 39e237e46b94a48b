import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dahdiEvent } from '../../../hal/drivers/dahdi/dahdi-event.ts';
import { bufferInfo, cadence, dialOperation, emptyParams, gains, intArgument, readParams, withFlash } from '../../../hal/drivers/dahdi/dahdi-message.ts';
import { events, requests, sizes } from '../../../hal/drivers/dahdi/dahdi-numbers.ts';
import { dahdiOptions } from '../../../hal/drivers/dahdi/dahdi-options.ts';
import { dahdiPlace } from '../../../hal/drivers/dahdi/dahdi-place.ts';
import { echoTaps } from '../../../hal/drivers/dahdi/dahdi-setup.ts';
import { gainTable } from '../../../hal/drivers/dahdi/gain-table.ts';
import { HalError } from '../../../hal/errors.ts';
import { alawDecode, ulawDecode } from '../../../hal/g711.ts';
import { dahdiRequest } from '../../support/dahdi/fake-dahdi.ts';

/** _IOC of linux/ioctl.h: what a request says of itself. */
const direction = (request: number): number => request >>> 30;
const argumentBytes = (request: number): number => (request >>> 16) & 0x3fff;
const [writes, reads] = [1, 2];

test('each request names DAHDI, and the size of what goes with it', () => {
  const sizeOf: Partial<Record<keyof typeof requests, number>> = { getParams: sizes.params, setParams: sizes.params, setGains: sizes.gains, setBufferInfo: sizes.bufferInfo, dial: sizes.dialOperation, setCadence: sizes.cadence };
  for (const [name, request] of Object.entries(requests)) {
    assert.is((request >>> 8) & 0xff, 0xda, name);
    assert.is(argumentBytes(request), sizeOf[name as keyof typeof requests] ?? 4, name);
  }
  assert.is(direction(requests.getParams), reads | writes);
  assert.is(direction(requests.getEvent), reads);
  assert.is(direction(requests.hook), writes);
  assert.is(new Set(Object.values(requests)).size, Object.keys(requests).length);
});

test('an int is little-endian and signed', () => {
  assert.equal([...intArgument(-2)], [0xfe, 0xff, 0xff, 0xff]);
});

test('the parameters of a channel are read at their places', () => {
  const bytes = emptyParams();
  assert.is(bytes.length, 136);
  bytes.writeInt32LE(5, 0);
  bytes.writeInt32LE(0x2004, 12);
  bytes.writeInt32LE(1, 20);
  bytes.writeInt32LE(3, 36);
  bytes.writeInt32LE(2, 40);
  bytes.write('WCTDM/0/4', 48);
  bytes.writeUInt32LE(8, 132);
  assert.equal(readParams(bytes), { channel: 5, signalling: 0x2004, farOffHook: true, farHook: 3, law: 'PCMA', name: 'WCTDM/0/4', alarms: 8 });
  assert.is(withFlash(bytes, 'ours', 100).readInt32LE(100), 100);
  assert.is(withFlash(bytes, 'theirs', 300).readInt32LE(112), 300);
  assert.is(bytes.readInt32LE(100), 0);
});

test('buffers are asked for with immediate sending', () => {
  const bytes = bufferInfo(8, 160);
  assert.equal([0, 4, 8, 12, 16, 20].map((at) => bytes.readInt32LE(at)), [0, 0, 8, 160, 0, 0]);
});

test('digits are said in the language of the kernel, and what it cannot dial is left out', () => {
  const text = (digits: string, how: 'tone' | 'pulse'): string => dialOperation(digits, how).subarray(4).toString('latin1').replace(/\0+$/, '');
  assert.is(dialOperation('1', 'tone').readInt32LE(), 2);
  assert.is(text('159#0D,*', 'tone'), 'T159#0DW*');
  assert.is(text('0,5a', 'tone'), 'T0W5A');
  assert.is(text('42,0', 'pulse'), 'P42W0');
  assert.is(text('4*2#D', 'pulse'), 'P42');
  assert.is(text('W1M2 x', 'tone'), 'T12');
  assert.is(text('1'.repeat(500), 'tone').length, 255);
});

test('a cadence alternates, does not end early, and is cut at sixteen', () => {
  const entries = (ms: number[]): number[] => Array.from({ length: 16 }, (_, at) => cadence(ms).readInt32LE(at * 4));
  assert.equal(entries([400, 200, 400, 2000]).slice(0, 5), [400, 200, 400, 2000, 0]);
  assert.equal(entries([1000]).slice(0, 3), [1000, 1000, 0]);
  assert.equal(entries([1000, 0]).slice(0, 3), [1000, 1, 0]);
  assert.equal(entries(Array.from({ length: 20 }, (_, at) => at + 1)), Array.from({ length: 16 }, (_, at) => at + 1));
});

test('gains: no gain is the identity, 6 dB doubles, the ends are clipped', () => {
  for (const law of ['PCMU', 'PCMA'] as const) assert.equal([...gainTable(law, 0)], Array.from({ length: 256 }, (_, code) => code));
  for (const [law, decode] of [['PCMU', ulawDecode], ['PCMA', alawDecode]] as const) {
    const louder = gainTable(law, 20 * Math.log10(2));
    for (let code = 0; code < 256; code++) {
      const [before, after] = [decode[code] ?? 0, decode[louder[code] ?? 0] ?? 0];
      const wanted = Math.max(-32_124, Math.min(32_124, before * 2));
      assert.ok(Math.abs(after - wanted) <= Math.max(16, Math.abs(wanted) / 15), `${law} ${code}: ${before} became ${after}`);
    }
  }
  const bytes = gains(new Uint8Array(256).fill(7), new Uint8Array(256).fill(9));
  assert.equal([bytes.length, bytes.readInt32LE(), bytes[4], bytes[259], bytes[260], bytes[515]], [516, 0, 7, 7, 9, 9]);
});

test('echo: taps are powers of two that cover the tail', () => {
  assert.equal([0, -1, NaN, 1, 4, 5, 16, 17, 128, 500].map(echoTaps), [0, 0, 0, 32, 32, 64, 128, 256, 1024, 1024]);
});

test('every event of an analog port has a meaning', () => {
  const named: readonly [keyof typeof events, string][] = [
    ['onHook', 'on-hook'], ['ringOffHook', 'ring-off-hook'], ['winkFlash', 'flash'], ['alarm', 'alarm'], ['noAlarm', 'no-alarm'], ['dialComplete', 'dial-complete'],
    ['ringerOn', 'ringer-on'], ['ringerOff', 'ringer-off'], ['hookComplete', 'hook-complete'], ['pulseStart', 'other'], ['polarity', 'polarity'], ['ringBegin', 'ring-begin'],
    ['echoCancelDisabled', 'echo-cancel-disabled'], ['removed', 'removed'], ['sentFaxAnswer', 'other'], ['heardFaxAnswer', 'fax'], ['sentFaxCalling', 'other'], ['heardFaxCalling', 'fax'],
    ['readOverrun', 'read-overrun'], ['writeUnderrun', 'write-underrun'],
  ];
  for (const [event, name] of named) assert.is(dahdiEvent(events[event]).name, name, event);
  assert.equal(dahdiEvent(6), { name: 'other', number: 6 });
});

test('digits come with their character: pulses, keys going down; keys going up say nothing', () => {
  for (const digit of '0123456789*#') assert.equal(dahdiEvent(events.pulseDigit | digit.charCodeAt(0)), { name: 'digit', digit, via: 'pulse' });
  for (const digit of '0123456789*#ABCD') {
    assert.equal(dahdiEvent(events.dtmfDown | digit.charCodeAt(0)), { name: 'digit', digit, via: 'dtmf' });
    assert.is(dahdiEvent(events.dtmfUp | digit.charCodeAt(0)).name, 'other');
  }
  assert.is(dahdiEvent(events.dtmfDown | 'f'.charCodeAt(0)).name, 'other');
});

const refusal = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof HalError) return `${error.id} ${error.message}`;
  }
  return 'nothing refused';
};

test('places are channel numbers or devices of DAHDI, nothing else', () => {
  assert.equal(dahdiPlace('5'), { path: '/dev/dahdi/channel', channel: 5 });
  assert.equal(dahdiPlace('/dev/dahdi/5'), { path: '/dev/dahdi/5', channel: null });
  assert.equal(dahdiPlace('/dev/dahdi/chan/001/005'), { path: '/dev/dahdi/chan/001/005', channel: null });
  for (const place of ['', '0', '05', '1025', '-1', '5x', '/dev/sda', '/dev/dahdi/ctl', '/dev/dahdi/../sda', '/dev/dahdi/chan/001']) assert.match(refusal(() => dahdiPlace(place)), /^not-found .*1 to 1024/, place);
});

test('options are read, and a wrong one is named with what there is', () => {
  assert.equal(dahdiOptions(dahdiRequest('trunk')), { openMs: 60, reversal: 'second', flashMs: null, lamp: null, digits: null });
  assert.equal(dahdiOptions(dahdiRequest('trunk', { 'open-ms': '0', 'flash-ms': '100', reversal: 'first', lamp: 'fsk', digits: 'audio' })), { openMs: 0, reversal: 'first', flashMs: 100, lamp: 'fsk', digits: 'audio' });
  assert.match(refusal(() => dahdiOptions(dahdiRequest('trunk', { speed: '1' }))), /^unsupported line trunk-1: option speed is not known; there are: open-ms, /);
  for (const [key, text] of [['open-ms', '-1'], ['open-ms', '2001'], ['flash-ms', '49'], ['flash-ms', ''], ['reversal', 'third'], ['lamp', 'red'], ['digits', 'none']]) {
    assert.match(refusal(() => dahdiOptions(dahdiRequest('trunk', { [key as string]: text as string }))), /^unsupported .*option /, `${key}=${text}`);
  }
});

test.run();
