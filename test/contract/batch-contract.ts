import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DatagramBatch, Endpoint } from '../../hal/datagram.ts';
import type { NetworkWorld } from './network-world.ts';
import { refusal, result, until } from './passing.ts';

interface Heard {
  readonly slot: number;
  readonly text: string;
  readonly from: Endpoint;
}

/** What every `DatagramBatch` does. */
export function batchContract(driver: string, make: () => NetworkWorld): void {
  const check = (name: string, body: (world: NetworkWorld, near: DatagramBatch, far: DatagramBatch) => Promise<void>): void => {
    test(`batch ${driver}: ${name}`, async () => {
      const world = make();
      const near = await world.near.batch();
      const far = await world.far.batch();
      try {
        await body(world, near, far);
      } finally {
        near.closeAll();
        far.closeAll();
      }
    });
  };

  check('packets wait for flush', async (world, near, far) => {
    const { heard } = await joined(world, near, far);
    queue(near, 1, 'voice');
    await world.passing.pass(20);
    assert.is(heard.length, 0);
    near.flush();
    assert.is(heard.length, 0, 'not inside the call');
    await until(world.passing, 'arrival', () => heard.length === 1);
    await world.passing.pass(20);
    assert.equal(heard.map(({ slot, text }) => [slot, text]), [[5, 'voice']]);
  });

  check('what arrives carries its sender', async (world, near, far) => {
    const { heard, nearPort } = await joined(world, near, far);
    queue(near, 1, 'voice');
    near.flush();
    await until(world.passing, 'arrival', () => heard.length === 1);
    assert.equal(heard[0]?.from, { address: world.near.address, port: nearPort });
  });

  check('only the given length is sent, from the beginning of the buffer', async (world, near, far) => {
    const { heard } = await joined(world, near, far);
    near.queue(1, Buffer.from('voice and more'), 5);
    near.flush();
    await until(world.passing, 'arrival', () => heard.length === 1);
    assert.is(heard[0]?.text, 'voice');
  });

  check('a buffer may be reused after flush, also when the kernel is busy', async (world, near, far) => {
    const { heard } = await joined(world, near, far);
    const frame = Buffer.alloc(172);
    for (let round = 0; round < 100; round++) {
      frame.fill(round);
      near.queue(1, frame, frame.length);
      near.flush();
      frame.fill(255);
    }
    await until(world.passing, 'all of them', () => heard.length === 100);
    const spoilt = heard.filter(({ text }) => text !== text.charAt(0).repeat(172));
    assert.is(spoilt.length, 0);
    assert.equal(heard.map(({ text }) => text.charCodeAt(0)).sort((one, other) => one - other), [...Array(100).keys()]);
  });

  check('one buffer per packet may wait, and each arrives once', async (world, near, far) => {
    const { heard } = await joined(world, near, far);
    for (let at = 0; at < 50; at++) queue(near, 1, `frame ${at}`);
    near.flush();
    near.flush();
    await until(world.passing, 'all of them', () => heard.length === 50);
    await world.passing.pass(20);
    assert.is(new Set(heard.map(({ text }) => text)).size, 50);
    assert.is(heard.length, 50);
  });

  check('a slot without a destination drops', async (world, near, far) => {
    const { heard, farPort } = await joined(world, near, far);
    near.direct(1, null);
    queue(near, 1, 'nowhere');
    near.flush();
    near.direct(1, { address: world.far.address, port: farPort });
    queue(near, 1, 'here');
    near.flush();
    await until(world.passing, 'arrival', () => heard.length === 1);
    assert.equal(heard.map(({ text }) => text), ['here']);
    assert.is(near.sendFailures, 0);
  });

  check('slots do not mix', async (world, near, far) => {
    const heard = listen(far);
    for (let slot = 0; slot < 40; slot++) {
      const port = await result(world.passing, far.open(slot, { address: world.far.address, port: 0 }));
      await result(world.passing, near.open(slot, { address: world.near.address, port: 0 }));
      near.direct(slot, { address: world.far.address, port });
    }
    for (let slot = 0; slot < 40; slot++) queue(near, slot, `slot ${slot}`);
    near.flush();
    await until(world.passing, 'all of them', () => heard.length === 40);
    assert.equal(heard.filter(({ slot, text }) => text !== `slot ${slot}`), []);
    assert.is(new Set(heard.map(({ from }) => from.port)).size, 40);
  });

  check('a stranger is heard too, with his address', async (world, near, far) => {
    const { heard, farPort } = await joined(world, near, far);
    const stranger = await result(world.passing, world.near.datagram.bind({ address: world.near.address, port: 0 }));
    stranger.send(Buffer.from('hello?'), { address: world.far.address, port: farPort });
    await until(world.passing, 'arrival', () => heard.length === 1);
    stranger.close();
    assert.equal(heard, [{ slot: 5, text: 'hello?', from: stranger.local }]);
  });

  check('a closed slot neither sends nor hears, and its port is free again', async (world, near, far) => {
    const { heard, farPort } = await joined(world, near, far);
    queue(near, 1, 'queued before close');
    near.close(1);
    near.close(1);
    queue(near, 1, 'queued after close');
    near.flush();
    await world.passing.pass(20);
    assert.is(heard.length, 0);
    far.close(5);
    (await result(world.passing, world.far.datagram.bind({ address: world.far.address, port: farPort }))).close();
    assert.is(near.sendFailures, 0);
  });

  check('a slot may be opened again, and starts without a destination', async (world, near, far) => {
    const { heard, farPort } = await joined(world, near, far);
    near.close(1);
    const port = await result(world.passing, near.open(1, { address: world.near.address, port: 0 }));
    queue(near, 1, 'to the old destination');
    near.flush();
    near.direct(1, { address: world.far.address, port: farPort });
    queue(near, 1, 'new');
    near.flush();
    await until(world.passing, 'arrival', () => heard.length === 1);
    assert.equal(heard, [{ slot: 5, text: 'new', from: { address: world.near.address, port } }]);
  });

  check('a slot closed while it opens stays closed', async ({ near: { address, datagram }, passing }, near) => {
    const probe = await result(passing, datagram.bind({ address, port: 0 }));
    probe.close();
    const opening = near.open(1, probe.local);
    near.close(1);
    await result(passing, opening.catch(() => null));
    (await result(passing, datagram.bind(probe.local))).close();
  });

  check('slots that were never opened are ignored', async (_world, near) => {
    near.direct(77, { address: '127.0.0.1', port: 9 });
    queue(near, 77, 'nobody');
    near.flush();
    near.close(77);
    assert.is(near.sendFailures, 0);
  });

  check('a taken port and a foreign address are refused', async ({ near: { address }, passing }, near) => {
    const port = await result(passing, near.open(1, { address, port: 0 }));
    assert.is(await refusal(passing, near.open(2, { address, port })), 'address-in-use');
    const foreign = address.includes(':') ? '2001:db8::77' : '203.0.113.77';
    assert.is(await refusal(passing, near.open(3, { address: foreign, port: 0 })), 'address-unavailable');
  });

  check('a socket ahead of its address stands, and the others go on; Node alone refuses it', async (world, near, far) => {
    const { heard } = await joined(world, near, far);
    const { near: { address }, passing } = world;
    const foreign = address.includes(':') ? '2001:db8::77' : '203.0.113.77';
    const refused = await refusal(passing, near.open(3, { address: foreign, port: 40_077 }, true));
    // A machine may let everybody bind ahead (ip_nonlocal_bind).
    assert.ok(refused === 'nothing refused' || (driver.startsWith('dgram') && refused === 'address-unavailable'), refused);
    queue(near, 1, 'voice');
    near.flush();
    await until(passing, 'the other slot', () => heard.length === 1);
    near.close(3);
    assert.equal([heard[0]?.text, near.sendFailures], ['voice', 0]);
  });

  check('an address that is there may be bound as if it were not', async ({ near: { address }, passing }, near) => {
    assert.ok((await result(passing, near.open(4, { address, port: 0 }, true))) > 0);
  });

  check('what the kernel refuses is counted, and the other slots go on', async (world, near, far) => {
    const { heard } = await joined(world, near, far);
    await result(world.passing, near.open(2, { address: world.near.address, port: 0 }));
    near.direct(2, { address: world.forbidden, port: 9 });
    for (let at = 0; at < 3; at++) {
      queue(near, 2, 'refused');
      queue(near, 1, 'voice');
    }
    near.flush();
    await until(world.passing, 'the counts', () => near.sendFailures === 3 && heard.length === 3);
  });

  check('a packet of 2048 bytes is sent, a larger one is refused and counted', async (world, near, far) => {
    const { heard } = await joined(world, near, far);
    for (const length of [2048, 2049]) near.queue(1, new Uint8Array(length), length);
    near.flush();
    await until(world.passing, 'arrival', () => heard.length === 1);
    assert.equal([heard[0]?.text.length, near.sendFailures], [2048, 1]);
  });

  check('sending into a full queue is counted and not thrown', async (world, near, far) => {
    await joined(world, near, far);
    const frame = Buffer.alloc(20);
    for (let at = 0; at < 10_000; at++) near.queue(1, frame, frame.length);
    assert.ok(near.sendFailures > 0 && near.sendFailures < 10_000, String(near.sendFailures));
  });
}

/** Slot 1 of `near` sends to slot 5 of `far`. */
async function joined({ near: here, far: there, passing }: NetworkWorld, near: DatagramBatch, far: DatagramBatch): Promise<{ heard: Heard[]; nearPort: number; farPort: number }> {
  const heard = listen(far);
  const farPort = await result(passing, far.open(5, { address: there.address, port: 0 }));
  const nearPort = await result(passing, near.open(1, { address: here.address, port: 0 }));
  near.direct(1, { address: there.address, port: farPort });
  return { heard, nearPort, farPort };
}

function listen(batch: DatagramBatch): Heard[] {
  const heard: Heard[] = [];
  batch.received = (slot, bytes, length, address, port) => heard.push({ slot, text: Buffer.from(bytes.subarray(0, length)).toString('latin1'), from: { address, port } });
  return heard;
}

function queue(batch: DatagramBatch, slot: number, text: string): void {
  const bytes = Buffer.from(text);
  batch.queue(slot, bytes, bytes.length);
}
