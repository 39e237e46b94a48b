import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeIdentity, openIdentity } from '../../../firmware/failover/identity.ts';
import { codeLimits } from '../../../firmware/failover/pairing/shown-code.ts';
import { rotationTimes } from '../../../firmware/failover/pairing/key-rotation.ts';
import { silentLog } from '../../../firmware/log.ts';
import { settle } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import { agree, pairPort, PairWorld, type PairUnit } from '../../support/pair-world.ts';

function scenario(name: string, body: (world: PairWorld, a: PairUnit, b: PairUnit) => Promise<void>): void {
  test(name, async () => {
    const { world, a, b } = await PairWorld.withUnits();
    await body(world, a, b);
    assert.equal(await world.leaks(a, b), [], 'timers left over');
  });
}

const otherCode = (code: string): string => `${code.startsWith('0') ? '1' : '0'}${code.slice(1)}`;

scenario('paired: both have each other, the same key, and a channel', async (world, a, b) => {
  const joined = await world.pair(a, b);
  assert.ok(joined.ok && joined.partner.name === 'Ada');
  assert.ok(agree(a, b));
  assert.is(a.pairing.status().partner?.confirmed, true);
  assert.is(a.pairing.status().code, null, 'the code is used up');
  assert.ok(a.events.includes('notice paired'));
  const heard: string[] = [];
  a.pairing.channel.serve('test', (connection) => (connection.received = (bytes) => heard.push(Buffer.from(bytes).toString())));
  const connection = await world.result(b.pairing.dial('test'));
  connection.write(Buffer.from('hello partner'));
  await world.clock.advance(50);
  assert.equal(heard, ['hello partner']);
  connection.close();
  await assertRejects(world.result(b.pairing.dial('nothing')), 'unsupported');
});

scenario('wrong-code: refused, counted, and the right one still works', async (world, a, b) => {
  const { code } = await world.result(a.pairing.showCode());
  const joined = await world.result(b.pairing.join(a.address, otherCode(code)));
  assert.equal(joined, { ok: false, why: 'wrong-code', detail: '' });
  await world.clock.advance(100);
  assert.is(a.pairing.status().code?.triesLeft, 2);
  assert.is(a.pairing.status().wrongCodes, 1);
  assert.ok(a.events.includes('warning pair-wrong-code') && b.events.includes('warning pair-join-failed'));
  assert.equal([a.pairing.keys(), b.pairing.keys()], [null, null]);
  assert.ok((await world.result(b.pairing.join(a.address, code.toLowerCase().replaceAll('-', '')))).ok);
});

scenario('code-tried-three-times: void, even for who knows it', async (world, a, b) => {
  const { code } = await world.result(a.pairing.showCode());
  for (let round = 0; round < 3; round++) await world.result(b.pairing.join(a.address, otherCode(code)));
  await world.clock.advance(100);
  assert.is(a.pairing.status().code, null);
  assert.ok(a.events.includes('warning pair-code-void'));
  const late = await world.result(b.pairing.join(a.address, code));
  assert.ok(!late.ok && late.why === 'unreachable', 'nothing listens any more');
});

scenario('three wrong codes at the same time are three tries', async (world, a, b) => {
  const { code } = await world.result(a.pairing.showCode());
  const others = await Promise.all([3, 4, 5].map((n) => world.unit(`x${n}`, `10.0.0.${n}`, a.address, false)));
  const results = await world.result(Promise.all(others.map(({ pairing }) => pairing.join(a.address, otherCode(code)))));
  assert.ok(results.every((result) => !result.ok));
  await world.clock.advance(100);
  assert.is(a.pairing.status().code, null);
  assert.is(a.pairing.status().wrongCodes, 3);
  for (const { pairing } of others) pairing.close();
  assert.is(b.pairing.keys(), null);
});

