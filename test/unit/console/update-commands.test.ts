import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UnitLog } from '../../../firmware/lifecycle/unit-log.ts';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import { frame } from '../../../firmware/console/zmodem/zmodem-bytes.ts';
import { crc32, subpacketEnd } from '../../../firmware/console/zmodem/zmodem-bytes.ts';
import { binaryHeader, fileInfo, hexHeader, subpacket } from '../../../firmware/console/zmodem/zmodem-encode.ts';
import { IncomingBundle } from '../../../firmware/update/incoming-bundle.ts';
import { noPairUpdate } from '../../../firmware/update/pair/pair-update-machine.ts';
import { ownRelease } from '../../../firmware/update/release-facts.ts';
import type { UpdateStatus } from '../../../firmware/update/update-desk.ts';
import { freshRecord } from '../../../firmware/update/update-state.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { ExampleUnit } from './example-unit.ts';

const slots = { board: 'understudy-sim', bootId: 'b', booted: { name: 'A', version: null, good: true }, other: { name: 'B', version: null, good: false }, next: 'A' };
const idle: UpdateStatus = { phase: 'idle', order: null, percent: 0, doubt: null, slots, version: '0.1.0', record: freshRecord('0.1.0', 1), trialLeftMs: null };
const rolledBack = { atMs: Date.UTC(2026, 0, 5, 9, 0, 0), from: '0.1.0', version: '0.2.0', end: 'rolled-back', reason: 'no call\x1b[2J was answered' } as const;

function world(status: UpdateStatus = idle, calls = 1) {
  const clock = new SimClock();
  const unit = new ExampleUnit();
  const storage = new SimStorage();
  const now = { status };
  if (calls === 0) unit.calls = () => [];
  unit.update = {
    desk: {
      status: () => now.status,
      order: async (source, by, restart) => (unit.done.push(`order ${source} ${by} ${restart}`), source.includes('bad') ? { ok: false, text: 'an update is being fetched' } : { ok: true, text: 'it is checked' }),
      now: () => (unit.done.push('now'), { ok: true, text: 'the machine restarts at once' }),
      cancel: (by) => (unit.done.push(`cancel ${by}`), { ok: true, text: 'the update is cancelled' }),
      receive: async () => (await storage.makeDirectory('update'), IncomingBundle.open(storage, 1_000_000, clock)),
    },
    pair: { state: noPairUpdate, order: async (source, by) => (unit.done.push(`pair ${source} ${by}`), { ok: true, text: 'to the partner first' }), cancel: () => ({ ok: false, text: '' }) },
  };
  const seen = { text: '', raw: [] as number[] };
  const session = new ConsoleSession({
    terminal: { kind: 'terminal', columns: 120, height: 40, write: (text) => void (seen.text += text), octets: { write: (bytes: Uint8Array) => (seen.raw.push(...bytes), true), waiting: () => 0, drop: () => undefined } },
    unit, clock, log: new UnitLog(clock, 'debug'), who: 'ada', ended: () => undefined,
  });
  session.start();
  const type = async (keys: string | Uint8Array, ms = 50): Promise<string> => {
    const from = seen.text.length;
    session.feed(typeof keys === 'string' ? Buffer.from(keys) : keys);
    await clock.advance(ms);
    return seen.text.slice(from);
  };
  return { clock, unit, storage, now, seen, type };
}

test('a unit whose machine is not its own offers none of it', async () => {
  const { unit, type } = world();
  unit.update = null;
  assert.match(await type('show update\r'), 'is not known here');
  assert.match(await type('update usb\r'), 'is not known here');
});

test('update takes a file, a URL or the stick, and says what is wrong with anything else', async () => {
  const { unit, type } = world();
  assert.match(await type('update /tmp/x.raucb\r'), 'it is checked');
  assert.match(await type('update https://firmware.example/x.raucb --later\r'), 'it is checked');
  await type('update usb\r');
  await type('update back\r');
  assert.equal(unit.done, ['order /tmp/x.raucb ada idle', 'order https://firmware.example/x.raucb ada command', 'order usb ada idle', 'order slot ada idle']);
  assert.match(await type('update x.zip\r'), 'a bundle is usb, a URL that begins with http, or a file that ends in .raucb');
  assert.match(await type('update bad.raucb\r'), 'not begun: an update is being fetched');
});

