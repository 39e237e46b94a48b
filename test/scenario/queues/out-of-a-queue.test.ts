// Callers who leave a queue by a flow, or by overflow.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { QueueSite } from '../../support/queue-site.ts';
import { ends, phone, putFlow, queueSite } from '../../support/queue-site.ts';

const queued = { scope: 'mailbox', mailbox: '800', point: 'Queued' };
const callers = (site: QueueSite): string[] => site.unit.queues.desk.state.callers.map(({ queue }) => queue);
const doing = (site: QueueSite, number: string): string | undefined => site.unit.calls.summaries().find(({ caller }) => caller === number)?.doing;

test('an announcement sends the caller on to another queue: they wait there, and get an agent of it', async () => {
  const site = await queueSite(', ringSec: 60', '  - { number: "801", peer: office, agents: ["403"], firstSec: 60, ringSec: 60 }\n');
  for (const number of ['401', '402']) phone(site, number).manners = { ring: true };
  phone(site, '403').manners = { answerMs: 4000 };
  await putFlow(site, queued, { go: { action: 'Transfer', with: { destination: '801' } } });
  phone(site, '501').call('800');
  await site.clock.advance(7000);
  assert.equal([doing(site, '501'), callers(site)], ['waiting', ['801']]);
  assert.is(phone(site, '401').state, 'idle', 'the agent of the first queue is not rung any more');
  await site.clock.advance(4000);
  assert.equal([doing(site, '501'), phone(site, '403').state], ['talking', 'talking']);
  assert.is(site.unit.queues.desk.counters('800').left, 1);
  phone(site, '501').hangUp();
  await ends(site);
});

test('an announcement sends the caller to its own queue: they keep the place, and the next announcement follows', async () => {
  const site = await queueSite(', ringSec: 60');
  for (const number of ['401', '402']) phone(site, number).manners = { ring: true };
  await putFlow(site, queued, { go: { action: 'Transfer', with: { destination: '800' } } });
  phone(site, '501').call('800');
  await site.clock.advance(7000);
  assert.equal([doing(site, '501'), callers(site)], ['waiting', ['800']]);
  await site.clock.until(() => doing(site, '501') === 'announcing', 10_000);
  assert.is(site.unit.queues.desk.counters('800').arrived, 1);
  phone(site, '501').hangUp();
  await ends(site);
});

test('an announcement calls somebody who has the caller: no agent takes them away, nor does the wait end it', async () => {
  const site = await queueSite(', mostWaitSec: 20');
  for (const number of ['401', '402']) phone(site, number).manners = { status: 486 };
  await putFlow(site, queued, { go: { action: 'Assisted Transfer', with: { destination: '409' } } });
  phone(site, '409').manners = { answerMs: 4000 };
  phone(site, '501').call('800');
  await site.clock.advance(8000);
  for (const number of ['401', '402']) phone(site, number).manners = { answerMs: 500 };
  await site.clock.advance(20_000);
  assert.equal(['501', '409', '401', '402'].map((number) => phone(site, number).state), ['talking', 'talking', 'idle', 'idle']);
  phone(site, '409').hangUp();
  await site.clock.advance(3000);
  assert.equal(['501', '401'].map((number) => phone(site, number).state), ['talking', 'talking'], 'the flow ended without an end of the call: back in the queue');
  phone(site, '501').hangUp();
  await ends(site);
});

test('a queue without a mailbox overflows to an owner, whose telephone comes back to the unit: the message is for the owner', async () => {
  const site = await queueSite('', '  - { number: "900", peer: office, agents: ["403"], overflow: "201", mostWaitSec: 10, ringSec: 60 }\n');
  for (const number of ['403', '201']) phone(site, number).manners = { ring: true };
  phone(site, '501').call('900');
  await site.clock.advance(13_000);
  assert.is(doing(site, '501'), 'handing-over');
  phone(site, '502').call('777', { 'P-Asserted-Identity': '<sip:501@10.0.0.5>', Diversion: '<sip:201@10.0.0.5>;reason=no-answer' });
  await site.clock.advance(1500);
  assert.equal(site.unit.calls.summaries().filter(({ caller, mailbox }) => caller === '501' && mailbox !== null).map(({ mailbox }) => mailbox), ['201']);
  for (const number of ['501', '502']) phone(site, number).hangUp();
  await ends(site);
});

test.run();
