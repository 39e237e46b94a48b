import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AuditLog } from '../../../firmware/console/audit/audit-log.ts';
import { mostTrialStarts } from '../../../firmware/config/trial.ts';
import { revisionsKept } from '../../../firmware/config/revisions.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import type { Fate } from '../../../hal/sim/sim-content.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { firstText, readBack, startUp, writeByHand } from '../../support/configure-world.ts';

async function world() {
  const [clock, storage] = [new SimClock(), new SimStorage()];
  await writeByHand(storage, firstText);
  return { clock, storage, ...(await startUp(storage, clock)) };
}

const minutes = async (clock: SimClock, count: number) => {
  await clock.advance(count * 60_000);
  for (let turn = 0; turn < 40; turn++) await settle();
};

test('set, compare, commit: the plan is shown, the unit has it, the file keeps its comments', async () => {
  const { person, holder, storage } = await world();
  const { type } = person('ann');
  assert.equal(await type('configure\r'), ['editing the configuration; ? lists the commands, exit leaves']);
  assert.equal(await type('set messages.maxSec 90\r'), []);
  assert.equal(await type('set sip.port 5070\r'), []);
  assert.is(holder.settings.messages.maxSec, 60, 'nothing holds before it is committed');
  assert.equal(await type('compare\r'), [
    '- sip.port = 5060', '+ sip.port = 5070', '- messages.maxSec = 60', '+ messages.maxSec = 90',
    'needs restart  sip.port: 5060 becomes 5070; sockets are opened at the start',
    'live           messages.maxSec: 60 becomes 90; holds for calls that begin from now on',
  ]);
  const said = await type('commit\r');
  assert.equal(said.slice(-2), ['wait for a restart: sip.port', 'committed']);
  assert.match(said[0] ?? '', /^needs restart  sip.port/);
  assert.is(holder.settings.messages.maxSec, 90);
  assert.is(await readBack(storage), firstText.replace('5060', '5070').replace('60 # short', '90 # short'));
});

test('faults between keys are told with their place and remedy, and nothing is written', async () => {
  const { person, holder, storage } = await world();
  const { type } = person('ann');
  await type('configure\rset pair.rank primary\rset mailboxes[201].language fr\r');
  const said = await type('commit\r');
  assert.match(said.join('\n'), /^pair\.partner: the key is missing; it must be a list with 1 to 4 items\n/);
  assert.is(said.at(-1), 'not done: mend this first');
  assert.is(holder.settings.pair, null);
  assert.is(await readBack(storage), firstText);
});

test('two sessions configure at once: the second is told who holds it, until the first leaves', async () => {
  const { person } = await world();
  const [ann, ben] = [person('ann'), person('ben')];
  await ann.type('configure\rset ports 8\r');
  assert.equal(await ben.type('configure\r'), ['not now: ann is editing the configuration']);
  assert.match(ben.screen.current, /^understudy>/);
  ann.session.close();
  assert.equal(await ben.type('configure\r'), ['editing the configuration; ? lists the commands, exit leaves']);
  assert.equal(await ben.type('compare\r'), ['the candidate is the same as what is in force'], "what ann did not commit went with her");
});

test('a session that goes while it opens the editor leaves no lock behind', async () => {
  const { person } = await world();
  const [ann, ben] = [person('ann'), person('ben')];
  ann.session.feed(Buffer.from('configure\r'));
  ann.session.close();
  await ben.type('show clock\r');
  assert.equal(await ben.type('configure\r'), ['editing the configuration; ? lists the commands, exit leaves']);
});

