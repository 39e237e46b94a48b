import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NetworkWorld } from './network-world.ts';
import { refusal, result } from './passing.ts';

/** What every `Net` does. `known` is a host name that this world can resolve, to one of `addresses`. */
export function netContract(driver: string, make: () => NetworkWorld & { known: string; addresses: string[] }): void {
  const check = (name: string, body: (world: NetworkWorld & { known: string; addresses: string[] }) => Promise<void>): void => test(`net ${driver}: ${name}`, () => body(make()));

  check('a literal address answers itself', async ({ near: { net }, passing }) => {
    for (const literal of ['192.0.2.1', '2001:db8::1', '::1']) assert.equal(await result(passing, net.resolve(literal)), [literal]);
  });

  check('a known name has its addresses', async ({ near: { net }, passing, known, addresses }) => {
    const found = await result(passing, net.resolve(known));
    assert.ok(found.length > 0 && found.every((address) => addresses.includes(address)), found.join());
  });

  check('the same name may be asked for twice at the same time', async ({ near: { net }, passing, known }) => {
    const [one, other] = await result(passing, Promise.all([net.resolve(known), net.resolve(known)]));
    assert.equal(one, other);
  });

  check('a name that cannot exist is not found', async ({ near: { net }, passing }) => {
    assert.is(await refusal(passing, net.resolve('a..b')), 'not-found');
  });

  check('the source towards a reachable address is one of ours', async ({ near: { net }, far, passing }) => {
    assert.ok(net.addresses().includes(await result(passing, net.sourceTowards(far.address))));
  });

  check('the source towards loopback is loopback', async ({ near: { net }, passing }) => {
    assert.is(await result(passing, net.sourceTowards('127.0.0.1')), '127.0.0.1');
  });

  check('loopback is among our addresses, and last', async ({ near: { net } }) => {
    const loopback = net.addresses().map((address) => address === '::1' || address.startsWith('127.'));
    assert.ok(loopback.includes(true));
    assert.not(loopback.slice(loopback.indexOf(true)).includes(false));
  });
}