scenario('code-expired: after ten minutes nothing listens', async (world, a, b) => {
  const { code } = await world.result(a.pairing.showCode());
  await world.clock.advance(codeLimits.validMs - 1000);
  assert.is(a.pairing.status().code?.triesLeft, 3);
  await world.clock.advance(1000);
  assert.is(a.pairing.status().code, null);
  const joined = await world.result(b.pairing.join(a.address, code));
  assert.ok(!joined.ok && joined.why === 'unreachable');
});

scenario('code-expires-during-a-run: the run ends with it', async (world, a, b) => {
  const { code } = await world.result(a.pairing.showCode());
  await world.clock.advance(codeLimits.validMs - 150);
  world.network.faultAll({ delayMs: 40 });
  const joined = await world.result(b.pairing.join(a.address, code));
  assert.ok(!joined.ok && joined.why === 'lost');
  assert.equal([a.pairing.keys(), b.pairing.keys()], [null, null]);
});

scenario('code-shown-twice: the first one is void', async (world, a, b) => {
  const first = await world.result(a.pairing.showCode());
  const second = await world.result(a.pairing.showCode());
  assert.not.equal(first.code, second.code);
  assert.is((await world.result(b.pairing.join(a.address, first.code))).ok, false);
  assert.ok((await world.result(b.pairing.join(a.address, second.code))).ok);
});

scenario('nobody-shows-a-code: said so', async (world, a, b) => {
  const joined = await world.result(b.pairing.join(a.address, 'AAAA-BBBB-CCCC'));
  assert.ok(!joined.ok && joined.why === 'unreachable');
  assert.equal(await b.pairing.join(a.address, 'AAAA-BBBB'), { ok: false, why: 'not-a-code', detail: '' });
});

scenario('man-in-the-middle: who puts in its own certificate, or plays both parts, pairs with nobody', async (world, a, b) => {
  const { code } = await world.result(a.pairing.showCode());
  const original = Buffer.from((await identityOf(b)).certificate);
  const middle = await world.unit('Mallory', '10.0.0.66', a.address, false);
  // Relays everything, with a certificate of its own in place of Blaise's. Of the same length, so that the message stays one.
  const swap = Buffer.from([10, 11, 12, 13, 14, 15].map((seed) => makeIdentity(new SimRandom(seed)).certificate).find(({ length }) => length === original.length) ?? []);
  assert.is(swap.length, original.length);
  const tap = await relay(world, middle, a, (bytes) => {
    const at = bytes.indexOf(original);
    if (at >= 0) swap.copy(bytes, at);
  });
  const joined = await world.result(b.pairing.join(middle.address, code));
  assert.ok(!joined.ok && joined.why === 'wrong-code');
  await world.clock.advance(100);
  assert.is(a.pairing.status().code?.triesLeft, 2, 'it cost a try');
  tap.close();
  // Shows a code of its own and hopes that the technician's code is the same.
  await world.result(middle.pairing.showCode());
  const lured = await world.result(b.pairing.join(middle.address, code));
  assert.ok(!lured.ok && lured.why === 'wrong-code');
  assert.equal([a.pairing.keys(), b.pairing.keys(), middle.pairing.keys()], [null, null, null]);
  assert.ok((await world.result(b.pairing.join(a.address, code))).ok);
  middle.pairing.close();
});

scenario('man-in-the-middle who only listens: the relayed pairing is safe, and nothing secret was on the wire', async (world, a, b) => {
  const { code } = await world.result(a.pairing.showCode());
  const middle = await world.unit('Mallory', '10.0.0.66', a.address, false);
  const seen: Buffer[] = [];
  const tap = await relay(world, middle, a, (bytes) => void seen.push(Buffer.from(bytes)));
  const joined = await world.result(b.pairing.join(middle.address, code));
  assert.ok(joined.ok, JSON.stringify([joined, a.events, b.events]));
  await world.clock.advance(100);
  assert.ok(agree(a, b));
  const wire = Buffer.concat(seen);
  assert.ok(wire.length > 600);
  assert.not(wire.includes(Buffer.from(a.pairing.keys()?.send.key ?? '', 'base64')));
  assert.not(wire.includes(code) || wire.includes(code.replaceAll('-', '')));
  tap.close();
  middle.pairing.close();
});

