import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { positionOf } from '../../../firmware/queues/queue-order.ts';
import { queuedRows } from '../../../firmware/queues/queue-rows.ts';
import { agentKey } from '../../../firmware/queues/queue-state.ts';
import { queueOf, QueueWorld } from './queue-world.ts';

const [one, two] = ['201@', '202@'];

test('callers are served in the order in which they came, by who has been free for the longest', () => {
  const world = new QueueWorld();
  world.arrive('a');
  world.arrive('b');
  world.arrive('c');
  assert.equal(world.of('ring').map(({ id, agent }) => [id, agent]), [['a', one], ['b', two]]);
  world.input({ type: 'agent-answered', id: 'a', agent: one });
  world.input({ type: 'agent-answered', id: 'b', agent: two });
  world.until(5000);
  world.input({ type: 'talk-ended', agent: two });
  assert.equal(world.of('ring').slice(2).map(({ id, agent }) => [id, agent]), [['c', two]]);
  world.input({ type: 'talk-ended', agent: one });
  world.input({ type: 'agent-answered', id: 'c', agent: two });
  world.until(9000);
  world.input({ type: 'talk-ended', agent: two });
  world.arrive('d');
  assert.equal(world.of('ring').at(-1)?.agent, one, 'free since 5 s, the other since 9 s');
});

test('an agent who does not answer is passed over, and the caller keeps the place', () => {
  const world = new QueueWorld();
  world.arrive('a');
  world.arrive('b');
  world.input({ type: 'agent-failed', id: 'a', agent: one, why: 'no-answer' });
  world.input({ type: 'agent-failed', id: 'b', agent: two, why: 'no-answer' });
  world.until(5000);
  assert.equal(world.of('ring').at(-1), { type: 'ring', id: 'a', agent: two, ms: 15_000 }, 'the only one left is tried again soon');
  world.until(59_999);
  assert.is(world.of('ring').length, 3);
  world.until(60_000);
  assert.equal(world.of('ring').at(-1), { type: 'ring', id: 'b', agent: one, ms: 15_000 });
});

test('a busy telephone is not called where dialog events tell, and called when it is free', () => {
  const world = new QueueWorld();
  world.input({ type: 'agent-line', agent: one, line: 'busy' });
  world.input({ type: 'agent-line', agent: two, line: 'busy' });
  world.arrive('a');
  assert.is(world.of('ring').length, 0);
  world.until(3000);
  world.input({ type: 'agent-line', agent: two, line: 'free' });
  assert.equal(world.of('ring').map(({ agent }) => agent), [two]);
});

test('all: every free agent rings, the first to answer has the call, and the others stop ringing', () => {
  const world = new QueueWorld(queueOf({ ring: 'all', agents: ['201', '202', '203'] }));
  world.arrive('a');
  assert.is(world.of('ring').length, 3);
  world.arrive('b');
  world.input({ type: 'agent-answered', id: 'a', agent: two });
  assert.equal(world.of('cancel').map(({ id, agent }) => [id, agent]), [['a', one], ['a', '203@']]);
  assert.equal(world.of('join'), [{ type: 'join', id: 'a', agent: two }]);
  assert.equal(world.of('ring').slice(3).map(({ id, agent }) => [id, agent]), [['b', one], ['b', '203@']]);
});

test('a caller for whom somebody else is called is neither rung for nor overflows, and keeps the place', () => {
  const world = new QueueWorld(queueOf({ mostWaitSec: 60, ringSec: 200, agents: ['201'], firstSec: 500 }));
  world.arrive('a');
  world.arrive('b');
  assert.equal(world.input({ type: 'held', id: 'a', held: true }).map((effect) => [effect.type, effect.id]), [['cancel', 'a'], ['ring', 'b']]);
  world.until(59_000);
  world.input({ type: 'left', id: 'b' });
  world.until(90_000);
  assert.equal([world.of('ring').length, world.of('overflow').length], [2, 0]);
  assert.equal(world.input({ type: 'held', id: 'a', held: false }).map(({ type }) => type), ['overflow'], 'the time has gone on');
  world.arrive('c');
  world.input({ type: 'held', id: 'c', held: true });
  world.arrive('d');
  world.input({ type: 'left', id: 'd' });
  assert.equal(world.input({ type: 'held', id: 'c', held: false }).map((effect) => [effect.type, effect.id]), [['ring', 'c']]);
});

