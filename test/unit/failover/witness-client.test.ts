import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HmacSeal } from '../../../firmware/failover/beat-seal.ts';
import { defaultTiming } from '../../../firmware/failover/pair-timing.ts';
import { noPartner, type PartnerView } from '../../../firmware/failover/role.ts';
import { WitnessClient } from '../../../firmware/failover/witness-client.ts';
import { witnessPaceMs } from '../../../firmware/failover/witness-pace.ts';
import { witnessKey } from '../../../firmware/witness/witness-key.ts';
import { decodeWitnessMessage, encodeWitnessMessage, type WitnessMessage } from '../../../firmware/witness/witness-message.ts';
import type { Endpoint } from '../../../hal/datagram.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const settings = { address: '10.0.0.9', port: 5072, name: 'site-1', secret: 'sixteen-or-more-characters' };
type ReportMessage = Extract<WitnessMessage, { kind: 'report' }>;
type Answer = Extract<WitnessMessage, { kind: 'answer' }>;

/** A client, and a witness that is played by hand. */
async function world() {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(1));
  const seal = new HmacSeal(witnessKey(settings));
  const state = { serving: false, wants: false, changes: 0 };
  const lines: string[] = [];
  const reports: { at: number; message: ReportMessage }[] = [];
  const socket = await network.host(settings.address).datagram.bind({ address: settings.address, port: settings.port });
  let from: Endpoint | null = null;
  let says: Answer['says'] | 'silence' = 'free';
  const send = (message: WitnessMessage, with_: HmacSeal = seal): void => (from === null ? undefined : socket.send(encodeWitnessMessage(message, with_), from));
  const answer = (message: ReportMessage, over: Partial<Answer> = {}): Answer => {
    const { pair, rank, incarnation, sequence } = message;
    return { kind: 'answer', pair, rank, incarnation, sequence, session: 5n, says: says === 'silence' ? null : says, epoch: 8, ...over };
  };
  socket.received = (bytes, sender) => {
    const message = decodeWitnessMessage(bytes, seal);
    if (typeof message === 'string' || message.kind !== 'report') throw new Error('the client sent something else');
    from = { ...sender };
    reports.push({ at: clock.monotonic(), message });
    if (says !== 'silence') send(message.session === 5n ? answer(message) : answer(message, { says: null }));
  };
  const client = new WitnessClient(
    {
      clock, random: new SimRandom(2), datagram: network.host('10.0.0.2').datagram, timing: defaultTiming,
      log: { write: (severity, event, text) => void lines.push(`${severity} ${event} ${text}`) },
      report: () => ({ rank: 'backup', serving: state.serving, wants: state.wants, epoch: 4 }),
      changed: () => void state.changes++,
    },
    settings,
    'backup',
  );
  client.start();
  const life = (now: PartnerView['life']): void => client.partner({ ...noPartner, life: now });
  life('alive');
  await clock.advance(3000);
  return { clock, client, state, lines, reports, life, answer, send, say: (next: typeof says) => void (says = next) };
}

test('in peace it reports each 500 ms, and quickly from the moment at which the partner falls silent', async () => {
  const { clock, reports, life } = await world();
  const before = reports.length;
  await clock.advance(5000);
  assert.is(reports.length - before, 10);
  const silentMs = clock.monotonic();
  life('suspect');
  await clock.advance(195);
  assert.equal(reports.filter(({ at }) => at > silentMs).map(({ at, message }) => [Math.round(at - silentMs), message.report.wonders]), [[1, true], [51, true], [101, true], [151, true]].map(([at, wonders]) => [at, wonders]));
});

test('how often it reports', () => {
  const calm = { quietMs: null, says: 'wait', asking: false, wants: false } as const;
  const pace = (over: object): number => witnessPaceMs({ ...calm, ...over }, defaultTiming);
  assert.equal([pace({}), pace({ quietMs: 0 }), pace({ quietMs: 1999 }), pace({ quietMs: 2000 })], [500, 50, 50, 250]);
  assert.equal([pace({ quietMs: 9000, wants: true }), pace({ quietMs: 9000, wants: true, says: 'theirs' }), pace({ quietMs: 9000, asking: true })], [50, 250, 50]);
});

test('what it said before the partner was missed does not count, what it says then does', async () => {
  const { clock, client, life, say, state } = await world();
  say('yours');
  await clock.advance(1000);
  assert.is(client.view.says, 'yours');
  life('suspect');
  assert.is(client.view.says, 'wait');
  say('theirs');
  await clock.advance(100);
  assert.equal(client.view, { says: 'theirs', epoch: 8 });
  assert.ok(state.changes >= 3);
});

test('an answer counts once, with the right key, to a report of this start; others are counted as refused', async () => {
  const { clock, client, life, say, reports, answer, send } = await world();
  life('suspect');
  await clock.advance(60);
  say('silence');
  const last = (reports.at(-1) as { message: ReportMessage }).message;
  const forged = new HmacSeal(witnessKey({ ...settings, secret: 'another-secret-of-length' }));
  send(answer(last, { says: 'yours', sequence: last.sequence }));
  send(answer(last, { says: 'yours', sequence: last.sequence + 1000 }));
  send(answer(last, { says: 'yours', incarnation: 3n, sequence: last.sequence + 1 }));
  send(answer(last, { says: 'yours', rank: 'primary', sequence: last.sequence + 1 }));
  send(answer(last, { says: 'yours', sequence: last.sequence + 1 }), forged);
  send({ ...last, kind: 'probe', session: 6n });
  await clock.advance(20);
  assert.is(client.view.says, 'wait');
  assert.is(client.status().refused, 6);
});

test('silent for three reports: as if there were none; told once when it lasts, and when it is over', async () => {
  const { clock, client, life, say, lines } = await world();
  life('suspect');
  await clock.advance(60);
  say('silence');
  await clock.advance(250);
  assert.equal([client.view.says, client.status().state, lines], ['nothing', 'silent', []]);
  await clock.advance(60_000);
  assert.equal(lines, ['warning pair-witness-lost The witness 10.0.0.9:5072 does not answer: takeovers go by the references alone.']);
  say('theirs');
  await clock.advance(600);
  assert.is(lines.length, 2);
  assert.equal([client.view.says, client.status().holder], ['theirs', 'primary']);
});

test('a probe is answered at once, and a flood of them is not; the end gives the lease back', async () => {
  const { clock, client, state, reports, send } = await world();
  state.serving = true;
  client.look();
  await clock.advance(100);
  const last = (reports.at(-1) as { message: ReportMessage }).message;
  const before = reports.length;
  for (let count = 0; count < 50; count++) send({ ...last, kind: 'probe' });
  await clock.advance(5);
  assert.is(reports.length - before, 1);
  client.stop();
  await clock.advance(5);
  assert.equal(reports.slice(-2).map(({ message }) => message.report.serving), [false, false]);
  assert.equal(clock.pending(), []);
});

test.run();
