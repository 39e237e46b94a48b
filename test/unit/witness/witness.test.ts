import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HmacSeal } from '../../../firmware/failover/beat-seal.ts';
import type { Rank } from '../../../firmware/failover/role.ts';
import { silentLog } from '../../../firmware/log.ts';
import { leaseMs, listenMs } from '../../../firmware/witness/lease.ts';
import { maxPairs } from '../../../firmware/witness/pair-list.ts';
import { pairId, witnessKey } from '../../../firmware/witness/witness-key.ts';
import { decodeWitnessMessage, encodeWitnessMessage, witnessMessageBytes, type WitnessMessage } from '../../../firmware/witness/witness-message.ts';
import { Witness } from '../../../firmware/witness/witness.ts';
import type { DatagramSocket, Endpoint } from '../../../hal/datagram.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { figure } from '../../support/figure.ts';

const pair = { name: 'site-1', secret: 'the secret of site 1'.replaceAll(' ', '-') };
const peer: Endpoint = { address: '10.0.0.9', port: 5072 };

async function world() {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(1));
  const lines: string[] = [];
  const host = network.host(peer.address);
  const make = async (seed: number): Promise<Witness> => {
    const witness = new Witness({ clock, random: new SimRandom(seed), datagram: host.datagram, log: { write: (_severity, event, text) => void lines.push(`${event} ${text}`) } });
    await witness.start(peer, [pair]);
    return witness;
  };
  return { clock, network, lines, host, make, witness: await make(2) };
}

/** A unit that sends by hand. */
class HandUnit {
  readonly got: (WitnessMessage | string)[] = [];
  readonly sent: Uint8Array[] = [];
  readonly rank: Rank;
  session = 0n;
  sequence = 0;
  incarnation = 77n;
  readonly #seal: HmacSeal;
  readonly #name: string;
  #socket: DatagramSocket | null = null;

  constructor(rank: Rank, { name, secret } = pair) {
    this.rank = rank;
    this.#name = name;
    this.#seal = new HmacSeal(witnessKey({ name, secret }));
  }

  async open(network: SimNetwork, address: string): Promise<this> {
    this.#socket = await network.host(address).datagram.connect({ address: '0.0.0.0', port: 0 }, peer);
    this.#socket.received = (bytes) => {
      const message = decodeWitnessMessage(bytes, this.#seal);
      this.got.push(message);
      if (typeof message !== 'string' && message.kind === 'answer' && message.says === null) this.session = message.session;
    };
    return this;
  }

