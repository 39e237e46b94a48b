import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PairConsole } from '../../../firmware/console/parts/pair-console.ts';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import type { JoinResult, PairingStatus } from '../../../firmware/failover/pairing/pairing.ts';
import type { PartnerRecord } from '../../../firmware/failover/pairing/pair-record.ts';
import type { WallMs } from '../../../hal/clock.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { diskIsFull, ExampleUnit } from './example-unit.ts';
import { Screen } from './screen.ts';

const nine = Date.UTC(2026, 0, 5, 9, 0, 0) as WallMs;
const partner: PartnerRecord = {
  pairId: '00', fingerprint: 'ab'.repeat(32), certificate: 'AAAA', name: 'Blaise\x1b[2J', pairedAtMs: nine, confirmed: true, rotatedAtMs: nine,
  ring: { current: { id: 3, key: 'secret key' }, previous: null, next: null },
};

/** A pairing that does as it is told. */
class ExamplePair implements PairConsole {
  partner: PartnerRecord | null = null;
  code: PairingStatus['code'] = null;
  result: JoinResult = { ok: true, partner };
  failure: Error | null = null;
  readonly done: string[] = [];
  aborted = false;

  status = (): PairingStatus => ({ fingerprint: 'cd'.repeat(32), partner: this.partner, code: this.code, wrongCodes: 2, garbage: 1 });

  async showCode() {
    if (this.failure !== null) throw this.failure;
    this.done.push('code');
    return { code: 'K7QM-2X9D-H40V', validMs: 600_000 };
  }

  async join(address: string, code: string, signal: AbortSignal): Promise<JoinResult> {
    this.done.push(`join ${address} ${code}`);
    if (address === '10.0.0.99') await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve((this.aborted = true) as never)));
    return this.result;
  }

  async forget(): Promise<boolean> {
    if (this.failure !== null) throw this.failure;
    return this.partner !== null;
  }
}

function session(pair: ExamplePair | null) {
  const unit = new ExampleUnit();
  unit.pair = pair;
  const logged: string[] = [];
  const terminal = new Screen(200);
  const one = new ConsoleSession({ terminal, unit, clock: new SimClock(), log: { write: (severity, event, text) => void logged.push(`${severity} ${event} ${text}`) }, who: 'test', ended: () => {} });
  one.start();
  const type = async (line: string): Promise<readonly string[]> => {
    const before = terminal.rows.length;
    one.feed(Buffer.from(`${line}\r`));
    await settle();
    return terminal.rows.slice(before, -1);
  };
  return { one, type, logged, terminal };
}

test('a unit that stands alone says so to each of them', async () => {
  const { type } = session(null);
  for (const line of ['show pair', 'pair code', 'pair with 10.0.0.1 K7QM-2X9D-H40V', 'pair forget']) {
    assert.equal(await type(line), ['this unit stands alone: there is no pair section in its configuration'], line);
  }
});

test('a code is shown once, with what to type and whom it replaces', async () => {
  const pair = new ExamplePair();
  const { type, logged } = session(pair);
  const shown = ['code K7QM-2X9D-H40V', 'It is good for 10 minutes and one pairing, and is not shown again. On the other unit: pair with ADDRESS K7QM-2X9D-H40V'];
  assert.equal(await type('pair code'), shown);
  pair.partner = partner;
  assert.equal(await type('pair code'), [...shown, 'Whoever joins takes the place of Blaise?[2J.']);
  assert.equal(logged, ['notice console-command test: pair code', 'notice console-command test: pair code']);
});

test('joining tells the partner; the log tells who did it and not the code', async () => {
  const pair = new ExamplePair();
  const { type, logged } = session(pair);
  assert.equal(await type('pair with 10.0.0.1 k7qm-2x9d-h40v'), ['paired with Blaise?[2J', `its certificate: ${'ab'.repeat(32)}`]);
  assert.equal(pair.done, ['join 10.0.0.1 k7qm-2x9d-h40v']);
  assert.equal(logged, ['notice console-command test: pair with 10.0.0.1 (not shown)']);
});

