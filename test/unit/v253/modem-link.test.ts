import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AtReply } from '../../../hal/drivers/v253/at-dialogue.ts';
import { ModemLink } from '../../../hal/drivers/v253/modem-link.ts';
import { ModemSession } from '../../../hal/drivers/v253/modem-session.ts';
import { plainSerial } from '../../../hal/serial.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimSerialCable } from '../../../hal/sim/sim-serial.ts';

const place = '/dev/ttyS1';

/** A link, and the modem's end of the cable in the hands of the test. */
async function world() {
  const clock = new SimClock();
  const cable = new SimSerialCable(clock, new SimRandom(1));
  const far = await cable.b.open(place, plainSerial(115_200));
  let sent = '';
  far.received = (bytes) => void (sent += Buffer.from(bytes).toString('latin1'));
  const link = new ModemLink(cable.a, place, plainSerial(115_200), clock);
  await link.open();
  const heard: string[] = [];
  link.listener = {
    sample: (byte) => void heard.push(`${byte}`),
    code: (code) => void heard.push(`code ${code}`),
    end: () => void heard.push('end'),
    unsolicited: (line) => void heard.push(line),
    closed: ({ id }) => void heard.push(id),
  };
  const says = async (...pieces: string[]): Promise<void> => {
    for (const piece of pieces) {
      far.write(Buffer.from(piece, 'latin1'));
      await clock.advance(10 + piece.length / 10);
    }
  };
  const asks = (command: string, limitMs = 1000): AtReply[] => {
    const replies: AtReply[] = [];
    link.ask(command, limitMs, (reply) => void replies.push(reply));
    return replies;
  };
  return { clock, cable, link, heard, says, asks, sent: () => sent };
}

test('samples begin after the line feed of CONNECT, wherever a read ends, and text after DLE ETX', async () => {
  for (const pieces of [['\r\nCONNECT\r\n\n\u0001\u0010\u0003\r\nOK\r\n'], [...'\r\nCONNECT\r\n\n\u0001\u0010\u0003\r\nOK\r\n']]) {
    const { link, heard, says, clock } = await world();
    link.ask('AT+VRX', 1000, () => (link.samples = true));
    await clock.advance(200);
    await says(...pieces);
    assert.equal(heard, ['10', '1', 'end', 'OK']);
  }
});

test('what is half come stays when the audio is told again that there are no samples', async () => {
  const { link, says, asks, clock } = await world();
  const replies = asks('AT+VTX');
  await clock.advance(200);
  await says('\r\nCONN');
  link.samples = false;
  await says('ECT\r\n');
  assert.equal(replies.map(({ result }) => result), ['CONNECT']);
});

test('the text of a complex event between samples is text, and one without an end ends by itself', async () => {
  const { link, heard, says } = await world();
  link.samples = true;
  await says('\u0001\u0010X\r\nNMBR = 555\r\n\u0010.\u0002');
  assert.equal(heard, ['1', 'NMBR = 555', '2']);
  await says(`\u0010X${'x'.repeat(256)}\u0003`);
  assert.equal(heard.slice(3), ['3']);
});

test('a command waits until the modem can hear again, and its limit runs from then', async () => {
  const { clock, asks, says, sent } = await world();
  await clock.advance(200);
  asks('AT');
  await says('\r\nOK\r\n');
  const replies = asks('AT+VCID=1', 500);
  await clock.advance(50);
  assert.is(sent(), 'AT\r');
  await clock.advance(60);
  assert.is(sent(), 'AT\rAT+VCID=1\r');
  await clock.advance(430);
  assert.equal(replies, []);
  await clock.advance(100);
  assert.equal(replies, [{ result: 'timed-out', lines: [] }]);
});

test('one sequence of commands at a time: the one before stands still for good', async () => {
  const { clock, link, says, sent } = await world();
  const first = new ModemSession(link);
  let done = 0;
  void first.asked('AT+ONE', 1000).then(() => done++);
  void first.wait(50).then(() => first.asked('AT+TWO', 1000)).then(() => done++);
  await clock.advance(10);
  const second = new ModemSession(link);
  second.reset();
  const reply = second.asked('AT+THREE', 1000);
  assert.not(first.write(Uint8Array.of(65)));
  await clock.advance(500);
  await says('\r\nOK\r\n');
  assert.is((await reply).result, 'OK');
  await clock.advance(5000);
  assert.is(done, 0);
  assert.not(/TWO/.test(sent()));
});

test('unplugged: told, and whoever waits for an answer gets none', async () => {
  const { clock, cable, heard, asks, link } = await world();
  const replies = asks('AT', 60_000);
  await clock.advance(200);
  cable.unplug('a');
  await clock.advance(10);
  assert.equal([heard, replies.map(({ result }) => result)], [['connection-lost'], ['timed-out']]);
  await link.close();
  assert.equal(clock.pending(), []);
});

test.run();
