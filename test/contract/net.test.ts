import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { netContract } from './net-contract.ts';
import { linuxWorld, simWorld } from './network-world.ts';
import { refusal, result } from './passing.ts';

netContract('linux', () => ({ ...linuxWorld(), known: 'localhost', addresses: ['127.0.0.1', '::1'] }));
netContract('sim', () => {
  const world = simWorld();
  world.network.names.set('pbx.example', ['10.0.0.2']);
  return { ...world, known: 'PBX.example', addresses: ['10.0.0.2'] };
});

test('net linux: a destination that the kernel has no way to is unreachable', async () => {
  const { near, passing, forbidden } = linuxWorld();
  assert.is(await refusal(passing, near.net.sourceTowards(forbidden)), 'unreachable');
});

test('net sim: an unplugged machine reaches nobody but itself', async () => {
  const { near, far, passing, network } = simWorld();
  network.host(near.address).unplug();
  assert.is(await refusal(passing, near.net.sourceTowards(far.address)), 'unreachable');
  assert.is(await result(passing, near.net.sourceTowards('127.0.0.1')), '127.0.0.1');
});

test('net sim: a silent name server is a time-out after five seconds', async () => {
  const { near, passing, network, clock } = simWorld();
  network.resolverDown = true;
  assert.is(await refusal(passing, near.net.resolve('pbx.example'), 10_000), 'timed-out');
  assert.ok(clock.monotonic() >= 5000 && clock.monotonic() < 5100);
});

test.run();
