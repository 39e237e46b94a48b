import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DatagramSocket, Endpoint } from '../../hal/datagram.ts';
import type { HalError } from '../../hal/errors.ts';
import type { NetworkWorld } from './network-world.ts';
import { refusal, result, until } from './passing.ts';

interface Heard {
  readonly text: string;
  readonly from: Endpoint;
}

/** What every `DatagramNet` does. */
export function datagramContract(driver: string, make: () => NetworkWorld): void {
  const check = (name: string, body: (world: NetworkWorld, near: DatagramSocket, far: DatagramSocket) => Promise<void>): void => {
    test(`datagram ${driver}: ${name}`, async () => {
      const world = make();
      const near = await result(world.passing, world.near.datagram.bind({ address: world.near.address, port: 0 }));
      const far = await result(world.passing, world.far.datagram.bind({ address: world.far.address, port: 0 }));
      try {
        await body(world, near, far);
      } finally {
        near.close();
        far.close();
      }
    });
  };

  check('port 0 gives a free port, and local tells it', async (world, near) => {
    assert.is(near.local.address, world.near.address);
    assert.ok(near.local.port > 1023);
  });

  check('what is sent arrives unchanged, and the answer finds its way back', async ({ passing }, near, far) => {
    const heard = listen(near);
    const asked = listen(far, (bytes, from) => far.send(bytes, from));
    near.send(Buffer.from('ping'), far.local);
    await until(passing, 'the echo', () => heard.length > 0);
    assert.equal(asked, [{ text: 'ping', from: near.local }]);
    assert.equal(heard, [{ text: 'ping', from: far.local }]);
  });

  check('a connected socket hears its peer and nobody else, and several share a port', async ({ passing, near: { datagram, address } }, near, far) => {
    const one = await result(passing, datagram.connect({ address, port: 0 }, far.local));
    const other = await result(passing, datagram.connect(one.local, near.local));
    const heard = [listen(one), listen(other)];
    far.send(Buffer.from('from far'), one.local);
    near.send(Buffer.from('from near'), one.local);
    await until(passing, 'one packet each', () => heard.every((packets) => packets.length === 1));
    assert.equal(heard.map(([packet]) => packet?.text), ['from far', 'from near']);
    const asked = listen(far);
    one.send(Buffer.from('to far'), far.local);
    await until(passing, 'what a connected socket sends', () => asked.length === 1);
    assert.equal(asked[0]?.from, one.local);
    one.close();
    other.close();
  });

  check('a connected socket learns at once that nobody listens any more, and hears whoever does again', async ({ passing, near: { datagram, address }, far: distant }, _near, far) => {
    const { local } = far;
    const one = await result(passing, datagram.connect({ address, port: 0 }, local));
    const failures: string[] = [];
    one.failed = ({ id }, to) => void failures.push(`${id} ${to?.port}`);
    far.close();
    await until(passing, 'the refusal', () => {
      one.send(Buffer.from('anybody there?'), local);
      return failures.length > 0;
    });
    assert.is(failures[0], `connection-refused ${local.port}`);
    const back = await result(passing, distant.datagram.bind(local));
    const asked = listen(back);
    await until(passing, 'the peer that is back', () => {
      one.send(Buffer.from('again'), local);
      return asked.length > 0;
    });
    one.close();
    back.close();
  });

  check('nothing is received inside the call that sent it', async ({ passing }, near) => {
    const heard = listen(near);
    near.send(Buffer.from('to myself'), near.local);
    assert.is(heard.length, 0);
    await until(passing, 'arrival', () => heard.length === 1);
  });

  check('the sender may reuse its buffer at once', async ({ passing }, near, far) => {
    const heard = listen(far);
    const buffer = Buffer.alloc(3);
    for (const text of ['one', 'two', 'six']) {
      buffer.write(text);
      near.send(buffer, far.local);
      buffer.fill('x');
    }
    await until(passing, 'three packets', () => heard.length === 3);
    assert.equal(heard.map(({ text }) => text).sort(), ['one', 'six', 'two']);
  });

  check('an empty datagram arrives as one', async ({ passing }, near, far) => {
    const heard = listen(far);
    near.send(new Uint8Array(0), far.local);
    await until(passing, 'arrival', () => heard.length === 1);
    assert.is(heard[0]?.text, '');
  });

  check('a taken port is refused', async ({ near: { datagram }, passing }, near) => {
    assert.is(await refusal(passing, datagram.bind(near.local)), 'address-in-use');
  });

  check('an address of another machine is refused', async ({ near: { datagram }, passing }, near) => {
    const address = near.local.address.includes(':') ? '2001:db8::77' : '203.0.113.77';
    assert.is(await refusal(passing, datagram.bind({ address, port: 0 })), 'address-unavailable');
  });

  check('too large a datagram fails later, with its destination', async ({ passing }, near, far) => {
    const failures = failuresOf(near);
    near.send(new Uint8Array(65_536), far.local);
    assert.is(failures.length, 0);
    await until(passing, 'the failure', () => failures.length === 1);
    assert.equal(failures, [{ id: 'too-large', to: far.local }]);
  });

  check('a destination that cannot be sent to fails later and is never thrown', async ({ passing, forbidden }, near) => {
    const failures = failuresOf(near);
    near.send(Buffer.from('?'), { address: forbidden, port: 9 });
    assert.is(failures.length, 0);
    await until(passing, 'the failure', () => failures.length === 1);
  });

  check('a socket bound to every address receives', async ({ far: { datagram, address }, passing }, near) => {
    const everywhere = await result(passing, datagram.bind({ address: address.includes(':') ? '::' : '0.0.0.0', port: 0 }));
    const asked = listen(everywhere);
    near.send(Buffer.from('anyone?'), { address, port: everywhere.local.port });
    await until(passing, 'arrival', () => asked.length === 1);
    everywhere.close();
    assert.equal(asked, [{ text: 'anyone?', from: near.local }]);
  });

  check('after close nothing is called, sending is ignored, and the port is free again', async ({ near: { datagram }, passing }, near, far) => {
    const heard = listen(near);
    const failures = failuresOf(near);
    far.send(Buffer.from('too late'), near.local);
    near.close();
    near.close();
    near.send(Buffer.from('closed'), far.local);
    await passing.pass(20);
    assert.is(heard.length + failures.length, 0);
    (await result(passing, datagram.bind(near.local))).close();
  });

  check('a thousand packets in one go lose none', async ({ passing }, near, far) => {
    const heard = listen(far);
    for (let at = 0; at < 1000; at++) near.send(Buffer.from(`packet ${at}`), far.local);
    await until(passing, 'all of them', () => heard.length === 1000);
    assert.is(new Set(heard.map(({ text }) => text)).size, 1000);
  });
}

function listen(socket: DatagramSocket, also: (bytes: Uint8Array, from: Endpoint) => void = () => {}): Heard[] {
  const heard: Heard[] = [];
  socket.received = (bytes, from) => {
    heard.push({ text: Buffer.from(bytes).toString('latin1'), from });
    also(bytes, from);
  };
  return heard;
}

function failuresOf(socket: DatagramSocket): { id: string; to: Endpoint | null }[] {
  const failures: { id: string; to: Endpoint | null }[] = [];
  socket.failed = (error: HalError, to) => failures.push({ id: error.id, to });
  return failures;
}