scenario('partner-vanishes at each moment: whoever is left ends its run, and the two can pair again', async (world, a, b) => {
  for (let cutMs = 1; cutMs <= 40; cutMs += 3) {
    const { code } = await world.result(a.pairing.showCode());
    world.network.faultAll({ delayMs: 5 });
    const joining = b.pairing.join(a.address, code);
    await world.clock.advance(cutMs);
    world.network.partition(a.address, b.address);
    await world.result(joining);
    await world.clock.advance(15_000);
    world.network.heal(a.address, b.address);
    world.network.faultAll({ delayMs: 0 });
    assert.ok((await world.pair(a, b)).ok, `after a cut at ${cutMs} ms`);
    assert.ok(agree(a, b));
  }
});

scenario('both-join-at-once: both are told, nothing is stored, one at a time works', async (world, a, b) => {
  const [forA, forB] = [await world.result(a.pairing.showCode()), await world.result(b.pairing.showCode())];
  const results = await world.result(Promise.all([a.pairing.join(b.address, forB.code), b.pairing.join(a.address, forA.code)]));
  assert.equal(results.map((result) => (result.ok ? 'paired' : result.why)), ['busy', 'busy']);
  assert.equal([a.pairing.keys(), b.pairing.keys()], [null, null]);
  assert.ok((await world.result(b.pairing.join(a.address, forA.code))).ok, 'the codes are still good');
  await world.clock.advance(100);
  assert.ok(agree(a, b));
});

scenario('both-join-at-once, at every distance in time: never two halves of different pairs', async (world, a, b) => {
  world.network.faultAll({ delayMs: 7 });
  for (let distanceMs = 0; distanceMs < 100; distanceMs += 4) {
    const [forA, forB] = [await world.result(a.pairing.showCode()), await world.result(b.pairing.showCode())];
    const first = a.pairing.join(b.address, forB.code);
    await world.clock.advance(distanceMs);
    const second = b.pairing.join(a.address, forA.code);
    const results = await world.result(Promise.all([first, second]));
    await world.clock.advance(500);
    if (results.some(({ ok }) => ok)) assert.ok(agree(a, b), `${distanceMs} ms apart`);
    else assert.ok(results.every((result) => !result.ok && result.why === 'busy'), `${distanceMs} ms apart`);
    await world.result(Promise.all([a.pairing.forget(), b.pairing.forget()]));
  }
});

scenario('paired-twice: the same two get new keys; a third unit takes the place of the second', async (world, a, b) => {
  await world.pair(a, b);
  const before = a.pairing.keys();
  assert.ok((await world.pair(b, a)).ok);
  assert.ok(agree(a, b));
  assert.not.equal(a.pairing.keys()?.pairId, before?.pairId);
  const c = await world.unit('Carl', '10.0.0.3', a.address, false);
  assert.ok((await world.pair(a, c)).ok);
  assert.ok(agree(a, c) && !agree(a, b));
  assert.ok(a.events.includes('notice pair-replaced'));
  await assertRejects(world.result(b.pairing.dial('keys')), 'wrong-certificate');
  c.pairing.close();
});

scenario('paired-with-itself: refused', async (world, a) => {
  const { code } = await world.result(a.pairing.showCode());
  const joined = await world.result(a.pairing.join(a.address, code));
  assert.ok(!joined.ok);
  assert.is(a.pairing.keys(), null);
});

scenario('forgotten: keys and partner are gone from memory and disk', async (world, a, b) => {
  await world.pair(a, b);
  const key = a.pairing.keys()?.send.key ?? '';
  assert.ok(await onDisk(a, key));
  assert.is(await world.result(a.pairing.forget()), true);
  assert.is(a.pairing.keys(), null);
  assert.is(a.told.at(-1), null);
  assert.not(await onDisk(a, key));
  assert.is(await world.result(a.pairing.forget()), false);
  await assertRejects(world.result(b.pairing.dial('keys')), 'wrong-certificate');
});