  report(over: Partial<Extract<WitnessMessage, { kind: 'report' }>['report']> = {}): void {
    const report = { serving: false, wonders: false, wants: false, epoch: 4, ...over };
    this.raw(encodeWitnessMessage({ kind: 'report', pair: pairId(this.#name), rank: this.rank, session: this.session, incarnation: this.incarnation, sequence: ++this.sequence, report }, this.#seal));
  }

  raw(bytes: Uint8Array): void {
    this.sent.push(bytes.slice());
    this.#socket?.send(bytes, peer);
  }

  get said(): string {
    const last = this.got.at(-1);
    return last === undefined ? 'nothing' : typeof last === 'string' ? last : last.kind === 'answer' ? String(last.says) : last.kind;
  }
}

test('a unit gets a session with its first answer, and counts from then on', async () => {
  const { clock, network, witness } = await world();
  const unit = await new HandUnit('primary').open(network, '10.0.0.1');
  unit.report({ serving: true });
  await clock.advance(5);
  assert.is(unit.said, 'null');
  assert.is(witness.pairs[0]?.lease.holder, null);
  unit.report({ serving: true });
  await clock.advance(5);
  assert.is(unit.said, 'yours');
  assert.is(witness.pairs[0]?.lease.holder, 'primary');
  assert.is(unit.sent[0]?.length, witnessMessageBytes);
});

test('a dead holder loses the lease to the backup that wants it, within its patience; a live one does not', async () => {
  const { clock, network, lines } = await world();
  const [a, b] = [await new HandUnit('primary').open(network, '10.0.0.1'), await new HandUnit('backup').open(network, '10.0.0.2')];
  await clock.advance(leaseMs);
  for (const unit of [a, b]) unit.report({ serving: unit === a });
  await clock.advance(5);
  for (const unit of [a, b]) unit.report({ serving: unit === a });
  await clock.advance(200);
  b.report({ wonders: true });
  await clock.advance(5);
  assert.is(b.said, 'asking');
  assert.is(a.said, 'probe');
  a.report({ serving: true });
  await clock.advance(5);
  b.report({ wonders: true, wants: true });
  await clock.advance(5);
  assert.is(b.said, 'theirs');
  await clock.advance(195);
  b.report({ wonders: true });
  await clock.advance(150);
  b.report({ wonders: true, wants: true });
  await clock.advance(5);
  assert.is(b.said, 'yours');
  assert.equal(lines, ['witness-lease The primary of pair site-1 has the lease.', 'witness-lease The backup of pair site-1 has the lease.']);
});

test('what was recorded changes nothing: of this session, of one before, of before the restart of the witness', async () => {
  const { clock, network, witness, host, make } = await world();
  const a = await new HandUnit('primary').open(network, '10.0.0.1');
  a.report({ serving: true });
  await clock.advance(5);
  a.report({ serving: true });
  await clock.advance(5);
  a.report({ serving: false });
  await clock.advance(5);
  assert.is(witness.pairs[0]?.lease.holder, null);
  const recorded = a.sent[1] as Uint8Array;
  a.raw(recorded);
  await clock.advance(5);
  assert.is(witness.refused.replayed, 1);
  // The unit starts anew and gets a session of its own.
  a.session = 0n;
  a.incarnation = 78n;
  a.sequence = 0;
  for (let count = 0; count < 2; count++) {
    a.report();
    await clock.advance(5);
  }
  assert.is(a.said, 'asking');
  a.raw(recorded);
  await clock.advance(5);
  assert.is(witness.pairs[0]?.lease.holder, null);
  host.crash();
  const second = await make(3);
  a.raw(recorded);
  await clock.advance(5);
  assert.is(second.pairs[0]?.lease.holder, null);
  assert.is(a.said, 'null');
});

test('a witness that has just started grants nothing for the length of a lease', async () => {
  const { clock, network } = await world();
  const b = await new HandUnit('backup').open(network, '10.0.0.2');
  b.report({ wants: true });
  await clock.advance(5);
  b.report({ wants: true });
  await clock.advance(5);
  assert.is(b.said, 'asking');
  await clock.advance(listenMs);
  b.report({ wants: true });
  await clock.advance(5);
  assert.is(b.said, 'learning');
  await clock.advance(leaseMs);
  b.report({ wants: true });
  await clock.advance(5);
  assert.is(b.said, 'yours');
});

test('strangers and garbage are counted by kind, get no answer, and change nothing', async () => {
  const { clock, network, witness } = await world();
  const unknown = await new HandUnit('primary', { ...pair, name: 'site-2' }).open(network, '10.0.0.3');
  const forger = await new HandUnit('primary', { ...pair, secret: 'another-secret-here' }).open(network, '10.0.0.4');
  for (const unit of [unknown, forger]) unit.report({ serving: true });
  const random = new SimRandom(9);
  for (let count = 0; count < 300; count++) forger.raw(random.bytes(random.below(130)));
  const bent = forger.sent[0] as Uint8Array;
  for (let at = 0; at < bent.length; at++) forger.raw(bent.map((byte, index) => (index === at ? byte ^ 1 : byte)));
  await clock.advance(10);
  assert.equal([unknown.got, forger.got], [[], []]);
  const { malformed, 'unknown-pair': unknownPair, 'foreign-key': foreignKey } = witness.refused;
  assert.is(malformed + unknownPair + foreignKey, 1 + 1 + 300 + 64);
  assert.ok(malformed >= 300 && unknownPair >= 9 && foreignKey >= 50);
  assert.is(witness.pairs[0]?.lease.holder, null);
});

test('of a flood only so many are checked, and the time after it is another', async () => {
  const { clock, network, witness } = await world();
  const a = await new HandUnit('primary').open(network, '10.0.0.1');
  for (let count = 0; count < 6000; count++) a.report();
  await clock.advance(50);
  assert.ok(witness.refused['too-many'] >= 900);
  await clock.advance(100);
  a.report();
  await clock.advance(5);
  a.report({ serving: true });
  await clock.advance(5);
  assert.is(a.said, 'yours');
});

test('another list of pairs: who stays keeps its lease, who is gone is not answered', async () => {
  const { clock, network, witness } = await world();
  const a = await new HandUnit('primary').open(network, '10.0.0.1');
  for (let count = 0; count < 2; count++) {
    a.report({ serving: true });
    await clock.advance(5);
  }
  witness.use([pair, { name: 'site-2', secret: pair.secret }]);
  assert.equal(witness.pairs.map(({ name, lease }) => `${name} ${lease.holder}`), ['site-1 primary', 'site-2 null']);
  witness.use([{ ...pair, secret: `${pair.secret}-new` }]);
  assert.is(witness.pairs[0]?.lease.holder, null);
  const before = a.got.length;
  a.report({ serving: true });
  await clock.advance(5);
  assert.is(a.got.length, before);
  assert.is(witness.refused['foreign-key'], 1);
});

test('a pair takes less than 1 KB', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const used = async (): Promise<number> => {
    for (let round = 0; round < 4; round++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return heapUsed + external + arrayBuffers;
  };
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(1));
  const witness = new Witness({ clock, random: new SimRandom(2), datagram: network.host(peer.address).datagram, log: silentLog });
  const list = Array.from({ length: maxPairs }, (_, at) => ({ name: `site-${at}`, secret: `${pair.secret}-${at}` }));
  await witness.start(peer, list);
  const units = await Promise.all(list.flatMap((one, at) => (['primary', 'backup'] as const).map((rank, index) => new HandUnit(rank, one).open(network, `10.${1 + index}.${at >> 8}.${at & 255}`))));
  for (let round = 0; round < 2; round++) {
    for (const unit of units) unit.report({ serving: unit.rank === 'primary' });
    await clock.advance(250);
  }
  assert.is(witness.pairs.filter(({ lease }) => lease.holder === 'primary').length, maxPairs);
  const fullBytes = await used();
  witness.use(list.slice(0, 1));
  const perPair = (fullBytes - (await used())) / (maxPairs - 1);
  figure(`a pair takes ${Math.round(perPair)} bytes of the witness's memory`);
  assert.ok(perPair > 200 && perPair < 1024, `${perPair} bytes`);
});

test.run();
