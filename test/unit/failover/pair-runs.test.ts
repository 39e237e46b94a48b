import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeIdentity } from '../../../firmware/failover/identity.ts';
import { hostRun, type HostState } from '../../../firmware/failover/pairing/host-run.ts';
import { joinRun, type JoinState } from '../../../firmware/failover/pairing/join-run.ts';
import type { PairMessage } from '../../../firmware/failover/pairing/pair-message.ts';
import type { RunEffect, RunFacts, RunInput, RunMachine, Transition } from '../../../firmware/failover/pairing/pair-run.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

function facts(seed: number, code = 'AAAA-BBBB-CCCC', purpose: RunFacts['purpose'] = 'pair'): RunFacts {
  const random = new SimRandom(seed);
  return { code, purpose, nonce: random.bytes(16), secret: random.bytes(32), own: { ...makeIdentity(random), name: `unit ${seed}` } };
}

const message = (one: PairMessage): RunInput => ({ kind: 'message', message: one });
const words = (effects: readonly RunEffect[]): string[] =>
  effects.map((effect) => (effect.kind === 'send' ? `send ${effect.message.kind}${effect.message.kind === 'refused' ? ` ${effect.message.reason}` : ''}` : effect.kind === 'over' ? effect.outcome : 'store'));

function sent(effects: readonly RunEffect[]): PairMessage {
  const found = effects.find((effect) => effect.kind === 'send');
  if (found?.kind !== 'send') throw new Error('nothing sent');
  return found.message;
}

/** Every state of both ends on the way to a pair, with what the other end says next. */
function way(hostCode = 'AAAA-BBBB-CCCC') {
  const host = hostRun(facts(1, hostCode));
  const joiner = joinRun(facts(2));
  const join = joiner.step(joiner.start.state, message(sent(host.start.effects)));
  const answer = host.step(host.start.state, message(sent(join.effects)));
  const proof = joiner.step(join.state, message(sent(answer.effects)));
  const hostStores = host.step(answer.state, message(sent(proof.effects)));
  const hostProof = hostStores.effects[0]?.kind === 'store' ? host.step(hostStores.state, { kind: 'stored' }) : null;
  const joinerStores = hostProof && joiner.step(proof.state, message(sent(hostProof.effects)));
  const stored = joinerStores && joiner.step(joinerStores.state, { kind: 'stored' });
  const last = hostProof && stored && host.step(hostProof.state, message(sent(stored.effects)));
  return { host, joiner, join, answer, proof, hostStores, hostProof, joinerStores, stored, last };
}

function whole() {
  const { hostProof, joinerStores, stored, last, ...rest } = way();
  if (hostProof === null || joinerStores === null || stored === null || last === null) throw new Error('the run did not come to its end');
  return { ...rest, hostProof, joinerStores, stored, last };
}

const agreementOf = (effects: readonly RunEffect[]) => effects.flatMap((effect) => (effect.kind === 'store' ? [effect.agreement] : []))[0];

test('with the same code both store the same pair, each with the other as partner', () => {
  const { hostStores, joinerStores, hostProof, stored, last } = whole();
  const [ours, theirs] = [agreementOf(hostStores.effects), agreementOf(joinerStores.effects)];
  assert.is(ours?.partner.name, 'unit 2');
  assert.is(theirs?.partner.name, 'unit 1');
  assert.equal([ours?.pairId, ours?.beatKey], [theirs?.pairId, theirs?.beatKey]);
  assert.is(ours?.beatKey.length, 32);
  assert.equal([words(hostProof.effects), words(stored.effects), words(last.effects)], [['send proof'], ['send stored', 'paired'], ['paired']]);
});

test('with another code the host says so, and says no proof', () => {
  const { hostStores } = way('AAAA-BBBB-CCCD');
  assert.equal(words(hostStores.effects), ['send refused wrong-code', 'wrong-code']);
});

test('two runs with the same code have nothing in common', () => {
  const one = agreementOf(whole().hostStores.effects);
  const host = hostRun(facts(3));
  const joiner = joinRun(facts(4));
  const join = joiner.step(joiner.start.state, message(sent(host.start.effects)));
  const answer = host.step(host.start.state, message(sent(join.effects)));
  const other = agreementOf(host.step(answer.state, message(sent(joiner.step(join.state, message(sent(answer.effects))).effects))).effects);
  assert.ok(one !== undefined && other !== undefined);
  assert.not.equal(one?.pairId, other?.pairId);
});

test('a proof that is sent back to its sender proves nothing', () => {
  const { joiner, proof } = whole();
  assert.equal(words(joiner.step(proof.state, message(sent(proof.effects))).effects), ['impostor']);
});

