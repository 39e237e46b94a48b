// Callers in a queue of the unit, and agents at a PBX.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { foundAt, spoken } from '../../support/line-audio.ts';
import { ends, phone, queueSite } from '../../support/queue-site.ts';

test('a caller gets an agent who is free at once, and both hear each other', async () => {
  const site = await queueSite();
  const [caller, agent] = [phone(site, '501'), phone(site, '401')];
  caller.call('800');
  await site.clock.until(() => agent.state === 'talking', 5000);
  assert.is(agent.taken[0]?.caller.number, '501', "the agent sees the caller's number");
  await site.clock.advance(300);
  const [question, answer] = [spoken(2000, 500), spoken(2000, 700)];
  caller.speak(question);
  agent.speak(answer);
  await site.clock.advance(3000);
  assert.ok(foundAt(await agent.heard(), question) >= 0, 'the agent hears the caller');
  assert.ok(foundAt(await caller.heard(), answer) >= 0, 'the caller hears the agent');
  assert.equal(site.unit.calls.summaries().map(({ doing }) => doing), ['talking', 'talks as agent 401']);
  agent.hangUp();
  await site.clock.advance(500);
  assert.is(caller.state, 'idle');
  await ends(site);
});

test('three callers and two agents: the third waits, is told so, and gets the first who is free', async () => {
  const site = await queueSite();
  for (const number of ['501', '502', '503']) {
    phone(site, number).call('800');
    await site.clock.advance(100);
  }
  await site.clock.advance(2000);
  assert.equal(['401', '402'].map((number) => phone(site, number).taken.map(({ caller }) => caller.number)), [['501'], ['502']]);
  await site.clock.advance(3200);
  assert.is(site.unit.calls.summaries().find(({ caller }) => caller === '503')?.doing, 'announcing');
  phone(site, '402').hangUp();
  await site.clock.advance(1500);
  assert.equal(phone(site, '402').taken.map(({ caller }) => caller.number), ['502', '503'], 'answered during the announcement');
  assert.is(phone(site, '502').state, 'idle');
  assert.is(phone(site, '503').state, 'talking');
  for (const number of ['501', '503']) phone(site, number).hangUp();
  await site.clock.advance(500);
  assert.is(phone(site, '401').state, 'idle', 'the agent is free when the caller hangs up');
  assert.equal(site.unit.queues.desk.counters('800'), { arrived: 3, answered: 3, left: 0, overflowed: 0 });
  await ends(site);
});

test('agent-unreachable, agent-does-not-answer: the next one is called, and the caller knows nothing of it', async () => {
  const site = await queueSite(', ringSec: 5');
  phone(site, '401').manners = { ring: true };
  phone(site, '402').manners = { answerMs: 500 };
  phone(site, '501').call('800');
  await site.clock.advance(7000);
  assert.equal(['401', '402'].map((number) => phone(site, number).state), ['idle', 'talking']);
  assert.is(phone(site, '401').end?.status, 487, 'its ringing was cancelled');
  phone(site, '501').hangUp();
  await ends(site);
});

test('all-agents-gone: the caller leaves a message in the mailbox of the queue', async () => {
  const site = await queueSite();
  for (const number of ['401', '402']) phone(site, number).manners = { status: 480 };
  const caller = phone(site, '501');
  caller.call('800');
  await site.clock.advance(4000);
  assert.match(site.unit.calls.summaries()[0]?.doing ?? '', /mailbox/);
  caller.speak(spoken(3000));
  await site.clock.advance(4000);
  caller.hangUp();
  await site.clock.advance(2000);
  const [message] = site.unit.store.list('800');
  assert.is(message?.callerNumber, '501');
  assert.is(site.unit.queues.desk.counters('800').overflowed, 1);
  await ends(site);
});

test('a caller who presses the key of breakout leaves a message; the agents are not called any more', async () => {
  const site = await queueSite(', breakoutKey: "1", ringSec: 30');
  for (const number of ['401', '402']) phone(site, number).manners = { ring: true };
  const caller = phone(site, '501');
  caller.call('800');
  await site.clock.advance(2000);
  caller.keys('1');
  await site.clock.advance(1000);
  assert.equal(['401', '402'].map((number) => phone(site, number).state), ['idle', 'idle']);
  assert.match(site.unit.calls.summaries()[0]?.doing ?? '', /mailbox/);
  caller.hangUp();
  await ends(site);
});

