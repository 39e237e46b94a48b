import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Flow, FlowEffect, FlowInput, FlowState } from '../../../firmware/callflow/flow.ts';
import { announceFlow } from '../../../firmware/callflow/queue/announce-flow.ts';
import { etaWords, positionWords, standardWords } from '../../../firmware/callflow/queue/queue-words.ts';
import type { Announcement, WaitingContext, WaitingState } from '../../../firmware/callflow/queue/waiting-flow.ts';
import { waitingFlow } from '../../../firmware/callflow/queue/waiting-flow.ts';
import type { QueueNews } from '../../../firmware/callflow/requests/queue-requests.ts';

const due: Announcement = { news: 'announce', point: 'Queued', position: 2, etaSec: 61, waitedSec: 10 };
const told = (answer: QueueNews | null): FlowInput => ({ type: 'answered', kind: 'queue-next', answer });

/** A flow of the site that stores something when the caller is gone, and ends when it is stored. */
const storing: Flow<FlowState> = {
  initial: { name: 'idle' },
  step: (state, input) => {
    if (input.type === 'start') return { state: { name: 'recording' }, effects: [{ type: 'record', maxMs: 1000, silenceMs: 0, stopDigits: '' }] };
    if (input.type === 'hung-up' && state.name === 'recording') return { state: { name: 'storing' }, effects: [{ type: 'finish-message', reason: 'hung up', keepMs: 1000 }, { type: 'play', phrases: [], bargeIn: false }] };
    if (input.type === 'stored' && state.name === 'storing') return { state: { name: 'over' }, effects: [{ type: 'done' }] };
    return { state, effects: [] };
  },
};
const leaving: Flow<FlowState> = {
  initial: { name: 'idle' },
  step: (_state, input) => {
    if (input.type === 'start') return { state: { name: 'greeting' }, effects: [{ type: 'admit' }] };
    return input.type === 'hung-up' ? { state: { name: 'over' }, effects: [{ type: 'done' }] } : { state: { name: 'greeting' }, effects: [] };
  },
};

class Probe {
  readonly effects: FlowEffect[] = [];
  state: WaitingState;
  readonly #flow: Flow<WaitingState>;

  constructor(context: Partial<WaitingContext> = {}) {
    this.#flow = waitingFlow({ queue: { number: '800', breakoutKey: '1' }, priority: null, hold: () => [{ pauseMs: 1000 }], announcement: () => null, leave: leaving, ...context });
    this.state = this.#flow.initial;
    this.input({ type: 'start' });
  }

  input(input: FlowInput): string[] {
    const { state, effects } = this.#flow.step(this.state, input);
    this.state = state;
    this.effects.push(...effects);
    return effects.map((effect) => (effect.type === 'ask' ? effect.request.kind : effect.type));
  }

  get asked(): string[] {
    return this.effects.flatMap((effect) => (effect.type === 'ask' ? [effect.request.kind] : []));
  }
}

test('music goes round, an announcement comes between, and the next is timed from its end', () => {
  const probe = new Probe();
  assert.equal(probe.input({ type: 'played' }), ['play']);
  assert.equal(probe.input(told(due)), ['queue-next', 'play']);
  assert.equal((probe.effects.at(-1) as Extract<FlowEffect, { type: 'play' }>).phrases, standardWords('Queued', 2, 61));
  assert.equal(probe.input({ type: 'played' }), ['queue-announced', 'play']);
  assert.is(probe.state.name, 'waiting');
});

test('hold-music-unreadable: ringing, then nothing, until the next announcement has been heard', () => {
  const asked: boolean[] = [];
  const probe = new Probe({ hold: (ringing) => (asked.push(ringing), [{ pauseMs: 1000 }]) });
  assert.equal(probe.input({ type: 'unplayable' }), ['play']);
  assert.equal(probe.input({ type: 'played' }), ['play']);
  assert.equal(probe.input({ type: 'unplayable' }), []);
  assert.equal(probe.input({ type: 'unplayable' }), []);
  probe.input(told(due));
  probe.input({ type: 'played' });
  assert.equal(asked, [false, true, true, false]);
  probe.input(told({ news: 'overflow', why: 'too-long', to: '0' }));
  for (let time = 0; time < 9; time++) probe.input({ type: 'unplayable' });
  assert.equal(asked, [false, true, true, false, false, true]);
});