test('a share that is sent back to its sender is taken for the unit itself', () => {
  const { joiner, join } = whole();
  const { kind, ...share } = sent(join.effects) as Extract<PairMessage, { kind: 'join' }>;
  assert.is(kind, 'join');
  assert.equal(words(joiner.step(join.state, message({ kind: 'answer', point: share.point, associated: share.associated })).effects), ['self']);
});

test('a certificate that was exchanged on the way breaks the proof of either end', () => {
  const stranger = facts(9);
  const attack = joinRun(stranger).step(joinRun(stranger).start.state, message({ kind: 'greeting', version: 1, nonce: new Uint8Array(16) }));
  const strange = (sent(attack.effects) as Extract<PairMessage, { kind: 'join' }>).associated;
  const { host, joiner, join, answer } = whole();
  const changed = host.step(host.start.state, message({ ...(sent(join.effects) as Extract<PairMessage, { kind: 'join' }>), associated: strange }));
  const joinerProof = joiner.step(join.state, message(sent(changed.effects)));
  assert.equal(words(host.step(changed.state, message(sent(joinerProof.effects))).effects), ['send refused wrong-code', 'wrong-code']);
  const deceived = joiner.step(join.state, message({ ...(sent(answer.effects) as Extract<PairMessage, { kind: 'answer' }>), associated: strange }));
  assert.equal(words(host.step(answer.state, message(sent(deceived.effects))).effects), ['send refused wrong-code', 'wrong-code']);
});

const anyMac = new Uint8Array(32).fill(9);

test('every state of the host with every other input', () => {
  const { host, answer, hostStores, hostProof, last } = whole();
  const wrongPoint = { kind: 'join' as const, nonce: new Uint8Array(16), point: new Uint8Array(32), associated: new Uint8Array(0) };
  table(host, {
    'awaits-join': host.start.state, 'awaits-proof': answer.state, 'storing': hostStores.state, 'awaits-stored': hostProof.state, 'over': last.state,
  }, [
    ['join without a certificate', message(wrongPoint), ['garbage'], ['garbage'], ['garbage'], ['unconfirmed'], []],
    ['wrong proof', message({ kind: 'proof', mac: anyMac }), ['garbage'], ['send refused wrong-code', 'wrong-code'], ['garbage'], ['unconfirmed'], []],
    ['wrong stored', message({ kind: 'stored', mac: anyMac }), ['garbage'], ['garbage'], ['garbage'], ['unconfirmed'], []],
    ['refused', message({ kind: 'refused', reason: 'busy' }), ['garbage'], ['garbage'], ['garbage'], ['unconfirmed'], []],
    ['garbage', { kind: 'garbage' }, ['garbage'], ['garbage'], ['garbage'], ['unconfirmed'], []],
    ['gone', { kind: 'gone' }, ['lost'], ['lost'], ['unconfirmed'], ['unconfirmed'], []],
    ['not stored', { kind: 'not-stored', reason: 'failed' }, ['garbage'], ['garbage'], ['send refused failed', 'failed'], ['unconfirmed'], []],
  ]);
});

test('every state of the joiner with every other input', () => {
  const { joiner, join, proof, joinerStores, stored } = whole();
  const noCertificate = { kind: 'answer' as const, point: new Uint8Array(32), associated: new Uint8Array(0) };
  table(joiner, { 'awaits-greeting': joiner.start.state, 'awaits-answer': join.state, 'awaits-proof': proof.state, 'storing': joinerStores.state, 'over': stored.state }, [
    ['greeting of another version', message({ kind: 'greeting', version: 2, nonce: new Uint8Array(16) }), ['version'], ['garbage'], ['garbage'], [], []],
    ['answer without a certificate', message(noCertificate), ['garbage'], ['garbage'], ['garbage'], [], []],
    ['wrong proof', message({ kind: 'proof', mac: anyMac }), ['garbage'], ['garbage'], ['impostor'], [], []],
    ['refused', message({ kind: 'refused', reason: 'busy' }), ['busy'], ['busy'], ['busy'], [], []],
    ['garbage', { kind: 'garbage' }, ['garbage'], ['garbage'], ['garbage'], [], []],
    ['gone', { kind: 'gone' }, ['lost'], ['lost'], ['lost'], [], []],
    ['not stored', { kind: 'not-stored', reason: 'failed' }, ['garbage'], ['garbage'], ['garbage'], ['failed'], []],
  ]);
});

function table<State extends HostState | JoinState>(machine: RunMachine<State>, states: Record<string, State>, rows: readonly (readonly [string, RunInput, ...string[][]])[]): void {
  for (const [name, input, ...wanted] of rows) {
    Object.entries(states).forEach(([phase, state], at) => {
      const next: Transition<State> = machine.step(state, input);
      assert.equal(words(next.effects), wanted[at], `${name} in ${phase}`);
      assert.is(next.state.phase, wanted[at]?.length === 0 ? state.phase : 'over', `${name} in ${phase}`);
    });
  }
}

test.run();
