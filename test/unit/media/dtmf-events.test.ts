import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DtmfEvents } from '../../../firmware/media/dtmf-events.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

interface EventPacket {
  readonly event: number;
  readonly timestamp: number;
  readonly duration: number;
  readonly end: boolean;
  readonly marker?: boolean;
}

function payload({ event, duration, end }: EventPacket): Uint8Array {
  return Uint8Array.of(event, (end ? 0x80 : 0) | 10, duration >> 8, duration & 0xff);
}

/** Packets of one press of 100 ms. */
function press(event: number, timestamp: number, endings = 3): EventPacket[] {
  const running = [160, 320, 480, 640].map((duration) => ({ event, timestamp, duration, end: false }));
  return [...running, ...Array.from({ length: endings }, () => ({ event, timestamp, duration: 800, end: true }))];
}

function heard(packets: EventPacket[], events = new DtmfEvents()): string {
  return packets.map((packet) => events.receive(payload(packet), 0, 4, packet.timestamp | 0, packet.marker ?? false)).join('');
}

test('one press with three end packets is one digit', () => {
  assert.is(heard(press(5, 1000)), '5');
});

test('all sixteen digits', () => {
  assert.is(heard(Array.from({ length: 16 }, (_, event) => press(event, 1000 + event * 1600)).flat()), '0123456789*#ABCD');
});

test('the same key twice is two digits, with 40 ms between', () => {
  assert.is(heard([...press(1, 1000), ...press(1, 1000 + 800 + 320)]), '11');
});

test('timestamps-that-advance-too-little: the marker tells the same key from its repetition', () => {
  const marked = (timestamp: number): EventPacket[] => press(1, timestamp).map((packet, index) => ({ ...packet, marker: index === 0 }));
  assert.is(heard([...marked(1000), ...marked(1400), ...marked(1800)]), '111', 'sipp adds 400 whatever a key lasts');
  const [first, ...others] = marked(1000);
  assert.is(heard([...others, first as EventPacket]), '1', 'its first packet, come late');
  assert.is(heard(press(1, 1000).map((packet, index) => ({ ...packet, timestamp: 1000 + index * 160, marker: true }))), '1', 'a sender that marks and moves every packet');
});

test('lost end packets do not swallow the next press of the same key', () => {
  assert.is(heard([...press(7, 1000, 0), ...press(7, 1000 + 800 + 400)]), '77');
});

test('a digit is heard when only one of its packets comes through, whichever', () => {
  for (let only = 0; only < 7; only++) assert.is(heard([press(3, 1000)[only] ?? assert.unreachable()].flat() as EventPacket[]), '3');
});

test('20 % to 60 % of the packets lost, reordered or doubled: each press is heard once if at least one packet came', () => {
  const random = new SimRandom(99);
  for (let round = 0; round < 500; round++) {
    const events = new DtmfEvents();
    let expected = '';
    let actual = '';
    for (let n = 0; n < 8; n++) {
      const event = random.below(12);
      const arrived = press(event, 5000 + n * 1400).filter(() => !random.chance(0.2 + (round % 5) * 0.1));
      if (random.chance(0.3) && arrived.length > 1) arrived.push(arrived[0] as EventPacket);
      if (arrived.length > 0) expected += '0123456789*#'.charAt(event);
      actual += heard(arrived, events);
    }
    assert.is(actual, expected);
  }
});

test('a packet of the event before, overtaken by the next event, is not a new digit', () => {
  const first = press(1, 1000);
  const second = press(2, 2600);
  const late = first.pop() as EventPacket;
  assert.is(heard([...first, second[0] as EventPacket, late, ...second.slice(1)]), '12');
});

test('senders that move the timestamp within an event are heard once per press', () => {
  const moving = (start: number): EventPacket[] => press(4, start).map((packet, n) => ({ ...packet, timestamp: start + n * 160 }));
  assert.is(heard([...moving(1000), ...moving(1000 + 3200)]), '44');
});

test('an event longer than 8.19 s that goes on in a second segment is one digit', () => {
  const first = [160, 30_000, 65_535].map((duration) => ({ event: 9, timestamp: 1000, duration, end: false }));
  const second = [160, 320].map((duration) => ({ event: 9, timestamp: 1000 + 65_535, duration, end: false }));
  assert.is(heard([...first, ...second]), '9');
});

test('timestamps may wrap within and between events', () => {
  assert.is(heard([...press(1, 2 ** 32 - 400), ...press(1, 1200)]), '11');
});

test('a new numbering far behind is believed', () => {
  assert.is(heard([...press(1, 10_000_000), ...press(2, 5)]), '12');
});

test('flash, fax tones and short payloads are no digits', () => {
  assert.is(heard([{ event: 16, timestamp: 1, duration: 160, end: false }, { event: 255, timestamp: 2, duration: 160, end: true }]), '');
  assert.is(new DtmfEvents().receive(Uint8Array.of(1, 0, 0), 0, 3, 77, false), '');
});

test('the event tells which audio is its own sound, and hands out its silence once', () => {
  const events = new DtmfEvents();
  assert.not(events.covers(1000));
  for (const packet of press(1, 1000).slice(0, 2)) heard([packet], events);
  assert.ok(events.covers(1000) && events.covers(1000 + 320), 'a frame ahead while the key is down');
  assert.not(events.covers(1000 + 480) || events.covers(999));
  assert.is(events.silenceFrom, 1000);
  assert.is(events.takeSilence(), 320);
  assert.is(events.silenceFrom, 1320);
  assert.is(events.takeSilence(), 0);
  heard(press(1, 1000).slice(2), events);
  assert.is(events.takeSilence(), 480);
  assert.not(events.covers(1000 + 800), 'after the end nothing is covered');
  assert.is(events.durationMs, 100);
});

test('a lie about the duration hands out at most one packet of silence', () => {
  const events = new DtmfEvents();
  heard([{ event: 1, timestamp: 0, duration: 65_535, end: false }], events);
  assert.is(events.takeSilence(), 480);
});

test.run();