test('an agent who answers during an announcement has the caller at once', () => {
  const probe = new Probe();
  probe.input(told(due));
  assert.equal(probe.input(told({ news: 'joined', agent: '401' })), ['stop-play', 'queue-next']);
  assert.equal(probe.input(told({ news: 'agent-gone' })), ['hang-up', 'done']);
});

test('what an announcement of the site recorded is stored while the two talk, and a hang-up waits for it', () => {
  const probe = new Probe({ announcement: () => storing });
  probe.input(told(due));
  assert.equal(probe.input(told({ news: 'joined', agent: '401' })), ['stop-play', 'finish-message', 'queue-next']);
  assert.equal(probe.input({ type: 'hung-up' }), []);
  assert.is(probe.state.name, 'finishing');
  assert.equal(probe.input({ type: 'stored', ok: true }), ['done']);
});

test('a flow of the site that ends gives the caller back to the queue; one that ends the call ends it', () => {
  const ends = (effects: FlowEffect[]): Flow<FlowState> => ({ initial: { name: 'a' }, step: () => ({ state: { name: 'b' }, effects }) });
  const back = new Probe({ announcement: () => ends([{ type: 'done' }]) });
  assert.equal(back.input(told(due)), ['queue-next', 'queue-announced', 'play']);
  const over = new Probe({ announcement: () => ends([{ type: 'hang-up', text: 'Disconnect' }, { type: 'done' }]) });
  assert.equal(over.input(told(due)), ['queue-next', 'hang-up', 'done']);
  assert.is(over.state.name, 'over');
});

test('breakout: out of the queue first, then the mailbox; an agent who was faster has the caller', () => {
  const probe = new Probe();
  assert.equal(probe.input({ type: 'digit', digit: '2' }), []);
  assert.equal(probe.input({ type: 'digit', digit: '1' }), ['queue-leave']);
  assert.equal(probe.input({ type: 'answered', kind: 'queue-leave', answer: { left: true } }), ['admit']);
  assert.equal(probe.input(told({ news: 'out' })), [], 'the news of who is out');
  const late = new Probe();
  late.input({ type: 'digit', digit: '1' });
  assert.equal(late.input({ type: 'answered', kind: 'queue-leave', answer: { left: false } }), []);
  late.input(told({ news: 'joined', agent: '401' }));
  assert.is(late.state.name, 'talking');
});

test('overflow: to a number, where that fails to the mailbox, without one the caller is told', () => {
  const overflow = (to: string | null): FlowInput => told({ news: 'overflow', why: 'too-long', to });
  const probe = new Probe();
  assert.equal(probe.input(overflow('0')), ['play', 'transfer']);
  assert.equal(probe.input({ type: 'answered', kind: 'transfer', answer: { outcome: 'busy', text: '' } }), ['stop-play', 'admit']);
  const talks = new Probe();
  talks.input(overflow('0'));
  assert.equal(talks.input({ type: 'answered', kind: 'transfer', answer: { outcome: 'answered', text: '' } }), ['stop-play', 'talk']);
  assert.equal(talks.input({ type: 'answered', kind: 'talk', answer: { ended: 'target', talkedMs: 1 } }), ['hang-up', 'done']);
  for (const answer of [{ ended: 'nobody', talkedMs: 0 } as const, null]) {
    const alone = new Probe();
    alone.input(overflow('0'));
    alone.input({ type: 'answered', kind: 'transfer', answer: { outcome: 'answered', text: '' } });
    assert.equal(alone.input({ type: 'answered', kind: 'talk', answer }), ['admit'], 'who answered has hung up before the two were joined');
  }
  const nowhere = new Probe({ leave: null });
  assert.equal(nowhere.input(overflow(null)), ['stop-play', 'play']);
  assert.equal(nowhere.input({ type: 'played' }), ['hang-up', 'done']);
});

