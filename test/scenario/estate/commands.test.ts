import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { longestLifeMs, refusalOf, skewMs } from '../../../firmware/estate/command-gate.ts';
import type { Command } from '../../../firmware/estate/note-bodies.ts';
import { EstateWorld, operator } from '../../support/estate/estate-world.ts';

const texts = (results: readonly { ok: boolean; text: string }[]): string[] => results.map(({ ok, text }) => `${ok ? 'ok' : 'no'} ${text}`);

test('each command is done and answered', async () => {
  const { world, one } = await EstateWorld.withPair();
  one.log.write('alert', 'disk-full', 'The disk is full.');
  const report = await world.ask(one, world.command(one, 'report'));
  assert.match(report[0]?.text ?? '', /^clock 2026-01-05T09:.*\nrole primary-active, serves, epoch 2, 0 calls\nsite version 5 \(00000000\)\n1 alarms stand, .*\n.*\ndisk-full: The disk is full\.$/);
  const rest = await world.ask(one, world.command(one, 'failover'), world.command(one, 'failback'), world.command(one, 'rollback', { version: 3 }), world.command(one, 'rollback'), world.command(one, 'clear'));
  assert.equal(texts(rest), ['ok failover is done', 'ok failback is done', 'ok rollback 3 is done', 'no not done: rollback needs a version', 'ok 1 alarms are cleared']);
  assert.equal(one.done, ['failover', 'failback', 'rollback 3']);
  assert.equal(one.estate.status().alarms.raised, []);
  assert.is(one.log.last(500).filter(({ event }) => event === 'estate-command').length, 6, 'who did what is in the log');
  assert.equal(await world.leaks(), []);
});

test('a command that comes again is not done again: at once, later, or after a power cut', async () => {
  const { world, one } = await EstateWorld.withPair();
  const command = world.command(one, 'failover');
  const [first, again] = await world.ask(one, command, command);
  assert.equal(first, again, 'its answer is given again, in case it was lost');
  await world.powerCut(one);
  await world.clock.advance(5000);
  assert.equal(await world.ask(one, command), []);
  assert.equal([one.done, one.estate.status().commands.refused.old], [['failover'], 1]);
  assert.equal(await world.leaks(), []);
});

test('numbers only go up, for each key by itself', async () => {
  const { world, one } = await EstateWorld.withPair();
  await world.ask(one, world.command(one, 'failover', { sequence: 100 }));
  assert.equal(await world.ask(one, world.command(one, 'failback', { sequence: 99 }), world.command(one, 'failback', { sequence: 100, expiresMs: world.clock.wall() + 5 })), [...(await world.ask(one)), world.results(one)[0]], 'the same number gets the same answer');
  assert.equal(one.done, ['failover']);
  await world.ask(one, world.command(one, 'failback', { sequence: 101 }));
  assert.equal(one.done, ['failover', 'failback']);
});

test('unsigned, foreign, forged and unknown ones are refused, counted, told once a minute, and not answered', async () => {
  const { world, one, other } = await EstateWorld.withPair();
  const good = Buffer.from(world.command(one, 'failover')).toString();
  const stranger = operator(1);
  const forger = { ...world.operator, privateKey: stranger.privateKey };
  const answers = await world.ask(
    one, Buffer.from('{"command":"failover"}'), Buffer.from(good.split('\n')[0] ?? ''), Buffer.from(good.replace('failover', 'failback')),
    world.command(one, 'failover', {}, stranger), world.command(one, 'failover', {}, forger), world.command(other, 'failover'), world.command(one, 'failover', { site: 'airport' }),
  );
  const { refused } = one.estate.status().commands;
  assert.equal(answers, []);
  assert.equal([refused.malformed, refused['unknown-key'], refused.forged, refused.foreign], [2, 1, 2, 2]);
  await world.ask(one, Buffer.from('again'), world.command(one, 'failover', {}, stranger));
  const told = (): number => one.log.last(500).filter(({ event }) => event === 'estate-command-refused').length;
  assert.is(told(), 3, 'unsigned, unknown, and the key that was used for the rest');
  await world.clock.advance(61_000);
  await world.ask(one, Buffer.from('again'));
  assert.is(told(), 4);
  assert.equal(one.done, []);
  assert.equal(await world.leaks(), []);
});

