import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnswerOf, AskOf } from '../../../firmware/callflow/requests/requests.ts';
import type { AskingCall } from '../../../firmware/calls/request-desk.ts';
import { mailboxHandlers } from '../../../firmware/unit/mailbox-handlers.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { SimSite, voice } from '../../support/sim-site.ts';
import { testSettings } from '../../support/sim-unit.ts';

const settings = testSettings(`
unit: { timeZone: UTC }
ports: 4
peers:
  - { name: pbx, addresses: [10.0.0.1], host: 10.0.0.1, lamps: notify, trusted: true }
messages: { minSec: 1, silenceSec: 7, maxSec: 60 }
mailboxes:
  - { number: "201", name: Ada, mayBroadcast: true }
  - { number: "202", name: Ben }
  - { number: "203", name: Cy, disabled: true }
  - { number: "300", name: Sales, members: ["201", "202"], memberLamps: true }
`);

const call = { id: 'c1', callerNumber: '0301234', callerName: 'Dora' } as AskingCall;
const lampOf = (site: SimSite, mailbox: string): string | undefined => site.lamps.findLast((one) => one.mailbox === mailbox)?.counts;

async function draft(site: SimSite, id = 'c1'): Promise<void> {
  const piece = await site.unit.store.drafts.begin(id, 'PCMU');
  piece.append(new Uint8Array(8000).fill(0x55), 0);
  await piece.finish(1000);
}

async function send(site: SimSite, ask: AskOf<'send-message'>): Promise<AnswerOf<'send-message'>> {
  const answer = await site.during(mailboxHandlers(site.unit)['send-message'](ask, call));
  await site.during(site.unit.store.sending.idle());
  await site.clock.advance(2000);
  return answer;
}

test('a message for the group lights the lamps of its members, and each puts them out for all', async () => {
  const site = await SimSite.start({ settings });
  await site.during(site.phone({ target: '300', speak: voice(3000), script: 's' }).end);
  await site.clock.advance(2000);
  assert.equal(['300', '201', '202'].map((mailbox) => lampOf(site, mailbox)), ['1/0', '1/0', '1/0']);
  await site.during(site.phone({ target: '201', speak: voice(3000), script: 's' }).end);
  await site.clock.advance(2000);
  assert.equal(['300', '201', '202'].map((mailbox) => lampOf(site, mailbox)), ['1/0', '2/0', '1/0']);
  const [message] = site.unit.store.list('300');
  await site.during(site.unit.store.mark('300', message?.id ?? '', 'old'));
  await site.clock.advance(2000);
  assert.equal(['300', '201', '202'].map((mailbox) => lampOf(site, mailbox)), ['0/1', '1/1', '0/1']);
  await site.stop();
});

test('restart: the lamps of members are told again as they were', async () => {
  const storage = new SimStorage();
  const first = await SimSite.start({ settings, storage });
  await first.during(first.phone({ target: '300', speak: voice(3000), script: 's' }).end);
  await first.stop();
  const second = await SimSite.start({ settings, storage, clock: new SimClock() });
  await second.clock.advance(2000);
  assert.equal(['300', '201', '202'].map((mailbox) => lampOf(second, mailbox)), ['1/0', '1/0', '1/0']);
  await second.stop();
});

test('store-trouble: the lamp keeps its last value, and never tells less than nothing', async () => {
  const storage = new SimStorage();
  const site = await SimSite.start({ settings, storage });
  await site.during(site.phone({ target: '201', speak: voice(3000), script: 's' }).end);
  await site.clock.advance(2000);
  const reads = new Set(['open', 'read', 'list', 'stat', 'space']);
  storage.fault = ({ kind }) => (reads.has(kind) ? null : 'io');
  const [message] = site.unit.store.list('201');
  await site.during(site.unit.store.mark('201', message?.id ?? '', 'old').catch(() => undefined));
  await site.during(site.phone({ target: '201', speak: voice(3000), script: 's' }).end);
  site.unit.lamps.allChanged();
  await site.clock.advance(5000);
  assert.is(lampOf(site, '201'), '1/0');
  assert.not.ok(site.lamps.some(({ counts }) => counts.includes('-')));
  storage.fault = null;
  await site.stop();
});

test('who cannot get a message is told one by one, and the others get it', async () => {
  const site = await SimSite.start({ settings });
  await draft(site);
  const answer = await send(site, { from: '202', to: [{ mailbox: '201' }, { mailbox: '203' }, { mailbox: '999' }, { mailbox: '201' }], content: { draft: true }, as: 'message', priority: true });
  assert.is(answer.accepted, 1);
  assert.equal(answer.refused, [{ mailbox: '203', fault: 'disabled' }, { mailbox: '999', fault: 'no-such-mailbox' }]);
  const [message] = site.unit.store.list('201');
  assert.equal([message?.sender, message?.callerNumber, message?.callerName, message?.priority], ['202', '202', 'Ben', true]);
  await site.stop();
});