test('--follow tells each step and how it ended', async () => {
  const { now, type, clock, seen } = world();
  now.status = { ...idle, phase: 'installing', percent: 37 };
  assert.match(await type('update x.raucb --follow\r', 300), 'being installed in the other slot, 30 %');
  now.status = { ...idle, record: { ...idle.record, outcomes: [{ ...rolledBack, end: 'refused', reason: 'it is damaged' }] } };
  await clock.advance(300);
  assert.match(seen.text, /refused, nothing was changed: it is damaged\r\nunderstudy> $/);
});

test('update now asks for a word where calls would be ended', async () => {
  const { unit, type } = world({ ...idle, phase: 'waiting' });
  assert.match(await type('update now\r'), '1 call is up: without a command the restart waits for their end; --end-calls ends them');
  assert.equal(unit.done, []);
  assert.match(await type('update now --end-calls\r'), 'the machine restarts at once');
  const quiet = world({ ...idle, phase: 'waiting' }, 0);
  await quiet.type('update now\r');
  assert.equal(quiet.unit.done, ['now']);
});

test('show update and show version tell slots, what goes on, and why the last one came back; what came from outside is harmless', async () => {
  const { type, now } = world({ ...idle, record: { ...idle.record, outcomes: [rolledBack] } });
  const text = await type('show update\r');
  for (const line of [/board +understudy-sim/, /slot A +version 0\.1\.0, runs, good/, /slot B +nothing known, cannot be started/, /update +none goes on/, /oldest that is installed +0\.1\.0/, /0\.1\.0 +0\.2\.0 +rolled back +no call.*was answered/]) assert.match(text, line);
  assert.not.match(text, '\x1b[2J');
  assert.match(await type('show version\r'), /rolled back +from 0\.2\.0: no call/);
  const target = { slot: 'B', version: '0.2.0', release: ownRelease };
  now.status = { ...idle, phase: 'proving', trialLeftMs: 90_000, doubt: 'it was not answered', record: { ...idle.record, target } };
  const trial = await type('show update\r');
  for (const line of [/update +the running version must answer a call of its own/, /version +0\.2\.0/, /goes back in +1:30/, /last own call +it was not answered/]) assert.match(trial, line);
});

test('cancel, and a pair', async () => {
  const { unit, type } = world();
  assert.match(await type('update cancel\r'), 'the update is cancelled');
  assert.match(await type('update pair x.raucb\r'), /nothing more is expected|must be|a bundle is usb/, 'a unit that stands alone has no such command');
  unit.pair = { status: () => { throw new Error('not asked'); }, showCode: async () => ({ code: '', validMs: 0 }), join: async () => ({ ok: false, why: 'self', detail: '' }), forget: async () => false };
  assert.match(await type('update pair x.raucb\r'), 'to the partner first');
  assert.equal(unit.done, ['cancel ada', 'pair x.raucb ada']);
});

test('receive firmware puts what sz sends into the data folder, and it goes the way of any other bundle', async () => {
  const { unit, type, storage } = world();
  const content = Uint8Array.from({ length: 3000 }, (_, at) => at % 200);
  assert.match(await type('receive firmware\r'), /at most \S+ \S+: run sz FILE at your end/);
  await type(Buffer.concat([binaryHeader({ type: frame.file, value: 0 }, true), subpacket(fileInfo('new.raucb', content.length, 0), subpacketEnd.overAck, true)]));
  await type(hexHeader({ type: frame.crc, value: crc32(content) }));
  await type(Buffer.concat([binaryHeader({ type: frame.data, value: 0 }, true), subpacket(content.subarray(0, 1000), subpacketEnd.on, true), subpacket(content.subarray(1000, 2000), subpacketEnd.on, true), subpacket(content.subarray(2000), subpacketEnd.over, true)]));
  await type(hexHeader({ type: frame.eof, value: content.length }));
  const text = await type(hexHeader({ type: frame.fin, value: 0 }), 1000);
  assert.match(text, /new\.raucb, \S+ \S+: it is checked; show update tells/);
  assert.equal(unit.done, ['order update/incoming.raucb ada idle']);
  const file = await storage.open('update/incoming.raucb', 'read');
  const stored = new Uint8Array(await file.size());
  await file.read(stored, 0);
  assert.equal(Buffer.from(stored).equals(content), true);
});

test('a transfer that is broken off leaves nothing', async () => {
  const { type, storage, unit } = world();
  assert.match(await type('receive firmware\r'), 'run sz FILE');
  await type(new Uint8Array(8).fill(0x18), 1000);
  assert.is(await storage.stat('update/incoming.raucb'), null);
  assert.equal(unit.done, []);
});

test.run();
