// What send and receive say and do, in a session whose terminal takes octets.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UnitLog } from '../../../firmware/lifecycle/unit-log.ts';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import { hexHeader } from '../../../firmware/console/zmodem/zmodem-encode.ts';
import { frame } from '../../../firmware/console/zmodem/zmodem-bytes.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';

function world({ octets = true } = {}) {
  const clock = new SimClock();
  const log = new UnitLog(clock, 'debug');
  const unit = new ExampleUnit();
  const taken: string[] = [];
  unit.files = {
    log: () => ({ name: 'log.txt', bytes: Buffer.from('one\ntwo\n') }),
    audit: async () => ({ name: 'audit.jsonl', bytes: Buffer.from('{}\n') }),
    configuration: () => ({ name: 'unit.yaml', bytes: Buffer.from('ports: 2\n') }),
    capture: async (name) => ({ name, bytes: new Uint8Array(10) }),
    message: async (mailbox, id) => ({ name: `${mailbox}-${id}.wav`, bytes: new Uint8Array(100) }),
    greeting: async () => null,
    keepFirmware: async (bytes) => ({ place: 'incoming/understudy.cjs', sha256: String(bytes.length) }),
    takeGreeting: async (mailbox, wav) => (taken.push(`${mailbox} ${wav.length}`), null),
    takePrompt: async (name, wav) => (wav.length < 5 ? 'there is no audio in it' : (taken.push(`prompt ${name} ${wav.length}`), null)),
  };
  const seen = { text: '', raw: [] as number[] };
  const session = new ConsoleSession({
    terminal: {
      kind: 'terminal', columns: 80, height: 24, write: (text) => void (seen.text += text),
      ...(octets ? { octets: { write: (bytes: Uint8Array) => (seen.raw.push(...bytes), true), waiting: () => 0, drop: () => undefined } } : {}),
    },
    unit, clock, log, who: 'ada', ended: () => undefined,
  });
  session.start();
  const type = async (keys: string | Uint8Array, ms = 50): Promise<string> => {
    const from = seen.text.length;
    session.feed(typeof keys === 'string' ? Buffer.from(keys) : keys);
    await clock.advance(ms);
    return seen.text.slice(from);
  };
  return { clock, log, unit, session, seen, type, taken };
}

const cancel = new Uint8Array(8).fill(0x18);
const prompt = /understudy> $/;

test('send says what comes and how to end it; nothing else is written meanwhile, and five CANs give the terminal back', async () => {
  const { type, seen, log } = world();
  await type('monitor on\r');
  assert.match(await type('send log\r'), 'log.txt, 8 B: run rz at your end; Ctrl-X five times ends it');
  assert.match(Buffer.from(seen.raw).toString('latin1'), 'rz\r**\x18B00000000000000');
  const before = seen.text.length;
  log.write('alert', 'busy', 'something happens');
  assert.is(seen.text.length, before);
  assert.match(await type(cancel, 1000), /it was broken off, and nothing was taken\r\nunderstudy> $/);
  assert.match(await type('show clock\r'), prompt);
});

test('what the other end says is no command, however it looks', async () => {
  const { type, unit } = world();
  await type('receive greeting 201\r');
  await type('mailbox 201 unlock\r\r');
  await type(cancel, 1000);
  assert.equal(unit.done, []);
});

test('nobody at the other end: it ends by itself within two minutes, and says so', async () => {
  const { type } = world();
  await type('send log\r');
  assert.match(await type('', 120_000), /failed: nobody receives\r\nunderstudy> $/);
  await type('receive greeting 201\r');
  assert.match(await type('', 120_000), /failed: nobody sends\r\nunderstudy> $/);
});

test('a sender that offers nothing: said', async () => {
  const { type, taken } = world();
  await type('receive greeting 201\r');
  assert.match(await type(hexHeader({ type: frame.fin, value: 0 }), 1000), 'nothing was taken');
  assert.equal(taken, []);
});

test('there is nothing to send, or the terminal takes no octets: sentences', async () => {
  assert.match(await world().type('send greeting 201\r'), /there is none\r\nunderstudy> $/);
  assert.match(await world({ octets: false }).type('send log\r'), /this terminal takes no files: .*\r\nunderstudy> $/);
});

test('the session ends in mid-transfer: nothing goes on', async () => {
  const { type, session, clock } = world();
  await type('send log\r');
  session.close();
  await clock.advance(60_000);
  assert.equal(clock.pending().map(({ name }) => name), []);
});

test.run();