test('each refusal is a sentence with what to do', async () => {
  const pair = new ExamplePair();
  const { type } = session(pair);
  const whys = ['wrong-code', 'impostor', 'self', 'busy', 'version', 'garbage', 'lost', 'failed', 'unconfirmed', 'not-a-code', 'unreachable'] as const;
  const said = new Set<string>();
  for (const why of whys) {
    pair.result = { ok: false, why, detail: why === 'unreachable' ? '10.0.0.1:5070: refused' : '' };
    const lines = await type('pair with 10.0.0.1 K7QM-2X9D-H40V');
    assert.is(lines.length, 1);
    assert.match(lines[0] ?? '', /^not paired: [a-z' ]/);
    said.add(lines[0] ?? '');
  }
  assert.is(said.size, whys.length);
  assert.ok(said.has('not paired: nobody shows a code at 10.0.0.1 (10.0.0.1:5070: refused)'));
});

test('an address and a code that cannot be are refused before anything is done', async () => {
  const pair = new ExamplePair();
  const { type } = session(pair);
  assert.is((await type('pair with backup K7QM-2X9D-H40V')).at(-1), 'an address is written in digits: 192.0.2.7 or 2001:db8::7');
  assert.match((await type('pair with 10.0.0.1 K7QM-2X9D')).at(-1) ?? '', /^a code has 12 letters and digits/);
  assert.equal(pair.done, []);
});

test('Ctrl-C ends a pairing that waits', async () => {
  const pair = new ExamplePair();
  pair.result = { ok: false, why: 'lost', detail: '' };
  const { type, one } = session(pair);
  await type('pair with 10.0.0.99 K7QM-2X9D-H40V');
  assert.not(pair.aborted);
  one.feed(Buffer.from('\x03'));
  await settle();
  assert.ok(pair.aborted);
});

test('show pair: nobody, somebody, somebody who has not confirmed; never a key', async () => {
  const pair = new ExamplePair();
  const { type } = session(pair);
  assert.equal(await type('show pair'), [
    'partner              none: pair code on one unit, pair with on the other', 'code shown           none', 'wrong codes          2', 'strange connections  1', `this unit            ${'cd'.repeat(32)}`,
  ]);
  pair.partner = partner;
  pair.code = { validForMs: 90_000, triesLeft: 2 };
  const lines = await type('show pair');
  assert.equal(lines.slice(0, 5), [
    'partner              Blaise?[2J', `its certificate      ${'ab'.repeat(32)}`, 'paired               2026-01-05 10:00:00', 'heartbeat key        3, made 2026-01-05 10:00:00', 'code shown           good for 1:30, 2 tries',
  ]);
  pair.partner = { ...partner, confirmed: false, ring: { ...partner.ring, previous: { id: 2, key: 'older secret key' } } };
  const unsure = await type('show pair');
  assert.ok(unsure.includes('paired               2026-01-05 10:00:00, not confirmed'));
  assert.ok(unsure.includes('heartbeat key        3, made 2026-01-05 10:00:00, being renewed'));
  assert.is(unsure.at(-1), 'The partner has not shown yet that it holds this pairing. If it does not, pair the two again.');
  assert.not([...lines, ...unsure].some((line) => line.includes('secret')));
});

test('forgetting, with and without a partner, and when the disk refuses', async () => {
  const pair = new ExamplePair();
  const { type } = session(pair);
  assert.equal(await type('pair forget'), ['there was no partner']);
  pair.partner = partner;
  assert.equal(await type('pair forget'), ['Blaise?[2J is forgotten and its keys are wiped; give pair forget there too']);
  pair.failure = diskIsFull;
  assert.equal(await type('pair forget'), ['failed: out.wav: the disk is full']);
});

test.run();
