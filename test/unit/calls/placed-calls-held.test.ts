// Calls that the unit places, put on hold by who was called: as in a call that came, nothing goes on, and none is held for ever.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowInput, FlowState } from '../../../firmware/callflow/flow.ts';
import type { OwnCall } from '../../../firmware/calls/call-parts.ts';
import type { FlowServices } from '../../../firmware/calls/flow-services.ts';
import { PlacedCall } from '../../../firmware/calls/placed-call.ts';
import { PlacedFlowCall } from '../../../firmware/calls/placed-flow-call.ts';
import type { MediaCommand, MediaDirection, MediaSettings } from '../../../firmware/media/media-protocol.ts';
import type { Leg, LegHandlers } from '../../../firmware/sip/leg.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { testSettings } from '../../support/sim-unit.ts';

const port = { index: 1, session: 3 };
const media: MediaSettings = { remote: null, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType: null, direction: 'sendrecv', ptimeMs: 20 };

class World {
  readonly clock = new SimClock();
  readonly sent: MediaCommand[] = [];
  readonly hungUp: string[] = [];
  released = 0;
  call!: OwnCall;
  handlers!: LegHandlers;

  readonly dial = (handlers: LegHandlers): Leg => {
    this.handlers = handlers;
    return { id: 'leg', line: null, facts: {}, hangUp: (text: string) => this.hungUp.push(text) } as unknown as Leg;
  };

  readonly common = { send: (command: MediaCommand) => void this.sent.push(command), dial: this.dial, over: () => undefined, released: () => void (this.released += 1) };

  /** What the port is told to do; null = nothing. */
  agrees(direction: MediaDirection): MediaDirection | null {
    this.sent.length = 0;
    this.handlers.mediaChanged({ ...media, direction });
    const [command] = this.sent;
    return command?.type === 'update' ? command.settings.direction : null;
  }

  async ends(): Promise<void> {
    this.handlers.ended({ by: 'remote', status: null, text: '' });
    this.call.mediaEvent({ type: 'stopped', port: port.index, session: port.session, stats: {} as never });
    await this.clock.advance(61_000);
    assert.equal([this.released, this.clock.pending().map(({ name }) => name)], [1, []]);
  }
}

const kinds: [name: string, make: (world: World) => OwnCall][] = [
  ['a call that plays', ({ clock, common }) => new PlacedCall({ ...common, clock, tell: () => undefined, play: () => undefined }, port)],
  ['a call that a flow serves', ({ clock, common }) => {
    const services = { clock, settings: () => testSettings(), drafts: { drop: async () => undefined } } as unknown as FlowServices;
    const flow = () => ({ initial: { name: 'waits' }, step: (state: FlowState, input: FlowInput) => ({ state, effects: input.type === 'hung-up' ? [{ type: 'done' } as const] : [] }) });
    return new PlacedFlowCall({ ...common, services, flow, language: null, ringMs: 20_000 }, port);
  }],
];

for (const [name, make] of kinds) {
  const world = async (): Promise<World> => {
    const made = new World();
    made.call = make(made);
    made.handlers.established(media);
    await made.clock.advance(1000);
    return made;
  };

  test(`${name}: on hold with music it neither sends nor listens, and goes on when it is resumed`, async () => {
    const made = await world();
    assert.equal([made.agrees('recvonly'), made.agrees('sendrecv'), made.agrees('sendonly'), made.agrees('inactive')], ['inactive', 'sendrecv', 'sendonly', 'inactive']);
    assert.equal(made.hungUp, []);
  });

  test(`${name}: it ends after a quarter of an hour on hold, and not where it is resumed`, async () => {
    const made = await world();
    made.agrees('recvonly');
    await made.clock.advance(10 * 60_000);
    made.agrees('sendrecv');
    await made.clock.advance(6 * 60_000);
    assert.equal(made.hungUp, []);
    made.agrees('inactive');
    await made.clock.advance(15 * 60_000);
    assert.ok(made.hungUp.includes('on hold for 15 minutes'), made.hungUp.join());
  });

  test(`${name}: the end leaves nothing, also on hold`, async () => {
    const made = await world();
    made.agrees('recvonly');
    await made.ends();
    assert.is(made.agrees('sendrecv'), null, 'the port is another call\'s');
  });
}

test.run();