test('ring all: the first to answer has the caller, the other stops ringing', async () => {
  const site = await queueSite(', ring: all');
  phone(site, '401').manners = { answerMs: 4000 };
  phone(site, '402').manners = { answerMs: 2000 };
  phone(site, '501').call('800');
  await site.clock.advance(1000);
  assert.equal(['401', '402'].map((number) => phone(site, number).state), ['ringing', 'ringing']);
  await site.clock.advance(2000);
  assert.equal(['401', '402'].map((number) => phone(site, number).state), ['idle', 'talking']);
  phone(site, '501').hangUp();
  await ends(site);
});

test('a caller who waits too long goes to the mailbox; one too many at once', async () => {
  const site = await queueSite(', mostWaiting: 1, mostWaitSec: 20, ringSec: 60');
  for (const number of ['401', '402']) phone(site, number).manners = { ring: true };
  phone(site, '501').call('800');
  await site.clock.advance(1000);
  phone(site, '502').call('800');
  await site.clock.advance(1000);
  const doing = (number: string): string | undefined => site.unit.calls.summaries().find(({ caller, mailbox }) => caller === number && mailbox === '800')?.doing;
  assert.is(doing('502'), 'mailbox');
  assert.is(doing('501'), 'waiting');
  await site.clock.advance(19_000);
  assert.is(doing('501'), 'mailbox');
  for (const number of ['501', '502']) phone(site, number).hangUp();
  await ends(site);
});

test('a queue is taken away while somebody waits in it: they go to the mailbox', async () => {
  const site = await queueSite(', ringSec: 60');
  for (const number of ['401', '402']) phone(site, number).manners = { ring: true };
  phone(site, '501').call('800');
  await site.clock.advance(1000);
  site.unit.apply({ ...site.unit.settings, queues: [] });
  await site.clock.advance(500);
  assert.is(site.unit.calls.summaries()[0]?.doing, 'mailbox');
  phone(site, '501').hangUp();
  await ends(site);
});

test('no port for the call to an agent: the caller waits, and gets the agent when one is free', async () => {
  const site = await queueSite('', '', 3);
  phone(site, '501').call('800');
  await site.clock.advance(2500);
  phone(site, '502').call('800');
  await site.clock.advance(3000);
  assert.equal(phone(site, '402').taken, [], 'three ports: two callers and an agent');
  phone(site, '501').hangUp();
  await site.clock.advance(8000);
  assert.is(phone(site, '502').state, 'talking');
  phone(site, '502').hangUp();
  await ends(site);
});

test('all-ports-wait: the fourth caller of four ports leaves a message, so that agents can be called for the others', async () => {
  const site = await queueSite('', '', 4);
  for (const number of ['401', '402']) phone(site, number).manners = { status: 486 };
  for (const number of ['501', '502', '503', '504']) {
    phone(site, number).call('800');
    await site.clock.advance(1500);
  }
  assert.equal(site.unit.calls.summaries().map(({ doing }) => doing === 'mailbox'), [false, false, false, true]);
  for (const number of ['401', '402']) phone(site, number).manners = { answerMs: 500 };
  await site.clock.advance(20_000);
  assert.is(site.unit.queues.desk.state.callers.length, 3, 'they wait for the port of the message, and only one gave way');
  phone(site, '504').hangUp();
  await site.clock.advance(10_000);
  assert.is(phone(site, '501').state, 'talking');
  for (const number of ['501', '502', '503']) phone(site, number).hangUp();
  await ends(site);
});

test('ports-taken-by-others: nobody talks to an agent, and the last in the queue gives way', async () => {
  const site = await queueSite('', '', 4);
  for (const number of ['401', '402']) phone(site, number).manners = { status: 486 };
  for (const number of ['501', '502', '503']) {
    phone(site, number).call('800');
    await site.clock.advance(1500);
  }
  phone(site, '504').call('201');
  for (const number of ['401', '402']) phone(site, number).manners = { answerMs: 500 };
  await site.clock.advance(8000);
  assert.equal(site.unit.calls.summaries().filter(({ doing }) => doing === 'mailbox').map(({ caller }) => caller), ['503']);
  for (const number of ['503', '504']) phone(site, number).hangUp();
  await site.clock.advance(10_000);
  assert.is(phone(site, '501').state, 'talking');
  for (const number of ['501', '502']) phone(site, number).hangUp();
  await ends(site);
});

