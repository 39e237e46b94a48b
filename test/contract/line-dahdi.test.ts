// What every line driver promises, kept by the DAHDI driver over a stand-in of the kernel; the kernel itself is in test/guest.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { events, signalling } from '../../hal/drivers/dahdi/dahdi-numbers.ts';
import type { LineKind } from '../../hal/line.ts';
import type { FakeChannel } from '../support/dahdi/fake-channel.ts';
import { dahdiRequest, FakeDahdi } from '../support/dahdi/fake-dahdi.ts';
import { lineContract, type LineFarEnd, type LineWorld } from './line-contract.ts';
import { virtualTime } from './passing.ts';

const pulseMs = 100;

/** Both kinds speak, listen and go. */
function anyFar(channel: FakeChannel): LineFarEnd {
  return {
    speak: (codes) => void channel.said.push(...codes),
    listen: () => void (channel.sent = []),
    heard: () => Uint8Array.from(channel.sent),
    unplug: () => channel.unplug(),
  };
}

function trunkFar(fake: FakeDahdi, channel: FakeChannel): LineFarEnd {
  let bursts = 0;
  const burst = (): void => {
    if (bursts-- <= 0 || channel.txState !== 'on-hook') return;
    channel.ringBegin();
    fake.clock.after('fake ring', 2000, () => channel.ringEnd());
    fake.clock.after('fake ring', 6000, burst);
  };
  return {
    ...anyFar(channel),
    ring: () => {
      bursts = 3;
      burst();
    },
    stopRinging: () => {
      bursts = 0;
      channel.ringEnd();
    },
    hangUp: () => void fake.clock.after('fake drop', 700, () => channel.loop('open')),
    dialled: () => channel.dialled,
    isSeized: () => channel.txState === 'off-hook' || channel.txState === 'debounce',
    keys: (digits) => channel.has.has('toneDetect') && [...digits].forEach((digit) => channel.event(events.dtmfDown | digit.charCodeAt(0))),
  };
}

function phoneFar(fake: FakeDahdi, channel: FakeChannel): LineFarEnd {
  return {
    ...anyFar(channel),
    lift: () => channel.lift(),
    putDown: () => channel.putDown(),
    flash: () => {
      channel.putDown();
      fake.clock.after('fake flash', 400, () => channel.lift());
    },
    isRinging: () => channel.txState === 'ringing',
    keys: (digits) => channel.has.has('toneDetect') && [...digits].forEach((digit) => channel.event(events.dtmfDown | digit.charCodeAt(0))),
    pulses: (digits) => [...digits].forEach((digit, at) => void fake.clock.after('fake pulses', (at + 1) * 10 * pulseMs, () => channel.event(events.pulseDigit | digit.charCodeAt(0)))),
  };
}

async function world(kind: LineKind, set: (channel: FakeChannel) => void): Promise<LineWorld> {
  const fake = new FakeDahdi();
  const channel = fake.port(5, kind === 'trunk' ? signalling.fxsKewlStart : signalling.fxoKewlStart);
  set(channel);
  const far = kind === 'trunk' ? trunkFar(fake, channel) : phoneFar(fake, channel);
  const end = async (): Promise<void> => assert.equal(fake.clock.pending().map(({ name }) => name).filter((name) => !name.startsWith('fake')), []);
  return { driver: fake.driver, request: dahdiRequest(kind), far, passing: virtualTime(fake.clock), patienceMs: 4500, exact: true, end };
}

const keysOf = (far: LineFarEnd): (keyof LineFarEnd)[] => Object.keys(far) as (keyof LineFarEnd)[];
const some = new FakeDahdi();
const [trunkCan, phoneCan] = [keysOf(trunkFar(some, some.port(1))), keysOf(phoneFar(some, some.port(2)))];

const variants: readonly [string, (channel: FakeChannel) => void][] = [
  ['a plain card', () => undefined],
  ['a card that finds digits, A-law', (channel) => {
    channel.has.add('toneDetect');
    channel.law = 2;
  }],
];
for (const [name, set] of variants) {
  lineContract(`dahdi trunk, ${name}`, trunkCan, () => world('trunk', set));
  lineContract(`dahdi phone, ${name}`, phoneCan, () => world('phone', set));
}

test.run();