test('a note of another kind is no command, though the key signed it', async () => {
  const { world, one } = await EstateWorld.withPair();
  const { signNote } = await import('../../../firmware/estate/signed-note.ts');
  const body = JSON.parse(Buffer.from(world.command(one, 'failover')).toString().split('\n')[0] ?? '') as object;
  assert.equal(await world.ask(one, signNote('result', body, { privateKey: world.operator.privateKey, certificate: null })), []);
  assert.is(one.estate.status().commands.refused.forged, 1);
});

test('clock-wrong-at-boot (1970): only a report is done, and the answer shows the clock; with the right time all is', async () => {
  const world = new EstateWorld(60_000);
  await world.watch();
  const one = await world.unit('one', 11, { role: 'primary-active', serves: true });
  await world.clock.advance(1500);
  const now = Date.UTC(2026, 0, 5);
  const at = { issuedMs: now, expiresMs: now + 60_000 };
  assert.match(texts(await world.ask(one, world.command(one, 'failover', { sequence: 1, ...at })))[0] ?? '', /^no not done: the clock of the unit shows 1970-01-01T00:01:.*before the command was made/);
  assert.match(texts(await world.ask(one, world.command(one, 'report', { sequence: 2, ...at })))[0] ?? '', /^ok clock 1970-01-01T00:01/);
  world.clock.stepWall(now - world.clock.wall());
  assert.equal(texts(await world.ask(one, world.command(one, 'failover', { sequence: 3, ...at }))), ['ok failover is done']);
  assert.equal(one.done, ['failover']);
});

test('clock-ahead: commands expire early, and the answer says what the unit takes for the time', async () => {
  const { world, one } = await EstateWorld.withPair();
  const command = world.command(one, 'failover');
  world.clock.stepWall(365 * 24 * 3_600_000);
  assert.match(texts(await world.ask(one, command))[0] ?? '', /^no not done: the command has expired: the clock of the unit shows 2027-01-05/);
  assert.equal(one.done, []);
});

test('clock-steps-back: what was done is not done again, whatever the clock says', async () => {
  const { world, one } = await EstateWorld.withPair();
  const command = world.command(one, 'failover');
  await world.ask(one, command);
  await world.clock.advance(3_600_000);
  world.clock.stepWall(-3_600_000);
  await world.ask(one, command);
  assert.equal(one.done, ['failover']);
});

test('the gate, at both ends of each limit', () => {
  const base: Command = { site: 's', unit: 'u', key: 'k', sequence: 10, issuedMs: 1_000_000_000, expiresMs: 1_000_060_000, command: 'failover', version: null };
  const cases: [Partial<Command>, number, number, string | null][] = [
    [{}, 9, 1_000_000_000, null], [{}, 10, 1_000_000_000, 'old'], [{}, 11, 1_000_000_000, 'old'],
    [{}, 0, 1_000_059_999, null], [{}, 0, 1_000_060_000, 'expired'],
    [{}, 0, 1_000_000_000 - skewMs, null], [{}, 0, 1_000_000_000 - skewMs - 1, 'early'],
    [{ expiresMs: 1_000_000_000 + longestLifeMs }, 0, 1_000_000_000, null], [{ expiresMs: 1_000_000_001 + longestLifeMs }, 0, 1_000_000_000, 'too-long'],
    [{ command: 'report' }, 0, 0, null], [{ command: 'report' }, 10, 0, 'old'],
  ];
  for (const [change, floor, nowMs, expected] of cases) assert.is(refusalOf({ ...base, ...change }, floor, nowMs), expected, JSON.stringify([change, floor, nowMs]));
});

test('disk-full: what could be done twice is not done', async () => {
  const { world, one } = await EstateWorld.withPair();
  one.storage.fault = ({ kind }) => (kind === 'write' || kind === 'allocate' ? 'no-space' : null);
  assert.match(texts(await world.ask(one, world.command(one, 'failover')))[0] ?? '', /^no not done: that it is done could not be stored/);
  assert.equal(one.done, []);
});

test.run();