test('groups, lists and broadcasts: each once, not to the sender, and only by who may', async () => {
  const site = await SimSite.start({ settings });
  const handlers = mailboxHandlers(site.unit);
  await draft(site);
  assert.is((await send(site, { from: '202', to: [{ all: true }], content: { draft: true }, as: 'broadcast' })).fault, 'not-allowed');
  assert.is((await send(site, { from: '201', to: [{ all: true }], content: { draft: true }, as: 'broadcast' })).accepted, 2);
  assert.equal(site.unit.store.list('202').map(({ sentAs }) => sentAs), ['broadcast']);
  assert.is((await send(site, { from: '201', to: [{ group: '300' }], content: { draft: true }, as: 'message' })).accepted, 1);
  assert.is((await site.during(handlers['change-list']({ mailbox: '202', number: 4, add: ['201', '300'] }, call))).fault, null);
  assert.is((await send(site, { from: '201', to: [{ list: { mailbox: '202', number: 4 } }], content: { draft: true }, as: 'message' })).fault, 'no-such-list', 'it is not public');
  assert.is((await site.during(handlers['change-list']({ mailbox: '202', number: 4, public: true }, call))).fault, null);
  assert.is((await send(site, { from: '201', to: [{ list: { mailbox: '202', number: 4 } }, { mailbox: '300' }], content: { draft: true }, as: 'message' })).accepted, 2);
  const imported = await site.during(handlers['change-list']({ mailbox: '201', number: 1, importFrom: { mailbox: '202', number: 4 } }, call));
  assert.equal(imported, { fault: null, list: { number: 1, public: false, size: 2 } });
  assert.is((await site.during(handlers['change-list']({ mailbox: '201', number: 1, add: ['999'] }, call))).fault, 'no-such-mailbox');
  await site.stop();
});

test('a private message is not forwarded; what is forwarded still tells who left it', async () => {
  const site = await SimSite.start({ settings });
  await draft(site);
  await send(site, { from: null, to: [{ mailbox: '202' }], content: { draft: true }, as: 'message' });
  await send(site, { from: '201', to: [{ mailbox: '202' }], content: { draft: true }, as: 'message', private: true });
  const [left, confidential] = site.unit.store.list('202');
  const forward = (id: string | undefined) => send(site, { from: '202', to: [{ mailbox: '201' }], content: { message: { mailbox: '202', id: id ?? '' }, introduced: true }, as: 'forwarded' });
  assert.is((await forward(confidential?.id)).fault, 'private');
  assert.is((await forward('none')).fault, 'no-content');
  assert.is((await forward(left?.id)).accepted, 1);
  const [forwarded] = site.unit.store.list('201');
  assert.equal([forwarded?.sentAs, forwarded?.sender, forwarded?.callerNumber, forwarded?.introductionMs, forwarded?.durationMs], ['forwarded', '202', '0301234', 1000, 2000]);
  await site.stop();
});

test('a mailbox that takes no calls still gets what others send', async () => {
  const site = await SimSite.start({ settings });
  const handlers = mailboxHandlers(site.unit);
  assert.is((await site.during(handlers['mailbox-options']({ mailbox: '202', set: { takesCalls: false } }, call))).takesCalls, false);
  await site.during(site.phone({ target: '202', speak: voice(3000), script: 's' }).end);
  assert.equal(site.unit.store.list('202'), []);
  await draft(site);
  assert.is((await send(site, { from: '201', to: [{ mailbox: '202' }], content: { draft: true }, as: 'message' })).accepted, 1);
  await site.stop();
});

test('a caller of the house hears the internal greeting, and one from outside the standard one', async () => {
  const site = await SimSite.start({ settings });
  const greet = async (kind: 'greeting' | 'internal', ms: number): Promise<void> => {
    const writer = await site.unit.store.greetings.begin('202', kind, 'PCMU');
    writer.append(new Uint8Array(ms * 8).fill(kind === 'greeting' ? 0x80 : 0x90), 0);
    await site.unit.store.greetings.commit('202', kind, await writer.finish('digit'));
  };
  await site.during(greet('greeting', 1000));
  await site.during(greet('internal', 4000));
  const beganAfterMs = async (from: string): Promise<number> => {
    const began = site.clock.monotonic();
    const call = site.phone({ target: '202', from, speak: voice(20_000), script: 's' });
    for (let passed = 0; passed < 20_000 && site.unit.calls.summaries()[0]?.doing !== 'recording'; passed += 50) await site.clock.advance(50);
    const tookMs = site.clock.monotonic() - began;
    call.hangUp();
    await site.during(call.end);
    return tookMs;
  };
  const [inside, outside] = [await beganAfterMs('201'), await beganAfterMs('0301234')];
  assert.ok(inside - outside > 2500 && inside - outside < 3500, `recording begins after ${inside} and ${outside} ms`);
  await site.stop();
});

test('a caller who hangs up leaves no draft behind', async () => {
  const site = await SimSite.start({ settings });
  await site.during(site.phone({ target: '201', speak: voice(3000), script: 's' }).end);
  await draft(site, 'other');
  await site.stop();
  assert.is((await site.storage.list('drafts')).length, 1, 'that of another call');
  const again = await SimSite.start({ settings, storage: site.storage, clock: new SimClock() });
  assert.equal(await site.storage.list('drafts'), []);
  await again.stop();
});

test.run();
