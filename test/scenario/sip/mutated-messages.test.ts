import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { agentWorld, answer, RawCall } from '../../support/sip/agent-world.ts';
import { ackText, requestText, responseText, sdpText } from '../../support/sip/message-text.ts';

const seed = 4475;
const count = 6000;

const torture = readdirSync('test/data/rfc4475').map((name) => readFileSync(`test/data/rfc4475/${name}`));

let calls = 0;
/** Well-formed requests of every kind, new ones each time, so that mutants get past the parser and past the matching too. */
const fresh: (() => string)[] = [
  () => requestText('INVITE', { callId: `m${++calls}`, body: sdpText(), headers: ['Session-Expires: 300;refresher=uac', 'Supported: timer', 'Record-Route: <sip:10.0.0.1;lr>', 'Require: 100rel'] }),
  () => requestText('INVITE', { callId: `m${++calls}`, body: sdpText(), headers: ['History-Info: <sip:201@10.0.0.2?Reason=SIP%3Bcause%3D486>;index=1', 'Diversion: <sip:202@10.0.0.1>;reason=no-answer'] }),
  () => requestText('INVITE', { callId: `m${++calls}` }),
  () => requestText('CANCEL', { callId: `m${calls}` }),
  () => requestText('SUBSCRIBE', { callId: `m${++calls}`, headers: ['Event: message-summary', 'Expires: 600'] }),
  () => requestText('INFO', { callId: `m${calls}`, toTag: 'x', body: 'Signal=5', type: 'application/dtmf-relay' }),
  () => requestText('PRACK', { callId: `m${calls}`, toTag: 'x', headers: ['RAck: 1 1 INVITE'] }),
  () => requestText('BYE', { callId: `m${calls}`, toTag: 'x' }),
];

const strange = [0, 9, 10, 13, 32, 34, 37, 44, 58, 59, 60, 61, 62, 64, 91, 92, 93, 127, 128, 255];

function mutant(random: SimRandom): Buffer {
  return mutated(random, pick(random));
}

function pick(random: SimRandom): Buffer {
  return random.below(2) === 0 ? (torture[random.below(torture.length)] as Buffer) : Buffer.from((fresh[random.below(fresh.length)] as () => string)());
}

function mutated(random: SimRandom, good: Buffer): Buffer {
  let bytes: Buffer = Buffer.from(good);
  for (let change = random.below(4); change > 0; change--) {
    const at = random.below(bytes.length + 1);
    const length = random.below(30);
    const kind = random.below(6);
    if (kind === 0) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), pick(random).subarray(random.below(400))]);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(random.bytes(length)), bytes.subarray(at)]);
    else if (at < bytes.length) bytes[at] = kind === 4 ? (strange[random.below(strange.length)] as number) : random.below(256);
  }
  return bytes;
}

test(`${count} mutants of good and bad messages: nothing is thrown, nothing stays (seed ${seed})`, async () => {
  const world = await agentWorld({
    policy: (leg) => {
      leg.ring();
      answer(leg);
    },
  });
  world.peer.react = ({ message }) => {
    if (message.kind === 'response' && message.status === 200 && (message.headers.get('CSeq') ?? '').endsWith('INVITE')) world.peer.send(ackText(message));
  };
  const random = new SimRandom(seed);
  for (let number = 0; number < count; number++) {
    world.peer.send(mutant(random));
    await world.clock.advance(20);
  }
  const { caught, malformedAnswered, malformedDropped } = world.agent.counters();
  assert.is(caught, 0);
  assert.ok(malformedAnswered > 100 && malformedDropped > 100 && world.calls.length > 100, `${malformedAnswered} answered, ${malformedDropped} dropped, ${world.calls.length} calls`);
  for (const { leg } of world.calls) leg.hangUp('enough');
  await world.clock.advance(100_000);
  const { transactions, legs } = world.agent.counters();
  assert.equal({ transactions, legs, timers: world.clock.pending().map(({ name }) => name) }, { transactions: 0, legs: 0, timers: [] });
});

test(`mutants within calls and mutated answers to what the unit asks (seed ${seed})`, async () => {
  const world = await agentWorld();
  const random = new SimRandom(seed);
  const methods = ['INVITE', 'UPDATE', 'INFO', 'PRACK', 'OPTIONS', 'ACK', 'BYE', 'MESSAGE'];
  world.peer.react = ({ message }) => {
    if (message.kind !== 'request' || message.method === 'ACK') return;
    const status = [100, 180, 200, 200, 401, 422, 481, 486, 491, 503][random.below(10)] as number;
    const headers = ['Require: 100rel', 'RSeq: 5', 'Min-SE: 900', 'Session-Expires: 120;refresher=uac', 'WWW-Authenticate: Digest realm="x", nonce="y", qop="auth"', 'Allow: INVITE'];
    world.peer.send(mutated(random, Buffer.from(responseText(message, status, { headers, body: message.method === 'INVITE' ? sdpText() : '' }))));
  };
  for (let round = 0; round < 200; round++) {
    const call = await new RawCall(world, { headers: ['Session-Expires: 120;refresher=uas', 'Supported: timer', 'Allow: INVITE'] }).establish();
    if (round % 2 === 0) world.place({ credentials: { user: 'a', password: 'b' } });
    for (let number = 0; number < 10; number++) {
      const method = methods[random.below(methods.length)] as string;
      const text = requestText(method, { callId: call.ask.callId ?? '', toTag: call.toTag, cseq: 2 + number, body: random.below(2) === 0 ? sdpText({ version: number }) : '' });
      world.peer.send(mutated(random, Buffer.from(text)));
      await world.clock.advance(7000);
    }
    for (const { leg } of world.calls) leg.hangUp('enough');
  }
  for (const leg of world.agent.legs()) leg.hangUp('enough');
  await world.clock.advance(200_000);
  const { caught, transactions, legs } = world.agent.counters();
  assert.equal({ caught, transactions, legs, timers: world.clock.pending().map(({ name }) => name) }, { caught: 0, transactions: 0, legs: 0, timers: [] });
});

test.run();