/** A flow of the site that hands the caller over, then ends. */
const handing: Flow<FlowState> = {
  initial: { name: 'idle' },
  step: (state, input) => {
    if (input.type === 'start') return { state: { name: 'calling' }, effects: [{ type: 'ask', request: { kind: 'transfer', to: '409', how: 'assisted', ringMs: 1000, showNumber: null, showName: null, priority: null, mailbox: null, whisper: null } }] };
    if (input.type !== 'answered') return { state, effects: [] };
    if (input.kind === 'transfer' && input.answer?.outcome === 'answered') return { state: { name: 'talking' }, effects: [{ type: 'ask', request: { kind: 'talk' } }] };
    return { state: { name: 'over' }, effects: [{ type: 'done' }] };
  },
};
const held = (is: boolean): FlowInput => ({ type: 'answered', kind: 'queue-hold', answer: { held: is } });

test('a flow of the site has somebody called: no agent gets the caller meanwhile, and who talks is out of the queue', () => {
  const probe = new Probe({ announcement: () => handing });
  assert.equal(probe.input(told(due)), ['queue-next', 'queue-hold']);
  assert.equal(probe.input(held(true)), ['transfer']);
  assert.equal(probe.input({ type: 'answered', kind: 'transfer', answer: { outcome: 'answered', text: '' } }), ['queue-leave']);
  assert.equal(probe.input(told({ news: 'out' })), []);
  assert.equal(probe.input({ type: 'answered', kind: 'queue-leave', answer: { left: true } }), ['talk']);
  assert.equal(probe.input({ type: 'answered', kind: 'talk', answer: { ended: 'target', talkedMs: 1 } }), ['queue-next', 'play'], 'they come in anew');
  const failing = new Probe({ announcement: () => handing });
  failing.input(told(due));
  failing.input(held(true));
  assert.equal(failing.input({ type: 'answered', kind: 'transfer', answer: { outcome: 'busy', text: '' } }), ['queue-announced', 'queue-hold', 'play'], 'the place is as it was');
});

test('an agent was faster than the flow: nobody else is called; a caller who hangs up before leaves nothing behind', () => {
  const late = new Probe({ announcement: () => handing });
  late.input(told(due));
  assert.equal(late.input(held(false)), []);
  assert.equal(late.input(told({ news: 'joined', agent: '401' })), ['stop-play', 'queue-next']);
  assert.equal(late.input({ type: 'hung-up' }), ['done']);
  const gone = new Probe({ announcement: () => handing });
  gone.input(told(due));
  assert.equal(gone.input({ type: 'hung-up' }), ['done']);
});

test('the news of a queue that the caller is out of mean nothing in the next one', () => {
  const probe = new Probe();
  assert.equal(probe.input(told({ news: 'out' })), []);
  assert.is(probe.state.name, 'waiting');
});

test('a hang-up ends it in every state, once', () => {
  const inputs: FlowInput[][] = [
    [], [told(due)], [told({ news: 'joined', agent: '401' })], [{ type: 'digit', digit: '1' }], [told({ news: 'overflow', why: 'full', to: '0' })],
    [told({ news: 'overflow', why: 'full', to: null })], [told(null)],
  ];
  for (const before of inputs) {
    const probe = new Probe();
    for (const input of before) probe.input(input);
    probe.input({ type: 'hung-up' });
    probe.input({ type: 'hung-up' });
    assert.is(probe.effects.filter(({ type }) => type === 'done').length, 1, JSON.stringify(before));
    assert.is(probe.effects.at(-1)?.type, 'done');
    assert.is(JSON.stringify(JSON.parse(JSON.stringify(probe.state))), JSON.stringify(probe.state));
  }
});

test('the time to wait is rounded up to the minute, the next caller is told so in words', () => {
  for (const [sec, minutes] of [[0, 1], [1, 1], [60, 1], [61, 2], [3599, 60]] as const) assert.equal(etaWords(sec)[1], { durationMs: minutes * 60_000 });
  assert.equal(positionWords(1), [{ say: 'queue.next' }]);
  assert.equal(positionWords(4), [{ say: 'queue.position' }, { number: 4 }]);
  assert.equal(standardWords('Still Queued', null, null), [{ say: 'queue.still' }]);
});

test('the announcement for a queue of the PBX is heard once, and gives the caller back', () => {
  const flow = announceFlow({ point: 'Queued', position: null, etaSec: null });
  const begun = flow.step(flow.initial, { type: 'start' });
  assert.equal(flow.step(begun.state, { type: 'played' }).effects.map(({ type }) => type), ['hang-up', 'done']);
  assert.equal(flow.step(begun.state, { type: 'hung-up' }).effects.map(({ type }) => type), ['done']);
});

test.run();
