// What leaves a pair by itself: one of the two says it, and the other one goes on with it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Unit } from '../../../firmware/run.ts';
import { factsFor } from '../../support/store-fixture.ts';
import { TwoUnits } from '../../support/two-units.ts';

const more = 'mail: { host: mail.example.org, from: voicemail@example.org }\n';

async function message({ clock }: TwoUnits, unit: Unit, takenFor: string | null): Promise<void> {
  const writer = await unit.store.begin({ ...factsFor('201'), startedMs: clock.wall(), ...(takenFor === null ? {} : { takenFor }) });
  writer.append(new Uint8Array(8000), 0);
  await writer.finish('hang-up');
  await clock.advance(1000);
}

test('choices and alarms are the pair\'s; the standby is mute; after the takeover the backup mails what it takes, and rings', async () => {
  const two = await TwoUnits.sharing(more);
  await two.start();
  const { primary, backup, clock, mail } = two;
  await two.during(primary.notify.setOutcalling('201', { on: true, retries: 0 }));
  await two.during(primary.notify.setCallback('201', { ringback: true }));
  const { id } = await two.during(primary.notify.alarms.set({ number: '201', mailbox: '201', time: '09:05', repeat: 'daily', day: null, prompt: null, text: 'Good morning', ringSec: 5, retries: 0, intervalMin: 5, cancelCode: '*' }));
  await clock.advance(5000);
  assert.equal(backup.notify.records.choices('201'), primary.notify.records.choices('201'), 'the choices came over');
  assert.equal(backup.notify.alarmStore.find(id)?.nextMs, primary.notify.alarmStore.find(id)?.nextMs, 'the alarm came over');
  const outcalls = (unit: 'primary' | 'backup'): number => two.logs[unit].last(1000).filter(({ event }) => event === 'call-placed' || event === 'call-not-placed').length;
  await message(two, primary, null);
  await message(two, backup, backup.pair.takenFor());
  assert.ok(outcalls('primary') > 0, 'the primary calls');
  assert.equal([outcalls('backup'), mail.backup.attempts], [0, 0], 'a standby that the PBX sent a call to says nothing');
  two.hosts.primary.unplug();
  await clock.advance(2000);
  assert.is(backup.pair.status().role, 'backup-active');
  await clock.advance(20_000);
  assert.ok(outcalls('backup') > 0, 'its own message of a minute ago is told now');
  const before = outcalls('backup');
  await clock.advance(6 * 60_000);
  assert.ok(outcalls('backup') > before, 'the alarm rings at the backup');
  await two.during(Promise.all([primary.stop(2000), backup.stop(2000)]));
});

test.run();