scenario('disk-full-while-pairing: no half pair, said on both sides, and it works once there is room', async (world, a, b) => {
  for (const [full, other] of [[a, b], [b, a]] as const) {
    full.storage.fault = ({ kind }) => (kind === 'write' || kind === 'allocate' ? 'no-space' : null);
    const joined = await world.pair(a, b);
    assert.ok(!joined.ok && joined.why === 'failed');
    assert.is(full.pairing.keys(), null);
    assert.ok(full.events.includes('error pair-not-stored'));
    if (full === b) assert.is(other.pairing.status().partner?.confirmed, false, 'the host stored first, and knows that it does not know');
    full.storage.fault = null;
    assert.ok((await world.pair(a, b)).ok && agree(a, b));
    await world.result(Promise.all([a.pairing.forget(), b.pairing.forget()]));
  }
});

scenario('garbage-on-the-pairing-port: bounded, counted, and costs no try', async (world, a, b) => {
  const { code } = await world.result(a.pairing.showCode());
  const attacker = world.network.host('10.0.0.66');
  for (const bytes of [Buffer.alloc(100_000, 0xff), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Uint8Array.of(0, 0), Uint8Array.of(0, 1, 99)]) {
    const connection = await world.result(attacker.stream.connect({ address: a.address, port: pairPort }, 1000));
    const closes = watch(connection);
    connection.write(bytes);
    await world.clock.advance(200);
    assert.equal(closes, [null]);
  }
  assert.is(a.pairing.status().garbage, 4);
  assert.is(a.pairing.status().code?.triesLeft, 3);
  assert.ok((await world.result(b.pairing.join(a.address, code))).ok);
});

scenario('slow-loris-on-the-pairing-port: one place for each address, ten seconds, and the partner still gets in', async (world, a, b) => {
  const { code } = await world.result(a.pairing.showCode());
  const closes: (string | null)[][] = [];
  for (let n = 0; n < 20; n++) {
    const connection = await world.result(world.network.host('10.0.0.66').stream.connect({ address: a.address, port: pairPort }, 1000));
    closes.push(watch(connection));
    connection.write(Uint8Array.of(4)); // the first byte of a length, and then nothing
  }
  await world.clock.advance(100);
  assert.is(closes.filter(({ length }) => length === 0).length, 1);
  assert.ok((await world.result(b.pairing.join(a.address, code))).ok);
  await world.clock.advance(11_000);
  assert.is(closes.filter(({ length }) => length === 0).length, 0);
});

scenario('flood-on-the-pairing-port: fifty connections void the code', async (world, a) => {
  await world.result(a.pairing.showCode());
  for (let n = 0; n < 51; n++) {
    const connection = await world.result(world.network.host(`10.0.1.${n}`).stream.connect({ address: a.address, port: pairPort }, 1000));
    await world.clock.advance(5);
    connection.close();
  }
  assert.is(a.pairing.status().code, null);
  assert.ok(a.events.includes('warning pair-code-void'));
});

scenario('a joiner that is held up forever gives up after ten seconds, or when its person does', async (world, a, b) => {
  await world.result(world.network.host('10.0.0.66').stream.listen({ address: '10.0.0.66', port: pairPort }, () => {}));
  const startMs = world.clock.monotonic();
  const joined = await world.result(b.pairing.join('10.0.0.66', 'AAAA-BBBB-CCCC'));
  assert.ok(!joined.ok && joined.why === 'lost');
  assert.ok(world.clock.monotonic() - startMs < 10_100);
  const person = new AbortController();
  const second = b.pairing.join('10.0.0.66', 'AAAA-BBBB-CCCC', person.signal);
  await world.clock.advance(500);
  person.abort();
  await settle();
  assert.ok(!(await second).ok);
  assert.ok((await world.pair(a, b)).ok);
});