test('a session that goes in the middle of a commit: the commit is whole', async () => {
  const { person, holder, storage } = await world();
  const [ann, ben] = [person('ann'), person('ben')];
  await ann.type('configure\rset messages.maxSec 90\r');
  ann.session.feed(Buffer.from('commit\r'));
  ann.session.close();
  await ben.type('configure\r');
  assert.is(holder.settings.messages.maxSec, 90);
  assert.match(await readBack(storage), /maxSec: 90 # short/);
});

test('commit confirmed that nobody confirms goes back by itself', async () => {
  const { person, holder, storage, clock, log, restarts } = await world();
  const { type } = person('ann');
  const said = await type('configure\rset messages.maxSec 90\rcommit confirmed 5\r');
  assert.is(said.at(-1), 'committed on trial: it goes back in 5 min unless commit confirms it');
  await minutes(clock, 4.9);
  assert.is(holder.settings.messages.maxSec, 90);
  await minutes(clock, 0.2);
  assert.is(holder.settings.messages.maxSec, 60);
  assert.is(await readBack(storage), firstText);
  assert.ok(log.last(10).some(({ event, severity }) => event === 'configuration-went-back' && severity === 'alert'));
  assert.equal(restarts, [], 'what is live needs no restart');
  assert.equal(clock.pending().filter(({ name }) => name === 'configuration-trial'), []);
});

test('commit within the time confirms it', async () => {
  const { person, holder, storage, clock } = await world();
  const { type } = person('ann');
  await type('configure\rset messages.maxSec 90\rcommit confirmed 5\r');
  await minutes(clock, 4);
  assert.equal(await type('commit\r'), ['confirmed: it stays']);
  await minutes(clock, 10);
  assert.is(holder.settings.messages.maxSec, 90);
  assert.is((await startUp(storage, clock)).holder.settings.messages.maxSec, 90);
});

test('a second trial within the first goes back to what was last confirmed', async () => {
  const { person, holder, clock } = await world();
  const { type } = person('ann');
  await type('configure\rset messages.maxSec 90\rcommit confirmed 5\rset messages.maxSec 100\rcommit confirmed 5\r');
  assert.is(holder.settings.messages.maxSec, 100);
  await minutes(clock, 5.1);
  assert.is(holder.settings.messages.maxSec, 60);
});

test('power cut between commit and confirm: the trial goes on after it, and goes back in time', async () => {
  const { person, storage, clock } = await world();
  await person('ann').type('configure\rset sip.port 5070\rcommit confirmed 5\r');
  await minutes(clock, 2);
  const second = await startUp(storage.afterPowerCut(() => 'drop'), clock);
  assert.is(second.holder.settings.sip.port, 5070, 'what needs a restart can be tried too');
  assert.ok((second.configuration.trial()?.leftMs ?? 0) <= 3 * 60_000);
  await minutes(clock, 3.1);
  assert.is(second.holder.settings.sip.port, 5060);
  assert.match(second.restarts.join(), /^sip\.port/, 'a supervisor is asked to start the unit anew');
});

test('power cut past the time: the start goes back', async () => {
  const { person, storage, clock } = await world();
  await person('ann').type('configure\rset sip.port 5070\rcommit confirmed 5\r');
  await clock.advance(6 * 60_000);
  const storageNow = storage.afterPowerCut(() => 'drop');
  const second = await startUp(storageNow, clock);
  assert.is(second.holder.settings.sip.port, 5060);
  assert.is(await readBack(storageNow), firstText);
  assert.is(second.configuration.trial(), null);
});

test('a unit that fails again and again on trial is back after a few starts, though no clock runs', async () => {
  const { person, storage } = await world();
  await person('ann').type('configure\rset sip.port 5070\rcommit confirmed 60\r');
  for (let starts = 1; starts <= mostTrialStarts; starts++) assert.is((await startUp(storage, new SimClock())).holder.settings.sip.port, 5070, `start ${starts}`);
  assert.is((await startUp(storage, new SimClock())).holder.settings.sip.port, 5060);
});

test('power cut at every operation of a commit on trial: the old configuration or the new one, and in the end the old one', async () => {
  let cuts = 0;
  for (let finished = false; !finished; cuts++) {
    const { person, storage, clock } = await world();
    const { type } = person('ann');
    await type('configure\rset messages.maxSec 90\r');
    const before = Object.values(storage.counts).reduce((sum, count) => sum + count, 0);
    finished = true;
    storage.fault = ({ number }) => {
      if (number !== before + cuts) return null;
      finished = false;
      return 'power-cut';
    };
    await type('commit confirmed 5\r');
    for (const fate of ['keep', 'drop', 'tear', 'zero'] as Fate[]) {
      const left = storage.afterPowerCut(() => fate);
      const next = await startUp(left, clock);
      assert.is(next.start.from, 'file', `cut ${cuts}, ${fate}`);
      const { maxSec } = next.holder.settings.messages;
      assert.ok(maxSec === 60 || (maxSec === 90 && next.configuration.trial() !== null), `cut ${cuts}, ${fate}: ${maxSec}`);
      next.configuration.stop();
      const late = new SimClock();
      await late.advance(clock.monotonic() + 6 * 60_000);
      assert.is((await startUp(left, late)).holder.settings.messages.maxSec, 60, `cut ${cuts}, ${fate}`);
    }
  }
  assert.ok(cuts >= 20, `${cuts} operations were cut`);
});

test('every operation of a commit may fail: it is done whole, or refused with the file and the unit as they were', async () => {
  let failures = 0;
  let refusals = 0;
  for (let reached = true; reached; failures++) {
    const { person, storage, holder } = await world();
    const { type } = person('ann');
    await type('configure\rset messages.maxSec 90\r');
    const before = Object.values(storage.counts).reduce((sum, count) => sum + count, 0);
    reached = false;
    storage.fault = ({ number }) => {
      if (number !== before + failures) return null;
      reached = true;
      return 'io';
    };
    const said = (await type('commit\r')).at(-1) ?? '';
    storage.fault = null;
    const done = said === 'committed';
    if (!done) refusals += 1;
    assert.ok(done || /^(not done|failed)/.test(said), said);
    assert.is(holder.settings.messages.maxSec, done ? 90 : 60, `operation ${failures}: ${said}`);
    assert.is((await readBack(storage)).includes('maxSec: 90'), done, `operation ${failures}: ${said}`);
  }
  assert.ok(failures >= 15 && refusals >= 5, `${failures} operations, ${refusals} refusals`);
});

test('a unit that does not take it: the file is as it was', async () => {
  const { person, storage, holder } = await world();
  const { type } = person('ann');
  await type('configure\rset messages.maxSec 90\r');
  holder.refuses = new Error('the sockets are gone');
  assert.is((await type('commit\r')).at(-1), 'not done, and nothing was changed: the sockets are gone');
  assert.is(await readBack(storage), firstText);
  assert.is(holder.settings.messages.maxSec, 60);
});

test('a file written by hand meanwhile is not overwritten', async () => {
  const { person, storage, holder } = await world();
  const { type } = person('ann');
  await type('configure\rset messages.maxSec 90\r');
  await writeByHand(storage, firstText.replace('5060', '5080'));
  assert.match((await type('commit\r')).at(-1) ?? '', /was written by somebody else meanwhile; discard begins anew/);
  assert.is(holder.settings.messages.maxSec, 60);
  assert.match((await type('discard\r'))[0] ?? '', /was changed by hand and is not in force yet/);
  await type('set messages.maxSec 90\rcommit\r');
  assert.equal([holder.settings.messages.maxSec, holder.settings.sip.port], [90, 5080]);
});

test('a file written by hand in a trial ends the trial', async () => {
  const { person, storage, clock, configuration, holder } = await world();
  await person('ann').type('configure\rset messages.maxSec 90\rcommit confirmed 5\r');
  await writeByHand(storage, firstText.replace('maxSec: 60', 'maxSec: 77'));
  await configuration.reload();
  await minutes(clock, 6);
  assert.is(holder.settings.messages.maxSec, 77);
  assert.is(configuration.trial(), null);
});

test('a file with faults is set aside, and a commit replaces it', async () => {
  const { person, storage, holder } = await world();
  await writeByHand(storage, 'mailboxs: []\n');
  const { type } = person('ann');
  assert.match((await type('configure\r'))[0] ?? '', /has faults or cannot be read \(a copy of it lies in config\/rejected-/);
  await type('set messages.maxSec 90\rcommit\r');
  assert.is(holder.settings.messages.maxSec, 90);
  assert.match(await readBack(storage), /^# Kiel/);
});

test('rollback brings back one of the last configurations, of which a bounded number is kept', async () => {
  const { person, holder, storage } = await world();
  const { type } = person('ann');
  await type('configure\r');
  for (let seconds = 61; seconds < 61 + revisionsKept + 5; seconds++) await type(`set messages.maxSec ${seconds}\rcommit\r`);
  assert.is((await storage.list('config/revisions')).length, revisionsKept);
  const rows = await type('history\r');
  assert.is(rows.length, revisionsKept + 1);
  assert.match(rows[1] ?? '', /^ +0  in force  \d{4}-.*ann$/);
  assert.equal(await type('rollback 3\r'), ['loaded; compare shows what it changes, commit puts it in force']);
  const newest = holder.settings.messages.maxSec;
  await type('commit\r');
  assert.is(holder.settings.messages.maxSec, newest - 3);
  assert.match((await type('rollback 40\r'))[0] ?? '', /^not done: only \d+ configurations of before are kept$/);
});

test('the first change can be taken back too', async () => {
  const { person, storage } = await world();
  const { type } = person('ann');
  await type('configure\rset messages.maxSec 90\rcommit\rrollback 1\rcommit\r');
  assert.is(await readBack(storage), firstText, 'byte for byte');
});

test('Tab and ? lead through the schema at every word', async () => {
  const { person } = await world();
  const { type, screen } = person('ann');
  await type('configure\r');
  await type('set sip.po\t');
  assert.is(screen.current, 'understudy# set sip.port');
  const help = await type('?');
  assert.match(help.join('\n'), /VALUE +Port to listen on, for UDP and TCP alike\. Must be a whole number from 1 to 65535, in port; default 5060; now 5060/);
  await type('\x15se\tmailb\t2\t.na\tGrace\r');
  assert.match((await type('show mailboxes\r')).join('\n'), /mailboxes\[201\]\.name = "Grace"/);
});

test('passwords are in no log line and in no comparison', async () => {
  const { person, log, storage, clock } = await world();
  const { type, screen, unit } = person('ann');
  await type('configure\rset peers[pbx].addresses 10.0.0.1\rset peers[pbx].host h\rset peers[pbx].register.user u\r');
  await type('set peers[pbx].register.password tell-nobody\r');
  unit.audit = await AuditLog.open(storage, clock, log);
  await type('set peers[pbx].register.password tell-nobody\r');
  const audited = (await unit.audit.last(1)).map(({ what }) => what);
  assert.equal(audited, ['set peers[pbx].register.password (not shown)']);
  const rows = [...(await type('compare\rshow\rcommit\rhistory\r')), ...log.last(100).map(({ text }) => text)];
  assert.not.ok(rows.some((row) => row.includes('tell-nobody')));
  assert.ok(screen.rows.length > 5);
});

test('in a pair what is committed becomes the site\'s, what goes back goes back there too, and the plan knows the site', async () => {
  const [clock, storage] = [new SimClock(), new SimStorage()];
  await writeByHand(storage, `${firstText}pair: { rank: primary, partner: [10.0.0.2] }\n`);
  const { person, site, holder } = await startUp(storage, clock);
  const changed: string[] = [];
  if (site === null) throw new Error('no site');
  site.changed = (name) => void changed.push(name);
  const { type } = person('ann');
  await type('configure\rset messages.maxSec 90\r');
  assert.match((await type('commit check\r')).join(), /^live +messages\.maxSec: 60 becomes 90/);
  assert.equal([site.settings.messages.maxSec, changed], [60, []], 'a check changes nothing');
  await type('commit confirmed 5\r');
  assert.equal([site.settings.messages.maxSec, holder.settings.messages.maxSec, changed], [90, 90, ['settings']]);
  await minutes(clock, 5.1);
  assert.equal([site.settings.messages.maxSec, holder.settings.messages.maxSec, changed.length], [60, 60, 2]);
  await type('discard\rset unit.name kiel\rcommit\r');
  assert.equal([holder.settings.unit.name, changed.length], ['kiel', 2], 'what is the unit\'s own is nobody else\'s');
});

test('Ctrl-D leaves the editor first and the session then', async () => {
  const { person } = await world();
  const { type, ended, screen } = person('ann');
  await type('configure\rset ports 8\r');
  assert.equal(await type('\x04'), ['what was not committed is lost']);
  assert.match(screen.current, /^understudy>/);
  await type('\x04');
  assert.equal(ended, ['exit']);
});

test('100 KB of pasted commands are all done, and the unit goes on meanwhile', async () => {
  const { person, storage } = await world();
  const { type } = person('ann');
  await type('configure\r');
  const lines = Array.from({ length: 1500 }, (_, index) => `set mailboxes[${1000 + index}].name "Person number ${index} of the whole long paste"\r`);
  const pasted = lines.join('');
  assert.ok(pasted.length > 100_000);
  for (let at = 0; at < pasted.length; at += 4096) await type(pasted.slice(at, at + 4096));
  assert.is((await type('commit\r')).at(-1), 'committed');
  assert.is((await readBack(storage)).match(/Person number/g)?.length, 1500);
});

test.run();
