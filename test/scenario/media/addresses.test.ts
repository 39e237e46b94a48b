import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../firmware/log.ts';
import { createMediaEngine } from '../../../firmware/media/media-engine.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { MediaStage } from '../../support/media/media-stage.ts';

function voice(ms: number, seed = 9): Uint8Array {
  return new SimRandom(seed).bytes(ms * 8).map((byte) => byte % 100);
}

test('without an address nothing is sent, and what plays waits, until the peer is heard; then packets go there', async () => {
  const prompt = voice(500);
  const stage = await MediaStage.set({ prompts: { get: () => ({ ulaw: prompt }), ids: () => ['x'] } });
  const phone = await stage.phone(6000, '198.51.100.7');
  stage.start({ remote: null });
  stage.command('play', { play: 1, items: [{ kind: 'prompt', id: 'x' }], stopOnDigit: false });
  await stage.clock.advance(2000);
  assert.is(phone.heard.length, 0);
  assert.is(stage.of('play-ended').length, 0);
  phone.speak(voice(1000));
  await stage.clock.advance(1000);
  assert.ok(phone.heard.length >= 48);
  assert.ok(phone.heard[0]?.marker);
  assert.is(Buffer.from(phone.audio()).indexOf(prompt), 0, 'the prompt is heard from its start');
  stage.command('stop', {});
  await stage.clock.advance(10);
  assert.is(stage.of('stopped')[0]?.stats.packetsSent, phone.heard.length, 'only packets that left are counted');
  await stage.end();
});

test('a peer behind a NAT: SDP names a private address, packets come from another, answers go there', async () => {
  const stage = await MediaStage.set();
  const natted = await stage.phone(40_123, '203.0.113.5');
  stage.start({ remote: { address: '10.0.0.5', port: 4000 } });
  await stage.clock.advance(100);
  assert.is(natted.heard.length, 0);
  natted.speak(voice(500));
  await stage.clock.advance(500);
  assert.ok(natted.heard.length >= 20);
  stage.command('update', { settings: stage.settings({ remote: { address: '10.0.0.5', port: 4000 } }) }); // a session refresh
  const before = natted.heard.length;
  await stage.clock.advance(500);
  assert.ok(natted.heard.length >= before + 24, 'the learnt address outlives a refresh');
  await stage.end();
});

test('once pinned, packets from elsewhere are dropped and counted; after an update the peer may be elsewhere', async () => {
  const stage = await MediaStage.set();
  const phone = await stage.phone();
  const moved = await stage.phone(4000, '192.0.2.3');
  stage.start();
  stage.record();
  phone.speak(voice(1000, 1));
  await stage.clock.advance(1000);
  const unasked = voice(1000, 2);
  moved.speak(unasked);
  await stage.clock.advance(1000);
  assert.not(stage.recorded().includes(Buffer.from(unasked.subarray(0, 1600))));
  stage.command('update', { settings: stage.settings({ remote: { address: '192.0.2.3', port: 4000 } }) });
  const after = voice(1000, 3);
  moved.ssrc = 99;
  moved.speak(after);
  await stage.clock.advance(1300);
  stage.command('stop', {});
  await stage.clock.advance(10);
  assert.ok(stage.recorded().includes(Buffer.from(after.subarray(160))));
  assert.ok((stage.of('stopped')[0]?.stats.packetsForeign ?? 0) >= 50);
  assert.ok(moved.heard.length >= 60);
  await stage.end();
});

test('after an update the old address, still sending, does not keep the new one out', async () => {
  const stage = await MediaStage.set();
  const old = await stage.phone();
  const fresh = await stage.phone(4000, '192.0.2.3');
  stage.start();
  old.speak(voice(3000, 1));
  await stage.clock.advance(1000);
  stage.command('update', { settings: stage.settings({ remote: { address: '192.0.2.3', port: 4000 } }) });
  await stage.clock.advance(30);
  const before = fresh.heard.length;
  fresh.speak(voice(1000, 3));
  await stage.clock.advance(1000);
  assert.ok(fresh.heard.length >= before + 48);
  await stage.end();
});

test('packets to idle ports are counted as stray', async () => {
  const stage = await MediaStage.set({ ports: 2 });
  const phone = await stage.phone(4000, undefined, 10_002);
  stage.start();
  phone.speak(voice(200));
  phone.sendRtcp(new Uint8Array(8));
  await stage.clock.advance(5000);
  assert.is(stage.of('health')[0]?.strayPackets, 11);
  await stage.end();
});

test('a taken port number is passed over and told', async () => {
  const clock = new SimClock();
  const random = new SimRandom(1);
  const unit = new SimNetwork(clock, random).host('192.0.2.1');
  await unit.batch().open(0, { address: '192.0.2.1', port: 10_003 });
  let ports: readonly number[] = [];
  const engine = createMediaEngine({
    clock, random, batch: unit.batch(), log: silentLog, ports: 2, address: '192.0.2.1', firstPort: 10_000, prompts: { get: () => null, ids: () => [] },
    emit: (event) => void (event.type === 'ready' && (ports = event.rtpPorts)),
  });
  await engine.start();
  assert.equal(ports, [10_000, 10_004]);
  await engine.close();
});

test.run();
