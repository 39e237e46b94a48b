import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DatagramSocket, Endpoint } from '../../../hal/datagram.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimSite } from '../../support/sim-site.ts';

/** Hears, from another address of the unit's machine, what the unit's own question looks like. */
async function withProbe<T>(site: SimSite, during: (from: Endpoint) => Promise<T>): Promise<T> {
  const { datagram } = site.host;
  const bind = datagram.bind.bind(datagram);
  let probe: DatagramSocket | null = null;
  datagram.bind = async (local) => (probe = await bind(local));
  site.host.deafen(5060, 'for good');
  const asked = site.unit.sip.probeSelf();
  await site.clock.advance(10);
  datagram.bind = bind;
  assert.ok(probe !== null);
  const result = await during((probe as DatagramSocket).local);
  await site.during(asked);
  return result;
}

test('the unit answers itself, though it is none of its own peers, and no counter of strangers moves', async () => {
  const site = await SimSite.start();
  const before = site.unit.sip.counters();
  assert.is(await site.during(site.unit.sip.probeSelf()), null);
  assert.is(site.unit.sip.counters().strangers, before.strangers);
  assert.is(site.unit.sip.counters().legs, 0);
  await site.stop();
});

test('many askers at once share one question', async () => {
  const site = await SimSite.start();
  assert.equal(await site.during(Promise.all([site.unit.sip.probeSelf(), site.unit.sip.probeSelf()])), [null, null]);
  await site.stop();
});

test('sip-socket-deaf: the probe says so after two seconds, and again when it is asked again', async () => {
  const site = await SimSite.start();
  site.host.deafen(5060, 'for good');
  const before = site.clock.monotonic();
  assert.match((await site.during(site.unit.sip.probeSelf())) ?? '', 'SIP on port 5060 does not answer the unit itself within 2 s');
  assert.ok(site.clock.monotonic() - before <= 2100);
  assert.ok((await site.during(site.unit.sip.probeSelf())) !== null);
  await site.stop();
});

test('what comes from the place of the question and is no OPTIONS is not let in', async () => {
  const site = await SimSite.start();
  await withProbe(site, async (from) => {
    const invite = Buffer.from(
      `INVITE sip:201@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP ${from.address}:${from.port};branch=z9hG4bKx\r\nMax-Forwards: 70\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:201@z>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\nContact: <sip:x@${from.address}:${from.port}>\r\nContent-Length: 0\r\n\r\n`,
    );
    site.host.hear(5060);
    site.host.deliver({ address: '127.0.0.1', port: 5060 }, invite, from);
    await site.clock.advance(100);
    assert.is(site.unit.calls.counters.total, 0);
  });
  await site.stop();
});

test('sockets that are opened anew serve the calls that stand', async () => {
  const site = await SimSite.start();
  const call = site.phone({ target: '201', speak: new Int16Array(8 * 20_000), script: 'w6' });
  await site.clock.advance(3000);
  await site.during(site.unit.sip.reopen());
  const end = await site.during(call.end);
  assert.ok(end.answered);
  await site.clock.advance(500);
  assert.is(site.unit.calls.counters.active, 0, 'its BYE was heard on the new socket');
  await site.stop();
});

test('port-taken-while-reopening: the failure is told, and the next try finds the port free', async () => {
  const site = await SimSite.start();
  site.host.bindFails = 'address-in-use';
  const refused = await site.during(site.unit.sip.reopen().then(() => null, (error: { id?: string }) => error.id));
  assert.is(refused, 'address-in-use');
  site.host.bindFails = null;
  await site.during(site.unit.sip.reopen());
  assert.is(await site.during(site.unit.sip.probeSelf()), null);
  await site.stop();
});

test('interface-gone, loopback-down: what cannot be asked is no fault of the sockets', async () => {
  const site = await SimSite.start();
  site.host.bindFails = 'address-unavailable';
  assert.is(await site.during(site.unit.sip.probeSelf()), null);
  site.host.bindFails = 'too-many-open';
  assert.match((await site.during(site.unit.sip.probeSelf())) ?? '', 'could not be asked');
  site.host.bindFails = null;
  site.host.deafen(5060, 'for good');
  const bind = site.host.datagram.bind.bind(site.host.datagram);
  site.host.datagram.bind = async (local) => {
    const socket = await bind(local);
    socket.send = (_, to) => void site.clock.after('kernel', 1, () => socket.failed?.(new HalError('unreachable', to.address, 'the loopback interface is down'), to));
    return socket;
  };
  const before = site.clock.monotonic();
  assert.is(await site.during(site.unit.sip.probeSelf()), null);
  assert.ok(site.clock.monotonic() - before < 100, 'known at once');
  site.host.datagram.bind = bind;
  await site.stop();
});

test.run();