test('no-port-left: a caller too many overflows, and the last in order gives way where all would wait for ever', () => {
  const world = new QueueWorld(queueOf({ overflow: '0' }));
  world.arrive('a', '800', 'low');
  world.arrive('b');
  world.port = false;
  assert.equal(world.arrive('c'), [{ type: 'overflow', id: 'c', why: 'no-port', to: '0' }]);
  world.input({ type: 'no-port', id: 'a', agent: one, stuck: false });
  assert.is(world.state.callers.length, 2);
  const gives = world.input({ type: 'no-port', id: 'b', agent: two, stuck: true });
  assert.equal(gives, [{ type: 'overflow', id: 'a', why: 'no-port', to: '0' }], 'the lowest priority');
  world.until(5000);
  assert.equal(world.of('ring').at(-1)?.id, 'b', 'and the first is rung for');
});

test('in-turn: the first in the list who is free', () => {
  const world = new QueueWorld(queueOf({ ring: 'in-turn' }));
  world.arrive('a');
  world.input({ type: 'agent-answered', id: 'a', agent: one });
  world.until(1000);
  world.input({ type: 'talk-ended', agent: one });
  world.arrive('b');
  assert.equal(world.of('ring').map(({ agent }) => agent), [one, one]);
});

test('high priority is served before those who came earlier, and position follows', () => {
  const world = new QueueWorld(queueOf({ agents: ['201'], firstSec: 1 }));
  world.arrive('a');
  world.input({ type: 'agent-answered', id: 'a', agent: one });
  world.arrive('low', '800', 'low');
  world.arrive('medium');
  world.arrive('high', '800', 'high');
  world.until(1000);
  assert.equal(world.of('announce').map(({ id, position }) => [id, position]), [['low', 3], ['medium', 2], ['high', 1]]);
  world.input({ type: 'talk-ended', agent: one });
  assert.is(world.of('ring').at(-1)?.id, 'high');
});

test('an agent of two queues takes the higher priority of both', () => {
  const world = new QueueWorld(queueOf({ agents: ['201'] }), queueOf({ number: '900', agents: ['201'] }));
  world.arrive('a');
  world.input({ type: 'agent-answered', id: 'a', agent: one });
  world.arrive('b', '800');
  world.arrive('c', '900', 'high');
  world.input({ type: 'talk-ended', agent: one });
  assert.is(world.of('ring').at(-1)?.id, 'c');
  assert.is(world.of('ring').length, 2, 'and is rung for one only');
});

test('Queued comes after firstSec, Still Queued secondSec after its end, then every everySec', () => {
  const world = new QueueWorld(queueOf({ agents: ['201'] }));
  world.announceMs = 4000;
  world.input({ type: 'agent-line', agent: one, line: 'busy' });
  world.arrive('a');
  const times: [string, number][] = [];
  for (let ms = 0; ms <= 90_000; ms += 1000) {
    const before = world.of('announce').length;
    world.until(ms);
    const told = world.of('announce');
    if (told.length > before) times.push([told.at(-1)?.point as string, ms]);
  }
  assert.equal(times, [['Queued', 10_000], ['Still Queued', 34_000], ['Still Queued', 58_000], ['Still Queued', 82_000]]);
});

test('with secondSec 0 there is one announcement, with everySec 0 there are two', () => {
  for (const [change, count] of [[{ secondSec: 0 }, 1], [{ everySec: 0 }, 2]] as const) {
    const world = new QueueWorld(queueOf({ agents: ['201'], ...change }));
    world.input({ type: 'agent-line', agent: one, line: 'busy' });
    world.arrive('a');
    world.until(500_000);
    assert.is(world.of('announce').length, count);
  }
});

test('together: who would be due a little later hears the same announcement', () => {
  const world = new QueueWorld(queueOf({ agents: ['201'], together: true }));
  world.input({ type: 'agent-line', agent: one, line: 'busy' });
  world.arrive('a');
  world.until(4000);
  world.arrive('b');
  world.until(6000);
  world.arrive('c');
  world.until(10_000);
  assert.equal(world.of('announce').map(({ id }) => id), ['a', 'b'], 'c is due 6 s later');
});