scenario('keys rotate every day, the old one is dropped, and a beat is accepted at every moment', async (world, a, b) => {
  await world.pair(a, b);
  for (let day = 1; day <= 3; day++) {
    const until = world.clock.monotonic() + rotationTimes.everyMs;
    while (world.clock.monotonic() < until) {
      await world.clock.advance(60_000);
      assert.ok(agree(a, b));
    }
  }
  await world.clock.advance(rotationTimes.overlapMs);
  const ids = [a, b].map(({ pairing }) => pairing.keys()?.accept.map(({ id }) => id));
  assert.equal(ids, [[4], [4]]);
});

/** In steps of a millisecond through a rotation, whatever happens in between. */
async function alwaysAgree(world: PairWorld, a: PairUnit, b: PairUnit, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed++) {
    await world.clock.advance(1);
    assert.ok(agree(a, b), `${passed} ms`);
  }
}

scenario('the wire is cut during a rotation, at each moment: both understand each other, and it is finished later', async (world, a, b) => {
  await world.pair(a, b);
  for (let cutMs = 1; cutMs < 60; cutMs += 4) {
    world.network.faultAll({ delayMs: 3 });
    const before = a.pairing.keys()?.send.id ?? 0;
    const rotating = a.pairing.rotate();
    await alwaysAgree(world, a, b, cutMs);
    world.network.partition(a.address, b.address);
    await world.result(rotating);
    assert.ok(agree(a, b));
    world.network.heal(a.address, b.address);
    await world.clock.advance(rotationTimes.retryMs + 40_000);
    assert.ok(agree(a, b));
    assert.is(a.pairing.keys()?.send.id, before + 1, `cut at ${cutMs} ms`);
    assert.is(b.pairing.keys()?.send.id, before + 1);
    await world.clock.advance(rotationTimes.overlapMs);
  }
});

scenario('only-one-stored: the channel says that the two must pair again', async (world, a, b) => {
  await world.pair(a, b);
  b.storage.fault = ({ kind }) => (kind === 'write' ? 'no-space' : null);
  await world.pair(a, b);
  b.storage.fault = null;
  assert.not(agree(a, b));
  assert.is(a.pairing.status().partner?.confirmed, false);
  await assertRejects(world.result(b.pairing.dial('keys')), 'unsupported');
  assert.is(a.pairing.status().partner?.confirmed, false, 'the certificate alone proves nothing');
  assert.ok((await world.pair(a, b)).ok && agree(a, b));
});

function watch(connection: StreamConnection): (string | null)[] {
  const closes: (string | null)[] = [];
  connection.closed = (error) => closes.push(error === null ? null : error.id);
  return closes;
}

async function assertRejects(promise: Promise<unknown>, id: string): Promise<void> {
  const outcome = await promise.then(() => 'resolved', (error: { id?: string }) => error.id);
  assert.is(outcome, id);
}

async function identityOf(unit: PairUnit): Promise<{ certificate: Uint8Array }> {
  return openIdentity(unit.storage, new SimRandom(0), silentLog);
}

async function onDisk(unit: PairUnit, text: string): Promise<boolean> {
  for (const name of await unit.storage.list('pair')) {
    const file = await unit.storage.open(`pair/${name}`, 'read');
    const bytes = new Uint8Array(await file.size());
    await file.read(bytes, 0);
    if (Buffer.from(bytes).includes(text)) return true;
  }
  return false;
}

function relay(world: PairWorld, middle: PairUnit, to: PairUnit, change: (bytes: Buffer) => void) {
  return world.result(middle.host.stream.listen({ address: middle.address, port: pairPort }, (victim) => {
    void middle.host.stream.connect({ address: to.address, port: pairPort }, 2000).then((onward) => {
      const pass = (target: StreamConnection) => (bytes: Uint8Array): void => {
        const copy = Buffer.from(bytes);
        change(copy);
        target.write(copy);
      };
      victim.received = pass(onward);
      onward.received = pass(victim);
      victim.closed = () => onward.close();
      onward.closed = () => victim.close();
    });
  }));
}

test.run();