test('dialog-events-say-busy: the agent is not called until the telephone is free', async () => {
  const site = await queueSite();
  const { desk } = site.unit.queues;
  desk.agentLine('401@office', 'busy');
  desk.agentLine('402@office', 'busy');
  phone(site, '501').call('800');
  await site.clock.advance(8000);
  assert.equal(['401', '402'].map((number) => phone(site, number).taken.length), [0, 0]);
  desk.agentLine('402@office', 'free');
  await site.clock.advance(1500);
  assert.is(phone(site, '402').state, 'talking');
  phone(site, '501').hangUp();
  await ends(site);
});

test('a flow transfers a caller to the number of the queue: they wait in it, before others by priority', async () => {
  const site = await queueSite();
  const attendant = { form: 1, name: 'Front', first: 'go', starts: [{ scope: 'short code', number: '*80' }], actions: { go: { action: 'Transfer', with: { destination: '800', priority: 'High' } } } };
  assert.equal(await site.during(site.unit.flows.library.put(JSON.stringify(attendant))), { put: true });
  for (const [number, target] of [['501', '800'], ['502', '800'], ['503', '800'], ['504', '*80']] as const) {
    phone(site, number).call(target);
    await site.clock.advance(1500);
  }
  assert.equal(site.unit.queues.look().callers.map(({ position, priority }) => [position, priority]), [[1, 'high'], [2, 'medium']]);
  assert.is(site.unit.calls.summaries().find(({ caller }) => caller === '504')?.doing, 'waiting');
  phone(site, '401').hangUp();
  await site.clock.advance(1500);
  assert.is(phone(site, '504').state, 'talking');
  for (const number of ['502', '503', '504']) phone(site, number).hangUp();
  await ends(site);
});

test('overflow to a number: the PBX does not take the call over, so the unit calls the number and joins the two', async () => {
  const site = await queueSite(', overflow: "409"');
  for (const number of ['401', '402']) phone(site, number).manners = { status: 404 };
  phone(site, '501').call('800');
  await site.clock.until(() => phone(site, '409').state === 'talking', 20_000);
  assert.is(phone(site, '409').taken[0]?.caller.number, '501');
  await site.clock.advance(500);
  phone(site, '501').speak(spoken(2000, 500));
  await site.clock.advance(2500);
  assert.ok(foundAt(await phone(site, '409').heard(), spoken(2000, 500)) >= 0);
  phone(site, '409').hangUp();
  await site.clock.advance(1000);
  assert.is(phone(site, '501').state, 'idle');
  await ends(site);
});

test('a message that a caller leaves is for the queue, also where the call came for another mailbox', async () => {
  const site = await queueSite(', breakoutKey: "1"');
  for (const number of ['401', '402']) phone(site, number).manners = { ring: true };
  const attendant = { form: 1, name: 'Front', first: 'go', starts: [{ scope: 'mailbox', mailbox: '201', point: 'Leave' }], actions: { go: { action: 'Transfer', with: { destination: '800' } } } };
  await site.during(site.unit.flows.library.put(JSON.stringify(attendant)));
  const caller = phone(site, '501');
  caller.call('201');
  await site.clock.advance(1000);
  caller.keys('1');
  await site.clock.advance(4000);
  caller.speak(spoken(2000));
  await site.clock.advance(2500);
  caller.hangUp();
  await site.clock.advance(2000);
  assert.equal([site.unit.store.list('800').length, site.unit.store.list('201').length], [1, 0]);
  await ends(site);
});

test('unit-stops: who waits and who talks is hung up, and nothing is left', async () => {
  const site = await queueSite();
  for (const number of ['501', '502', '503']) phone(site, number).call('800');
  await site.clock.advance(3000);
  await site.stop();
  await site.clock.advance(1000);
  assert.equal(['501', '502', '503', '401', '402'].map((number) => phone(site, number).state), ['idle', 'idle', 'idle', 'idle', 'idle']);
  await site.bank.stop();
});

test.run();
