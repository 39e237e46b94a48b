import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MediaDirection, MediaSettings } from '../../../firmware/media/media-protocol.ts';
import { AgentCall } from '../../../firmware/queues/agent-call.ts';
import type { Leg, LegHandlers } from '../../../firmware/sip/leg.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

const port = { index: 2, session: 7 };
const media: MediaSettings = { remote: null, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType: null, direction: 'sendrecv', ptimeMs: 20 };

class Agent {
  readonly clock = new SimClock();
  readonly log: string[] = [];
  readonly call: AgentCall;
  handlers!: LegHandlers;

  constructor() {
    const leg = { id: 'agent', facts: {}, hangUp: (text: string) => this.log.push(text) } as unknown as Leg;
    this.call = new AgentCall({
      clock: this.clock, send: () => undefined, silenceLimitSec: 60, ringMs: 15_000, text: 'agent 401',
      dial: (_port, handlers) => ((this.handlers = handlers), leg),
      answered: () => this.log.push('answered'), failed: () => this.log.push('failed'), over: () => this.log.push('over'), released: () => this.log.push('released'),
    }, port);
  }

  silent(ms: number): void {
    this.call.mediaEvent({ type: 'rtp-timeout', port: port.index, session: port.session, silentMs: ms });
  }

  agrees(direction: MediaDirection): void {
    this.handlers.mediaChanged({ ...media, direction });
  }
}

test('agent-vanished: the call ends when nothing was heard of the agent for as long as a caller may be silent', () => {
  const agent = new Agent();
  agent.handlers.established(media);
  agent.silent(59_000);
  assert.equal(agent.log, ['answered']);
  agent.silent(60_000);
  assert.equal(agent.log, ['answered', 'no audio came for 60 s']);
});

test('agent-holds-for-ever: the call ends after a quarter of an hour on hold, and not where it is resumed', async () => {
  const agent = new Agent();
  agent.handlers.established(media);
  agent.agrees('sendonly');
  await agent.clock.advance(14 * 60_000);
  agent.agrees('sendrecv');
  await agent.clock.advance(20 * 60_000);
  assert.equal(agent.log, ['answered']);
  agent.agrees('inactive');
  await agent.clock.advance(15 * 60_000);
  assert.equal(agent.log, ['answered', 'on hold for 15 minutes']);
  agent.handlers.ended({ by: 'local', status: null, text: '' });
  await agent.clock.advance(6000);
  assert.equal([agent.log.slice(2), agent.clock.pending()], [['over', 'released'], []]);
});

test.run();
