// A pair on virtual time: a unit that is sick lets its partner serve.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failoverButton, TwoUnits } from '../../support/two-units.ts';

test('store-fails at the primary: the backup serves before anything harsher is done, and hands back when it works again', async () => {
  const two = new TwoUnits();
  await two.start();
  assert.equal(two.roles, ['primary-active', 'backup-standby']);
  two.storages.primary.fault = (operation) => (operation.kind === 'data-sync' || operation.kind === 'write' ? 'io' : null);
  assert.ok(await two.clock.until(() => two.roles[1] === 'backup-active', 120_000, 100), two.roles.join());
  const report = two.primary.health.report().checks.find(({ check }) => check === 'store');
  assert.equal(report?.taken.map(({ remedy }) => remedy), ['hand-over']);
  assert.is(two.primary.health.report().feeding, 'fed');
  two.storages.primary.fault = null;
  assert.ok(await two.clock.until(() => two.roles[0] === 'primary-active', 120_000, 100), two.roles.join());
  await two.stop();
});

test('sip-socket-deaf at the primary: opening it anew comes before handing over', async () => {
  const two = new TwoUnits();
  await two.start();
  two.hosts.primary.deafen(5060);
  await two.clock.advance(60_000);
  const report = two.primary.health.report().checks.find(({ check }) => check === 'sip');
  assert.equal(report?.taken.map(({ remedy }) => remedy), ['reopen-sip']);
  assert.is(report?.condition, 'well');
  assert.equal(two.roles, ['primary-active', 'backup-standby']);
  await two.stop();
});

test('store-fails at both: neither hands over to one that cannot serve either', async () => {
  const two = new TwoUnits();
  await two.start();
  for (const storage of Object.values(two.storages)) storage.fault = (operation) => (operation.kind === 'data-sync' || operation.kind === 'write' ? 'io' : null);
  await two.clock.advance(180_000);
  assert.is(two.roles.filter((role) => role.endsWith('-active')).length, 1, `somebody serves: ${two.roles.join()}`);
  for (const storage of Object.values(two.storages)) storage.fault = null;
  await two.stop();
});

test('store-fails at the backup, then the primary dies: a unit that cannot record is better than none', async () => {
  const two = new TwoUnits();
  await two.start();
  two.storages.backup.fault = (operation) => (operation.kind === 'data-sync' || operation.kind === 'write' ? 'io' : null);
  assert.ok(await two.clock.until(() => !two.backup.pair.status().able, 120_000, 100), 'sick, it does not offer itself');
  assert.equal(two.roles, ['primary-active', 'backup-standby']);
  two.hosts.primary.unplug();
  await two.clock.advance(1000);
  assert.is(two.roles[1], 'backup-active');
  two.hosts.primary.plug();
  assert.ok(await two.clock.until(() => two.roles[0] === 'primary-active' && two.roles[1] === 'backup-standby', 120_000, 100), two.roles.join());
  two.storages.backup.fault = null;
  await two.stop();
});

test('failover button, on either unit: each long press moves the service to the other one', async () => {
  const two = new TwoUnits();
  await two.start();
  for (const [unit, serving] of [['primary', 'backup'], ['primary', 'primary'], ['backup', 'backup'], ['backup', 'primary']] as const) {
    two.gpio[unit].drive(failoverButton, false);
    await two.clock.advance(2500);
    two.gpio[unit].drive(failoverButton, true);
    await two.clock.advance(200);
    assert.ok(await two.clock.until(() => two.roles.includes(`${serving}-active`) && two.roles.filter((role) => role.endsWith('-active')).length === 1, 30_000, 100), `${unit}: ${two.roles.join()} ${two.logs[unit].last(400).filter(({ event }) => event === 'failover-button').map(({ text }) => text).join()}`);
  }
  await two.stop();
});

test.run();
