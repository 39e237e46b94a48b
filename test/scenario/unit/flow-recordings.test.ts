// Call flows that record: for the call, for a mailbox, for a campaign, and prompts by telephone.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimSite, voice } from '../../support/sim-site.ts';

const report = {
  form: 1, name: 'Report', first: 'listen', starts: [{ scope: 'short code', number: '*80' }],
  actions: {
    listen: { action: 'Listen', with: { to: 'call' }, results: { Next: 'again', Failure: 'bye' } },
    again: { action: 'Generic', prompts: ['$RES'], uninterrupted: true, results: { Next: 'questions' } },
    questions: { action: 'Voice Question', with: { to: '201', questions: [[{ prompt: 'goodbye' }], [{ prompt: 'goodbye' }]] }, results: { Next: 'leave', Failure: 'bye' } },
    leave: { action: 'Leave Mail', with: { mailbox: '202' }, results: { Success: 'thanks', Failure: 'bye' } },
    thanks: { action: 'Speak Text', with: { text: 'Thank you, $CLI.' }, results: { Next: 'bye' } },
    bye: { action: 'Disconnect', prompts: [{ prompt: 'goodbye' }] },
  },
};
const order = {
  form: 1, name: 'Order', first: 'ask', starts: [{ scope: 'short code', number: '*81' }],
  actions: { ask: { action: 'Campaign', with: { campaign: 'Orders', questions: [[{ prompt: 'goodbye' }], [{ prompt: 'goodbye' }]] }, results: { Next: 'bye', Failure: 'bye' } }, bye: { action: 'Disconnect', prompts: [{ prompt: 'goodbye' }] } },
};
const edit = {
  form: 1, name: 'Edit', first: 'edit', starts: [{ scope: 'short code', number: '*82' }],
  actions: { edit: { action: 'Edit Play List', with: { prompt: 'Welcome' }, results: { Next: 'hear', Failure: 'bye' } }, hear: { action: 'Generic', prompts: ['Welcome'], results: { Next: 'bye' } }, bye: { action: 'Disconnect' } },
};

async function siteWith(...flows: object[]): Promise<SimSite> {
  const site = await SimSite.start();
  for (const flow of flows) assert.equal(await site.during(site.unit.flows.library.put(JSON.stringify(flow))), { put: true });
  return site;
}

const faults = (site: SimSite): string[] => site.log.last(1000).filter(({ severity }) => severity === 'error' || severity === 'alert').map(({ text }) => text);

test('a caller records for the call, hears it, answers two questions, leaves a message, and hears a text', async () => {
  const site = await siteWith(report);
  const call = site.phone({ target: '*80', script: 's # w2 s # s # s # w8', speak: voice(2500) });
  const end = await site.during(call.end);
  assert.ok(end.answered);
  await site.clock.advance(3000);
  const [question, message] = ['201', '202'].map((mailbox) => site.unit.store.list(mailbox));
  assert.is(question?.length, 1, 'both answers are one message');
  assert.ok((question?.[0]?.durationMs ?? 0) > 4500, `${question?.[0]?.durationMs} ms`);
  assert.is(message?.length, 1);
  assert.equal(site.made.speech.spoken, ['Thank you, 301.']);
  assert.equal(await site.during(site.storage.list('flows/recordings')), [], 'what was recorded for the call has gone with it');
  assert.equal(faults(site), []);
  assert.is(site.unit.calls.ports.inUse, 0);
  await site.stop();
});

test('FWD: what was just recorded reaches each mailbox that is named, once; with nothing recorded nobody gets anything', async () => {
  const forward = {
    form: 1, name: 'Forward', first: 'listen', starts: [{ scope: 'short code', number: '*80' }],
    actions: {
      listen: { action: 'Listen', with: { to: 'call' }, results: { Next: 'send', Failure: 'send' } },
      send: { action: 'Generic', with: { commands: ['CP1:202', 'FWD:201#$CP1##'] }, results: { Next: 'bye' } },
      bye: { action: 'Disconnect', prompts: [{ prompt: 'goodbye' }] },
    },
  };
  const site = await siteWith(forward);
  const messages = (): (readonly [number, number])[] => ['201', '202'].map((mailbox) => [site.unit.store.list(mailbox).length, site.unit.store.list(mailbox)[0]?.durationMs ?? 0] as const);
  await site.during(site.phone({ target: '*80', script: 'w1' }).end);
  await site.clock.advance(5000);
  assert.equal(messages().map(([count]) => count), [0, 0]);
  await site.during(site.phone({ target: '*80', script: 's # w5', speak: voice(2500) }).end);
  await site.clock.advance(5000);
  assert.equal(messages().map(([count, durationMs]) => [count, durationMs > 2000]), [[1, true], [1, true]]);
  assert.equal(['201', '202'].map((mailbox) => site.unit.store.list(mailbox)[0]?.callerNumber), ['301', '301']);
  assert.equal(await site.during(site.storage.list('flows/recordings')), []);
  assert.equal(faults(site), []);
  await site.stop();
});

test('a caller who hangs up in the second question leaves the first answer, and no port and no file behind', async () => {
  const site = await siteWith({ ...report, first: 'questions' });
  const call = site.phone({ target: '*80', script: 's # w0.5', speak: voice(3000) });
  await site.during(call.end);
  await site.clock.advance(3000);
  assert.ok((site.unit.store.list('201')[0]?.durationMs ?? 0) > 2500);
  assert.is(site.unit.calls.ports.inUse, 0);
  assert.equal(faults(site), []);
  await site.stop();
});

test('answers of a campaign are there after a restart', async () => {
  const site = await siteWith(order);
  await site.during(site.phone({ target: '*81', script: 's # s # w3', speak: voice(2000) }).end);
  await site.clock.advance(3000);
  await site.stop();
  const again = await SimSite.start({ storage: site.storage, clock: site.clock });
  assert.equal(again.unit.flows.campaigns.list(), [{ name: 'Orders', new: 1, saved: 0 }]);
  assert.is(again.unit.flows.campaigns.entries('Orders')[0]?.answers.length, 2);
  assert.is(again.unit.flows.campaigns.entries('Orders')[0]?.caller, '301');
  await again.stop();
});

test('a prompt is recorded by telephone, and heard from then on', async () => {
  const site = await siteWith(edit);
  const call = site.phone({ target: '*82', script: 'w1 2 s # w5 3 w2 0 w5', speak: voice(2000) });
  await site.during(call.end);
  await site.clock.advance(2000);
  const [prompt] = site.unit.flows.prompts.list();
  assert.is(prompt?.name, 'Welcome');
  assert.ok((prompt?.durationMs ?? 0) > 1800, `${prompt?.durationMs} ms`);
  assert.equal(faults(site), []);
  await site.stop();
});

test.run();
