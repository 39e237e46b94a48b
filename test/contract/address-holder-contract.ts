import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { InterfaceAddress } from '../../hal/address-holder.ts';
import type { DatagramSocket } from '../../hal/datagram.ts';
import type { LanMachine, LanWorld } from './lan-world.ts';
import { refusal, result, until } from './passing.ts';

/** Long enough for what was sent to have arrived, on a busy machine too. */
const arrivalMs = 60;
/** Free on every machine of the LAN. */
const earPort = 7000;
let given = 100;

/** What every `AddressHolder` does. Each check has a shared address of its own, so that what neighbours remember of the last one does not count. */
export function addressHolderContract(driver: string, family: 'IPv4' | 'IPv6', world: () => LanWorld): void {
  const check = (name: string, body: (world: LanWorld, shared: InterfaceAddress) => Promise<void>): void => {
    test(`address holder ${driver} ${family}: ${name}`, async () => {
      const here = world();
      const shared = fresh(family);
      try {
        await body(here, shared);
      } finally {
        for (const { holder } of [here.left, here.right]) await result(here.passing, holder.remove(shared));
      }
    });
  };
  const any = family === 'IPv4' ? '0.0.0.0' : '::';

  check('an added address is held and receives, on sockets that were there before', async ({ left, right, third, passing }, shared) => {
    const ear = await listen(left, passing, any);
    const mouth = await listen(third, passing, any);
    assert.not(await result(passing, left.holder.held(shared)));
    await result(passing, left.holder.add(shared));
    mouth.socket.send(Buffer.from('hello'), { address: shared.address, port: earPort });
    await until(passing, 'arrival', () => ear.heard.length === 1);
    assert.equal([await result(passing, left.holder.held(shared)), await result(passing, right.holder.held(shared))], [true, false]);
    for (const { socket } of [ear, mouth]) socket.close();
  });

  check('a socket can be bound to it while it is held, and only then', async ({ left, passing }, shared) => {
    const local = { address: shared.address, port: 0 };
    assert.is(await refusal(passing, left.datagram.bind(local)), 'address-unavailable');
    await result(passing, left.holder.add(shared));
    (await result(passing, left.datagram.bind(local))).close();
    await result(passing, left.holder.remove(shared));
    assert.is(await refusal(passing, left.datagram.bind(local)), 'address-unavailable');
  });

  check('adding and removing twice is fine', async ({ left, passing }, shared) => {
    for (const _ of 'ab') await result(passing, left.holder.add(shared));
    assert.ok(await result(passing, left.holder.held(shared)));
    for (const _ of 'ab') await result(passing, left.holder.remove(shared));
    assert.not(await result(passing, left.holder.held(shared)));
  });

  check('the neighbours follow the announcement, not the adding, even while the old holder still has it', async ({ left, right, third, passing }, shared) => {
    const [old, young, mouth] = await three([left, right, third], passing, any);
    const say = async (text: string): Promise<void> => {
      mouth.socket.send(Buffer.from(text), { address: shared.address, port: earPort });
      await passing.pass(arrivalMs);
    };
    await result(passing, left.holder.add(shared));
    await say('one');
    await result(passing, right.holder.add(shared));
    await say('two');
    await result(passing, right.holder.announce(shared));
    await passing.pass(arrivalMs);
    await say('three');
    assert.equal([old.heard, young.heard], [['one', 'two'], ['three']]);
    for (const { socket } of [old, young, mouth]) socket.close();
  });

  check('what is sent to one who has given it up vanishes until another announces it', async ({ left, right, third, passing }, shared) => {
    const [old, young, mouth] = await three([left, right, third], passing, any);
    const say = async (text: string): Promise<void> => {
      mouth.socket.send(Buffer.from(text), { address: shared.address, port: earPort });
      await passing.pass(arrivalMs);
    };
    await result(passing, left.holder.add(shared));
    await say('one');
    await result(passing, left.holder.remove(shared));
    await result(passing, right.holder.add(shared));
    await say('lost');
    await result(passing, right.holder.announce(shared));
    await passing.pass(arrivalMs);
    await say('two');
    assert.equal([old.heard, young.heard], [['one'], ['two']]);
    for (const { socket } of [old, young, mouth]) socket.close();
  });

  check("a machine's own address stays when a shared one goes", async ({ left, third, passing }, shared) => {
    await result(passing, left.holder.add(shared));
    await result(passing, left.holder.remove(shared));
    assert.ok(await result(passing, left.holder.held({ ...shared, address: family === 'IPv4' ? left.ipv4 : left.ipv6 })));
    assert.ok(await result(passing, third.reachability.answers(family === 'IPv4' ? left.ipv4 : left.ipv6, 1000)));
  });

  check('what counts is the address and its interface, not the prefix', async ({ left, passing }, shared) => {
    const other = { ...shared, prefixBits: shared.prefixBits - 1 };
    await result(passing, left.holder.add(other));
    assert.equal([await result(passing, left.holder.held(shared)), await result(passing, left.holder.held({ ...shared, interface: 'lo' }))], [true, false]);
    await result(passing, left.holder.remove(shared));
    assert.not(await result(passing, left.holder.held(other)));
  });

  check('an address that is not held is not announced', async ({ left, passing }, shared) => {
    assert.is(await refusal(passing, left.holder.announce(shared)), 'address-unavailable');
  });

  check('loopback has nobody to tell', async ({ left, passing }, shared) => {
    const inside = { ...shared, interface: 'lo' };
    await result(passing, left.holder.add(inside));
    await result(passing, left.holder.announce(inside));
    await result(passing, left.holder.remove(inside));
  });

  check('an interface that is not there is not found, and has no address', async ({ left, passing }, shared) => {
    for (const name of ['eth7', '', 'a-name-that-no-interface-can-have']) {
      const nowhere = { ...shared, interface: name };
      assert.equal([await refusal(passing, left.holder.add(nowhere)), await refusal(passing, left.holder.announce(nowhere))], ['not-found', 'not-found']);
      assert.not(await result(passing, left.holder.held(nowhere)));
      await result(passing, left.holder.remove(nowhere));
    }
  });

  check('what is no address or no prefix is refused', async ({ left, passing }, shared) => {
    for (const wrong of [{ ...shared, address: 'pbx.example' }, { ...shared, address: '' }, { ...shared, prefixBits: 129 }, { ...shared, prefixBits: -1 }, { ...shared, prefixBits: 1.5 }]) {
      for (const method of ['add', 'announce', 'remove', 'held'] as const) assert.is(await refusal(passing, left.holder[method](wrong)), 'unsupported');
    }
  });
}

function fresh(family: 'IPv4' | 'IPv6'): InterfaceAddress {
  given++;
  return family === 'IPv4' ? { interface: 'eth0', address: `10.9.0.${given}`, prefixBits: 24 } : { interface: 'eth0', address: `fd00:9::${given}`, prefixBits: 64 };
}

interface Ear {
  readonly socket: DatagramSocket;
  readonly heard: string[];
}

async function listen(machine: LanMachine, passing: LanWorld['passing'], address: string): Promise<Ear> {
  const socket = await result(passing, machine.datagram.bind({ address, port: earPort }));
  const heard: string[] = [];
  socket.received = (bytes) => heard.push(Buffer.from(bytes).toString('latin1'));
  return { socket, heard };
}

async function three(machines: readonly LanMachine[], passing: LanWorld['passing'], address: string): Promise<[Ear, Ear, Ear]> {
  const ears: Ear[] = [];
  for (const machine of machines) ears.push(await listen(machine, passing, address));
  return ears as [Ear, Ear, Ear];
}