test('the time to wait is what the last five who waited had to wait, and is never announced worse than before', () => {
  const world = new QueueWorld(queueOf({ agents: ['201'], firstSec: 1, secondSec: 1, everySec: 1, mostWaitSec: 7200 }));
  const serve = (id: string, waitMs: number): void => {
    world.input({ type: 'agent-line', agent: one, line: 'busy' });
    world.arrive(id);
    world.until(world.nowMs + waitMs);
    world.input({ type: 'agent-line', agent: one, line: 'free' });
    world.input({ type: 'agent-answered', id, agent: one });
    world.input({ type: 'talk-ended', agent: one });
  };
  serve('first', 500_000);
  for (const id of ['s1', 's2', 's3', 's4', 's5']) serve(id, 60_000);
  world.input({ type: 'agent-line', agent: one, line: 'busy' });
  world.arrive('x');
  world.until(world.nowMs + 1000);
  const said = (): (number | null)[] => world.of('announce').filter(({ id }) => id === 'x').map(({ etaSec }) => etaSec);
  assert.equal(said(), [59], 'five calls of a minute: the one of 500 s no longer counts');
  world.until(world.nowMs + 30_000);
  assert.ok(said().every((sec, at, all) => at === 0 || (sec as number) <= (all[at - 1] as number)));
  world.until(world.nowMs + 3_700_000);
  assert.is(said().at(-1), 1, 'not worse, though the hour is over and nobody knows any more');
  world.arrive('y');
  world.until(world.nowMs + 1000);
  assert.is(world.of('announce').filter(({ id }) => id === 'y')[0]?.etaSec, null, 'of the last hour only');
});

test('who found a free agent at once does not count for the time to wait', () => {
  const world = new QueueWorld(queueOf({ agents: ['201'] }));
  world.arrive('a');
  world.until(5000);
  world.input({ type: 'agent-answered', id: 'a', agent: one });
  assert.equal(world.state.answered, {});
});

test('overflow: a full queue, one who waits too long, a queue whose telephones are all unreachable, one that is no more', () => {
  const world = new QueueWorld(queueOf({ mostWaiting: 1, mostWaitSec: 30, overflow: '0', agents: ['201'] }));
  world.input({ type: 'agent-line', agent: one, line: 'busy' });
  world.arrive('a');
  world.arrive('b');
  assert.equal(world.of('overflow'), [{ type: 'overflow', id: 'b', why: 'full', to: '0' }]);
  world.until(30_000);
  assert.equal(world.of('overflow').at(-1), { type: 'overflow', id: 'a', why: 'too-long', to: '0' });
  world.input({ type: 'agent-line', agent: one, line: 'free' });
  world.arrive('c');
  world.input({ type: 'agent-failed', id: 'c', agent: one, why: 'unreachable' });
  assert.equal(world.of('overflow').at(-1), { type: 'overflow', id: 'c', why: 'no-agents', to: '0' });
  world.until(100_000);
  world.arrive('d');
  assert.is(world.of('ring').at(-1)?.id, 'd', 'tried again after a minute');
  world.queues = [];
  world.input({ type: 'tick' });
  assert.equal(world.of('cancel').at(-1), { type: 'cancel', id: 'd', agent: one });
  assert.equal(world.of('overflow').at(-1), { type: 'overflow', id: 'd', why: 'closed', to: null });
});

test('a caller who hangs up while an agent rings is forgotten, and the agent is free for the next', () => {
  const world = new QueueWorld(queueOf({ agents: ['201'] }));
  world.arrive('a');
  world.arrive('b');
  const effects = world.input({ type: 'left', id: 'a' });
  assert.equal(effects, [{ type: 'cancel', id: 'a', agent: one }, { type: 'ring', id: 'b', agent: one, ms: 15_000 }]);
});

test('an agent who answers a caller that has just gone is hung up on', () => {
  const world = new QueueWorld(queueOf({ agents: ['201'] }));
  world.arrive('a');
  world.input({ type: 'left', id: 'a' });
  assert.equal(world.input({ type: 'agent-answered', id: 'a', agent: one }), [{ type: 'cancel', id: 'a', agent: one }]);
});

test('the same extension at two PBXs is two people', () => {
  assert.is.not(agentKey({ peer: 'a' }, '201'), agentKey({ peer: 'b' }, '201'));
});

test('people see callers in the order in which they are served, with the position that is announced', () => {
  const world = new QueueWorld(queueOf(), queueOf({ number: '801', agents: ['203'] }));
  world.arrive('a', '800', 'low');
  world.arrive('b', '801');
  world.arrive('c', '800');
  world.arrive('d', '800', 'high');
  world.arrive('e', '800');
  const rows = queuedRows(world.state, world.queues, world.nowMs);
  assert.equal(rows.map(({ queue, position, call }) => `${queue} ${position} ${call}`), ['800 1 d', '800 2 c', '800 3 e', '800 4 a', '801 1 b']);
  for (const caller of world.state.callers) assert.is(rows.find(({ call }) => call === caller.id)?.position, positionOf(world.state, caller), caller.id);
});

test.run();
