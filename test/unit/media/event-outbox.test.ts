import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EventOutbox } from '../../../firmware/media/event-outbox.ts';
import type { MediaEvent } from '../../../firmware/media/media-protocol.ts';

function event(silentMs: number): MediaEvent {
  return { type: 'rtp-timeout', port: 0, session: 1, silentMs };
}

function outbox(): { box: EventOutbox; told: number[] } {
  const told: number[] = [];
  return { told, box: new EventOutbox((one) => void (one.type === 'rtp-timeout' && told.push(one.silentMs))) };
}

test('outside a command events go at once', () => {
  const { box, told } = outbox();
  box.add(event(1));
  assert.equal(told, [1]);
});

test('events of a command wait until it has returned', async () => {
  const { box, told } = outbox();
  box.during(() => {
    box.add(event(1));
    box.add(event(2));
    assert.equal(told, []);
  });
  assert.equal(told, []);
  await Promise.resolve();
  assert.equal(told, [1, 2]);
});

test('a later event does not overtake those that wait', () => {
  const { box, told } = outbox();
  box.during(() => box.add(event(1)));
  box.add(event(2));
  assert.equal(told, [1, 2]);
});

test('commands given while events are delivered keep the order', async () => {
  const told: number[] = [];
  const box: EventOutbox = new EventOutbox((one) => {
    if (one.type !== 'rtp-timeout') return;
    told.push(one.silentMs);
    if (one.silentMs === 1) box.during(() => box.add(event(3)));
  });
  box.during(() => {
    box.add(event(1));
    box.add(event(2));
  });
  await Promise.resolve();
  assert.equal(told, [1, 2, 3]);
});

test('a command that throws does not dam up later events', () => {
  const { box, told } = outbox();
  assert.throws(() => box.during(() => {
    throw new Error('x');
  }), 'x');
  box.add(event(1));
  assert.equal(told, [1]);
});

test.run();
