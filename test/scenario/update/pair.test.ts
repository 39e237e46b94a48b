import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { serves } from '../../../firmware/failover/role.ts';
import { ownRelease, describeRelease } from '../../../firmware/update/release-facts.ts';
import type { Unit } from '../../../firmware/run.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { addresses } from '../../support/two-units.ts';
import { leaveMessage } from '../../support/leave-message.ts';
import { testConfiguration, testSettings } from '../../support/sim-unit.ts';
import { firstVersion, UpdateMachine, type VersionBehaviour } from '../../support/update-machine-world.ts';

const by = 'bob';
const url = '/media/new.raucb';
const partnerOf = { primary: 'backup', backup: 'primary' } as const;

class TwoMachines {
  readonly clock = new SimClock();
  readonly network = new SimNetwork(this.clock, new SimRandom(5));
  readonly primary = this.#machine('primary');
  readonly backup = this.#machine('backup');
  /** Longest time in which neither served, milliseconds. */
  longestGapMs = 0;
  #gapSinceMs: number | null = null;

  async start(): Promise<void> {
    this.network.host(addresses.pbx);
    await this.primary.during(Promise.all([this.primary.powerOn(), this.backup.powerOn()]));
    const { code } = await this.primary.during(pairing(this.primary).showCode());
    assert.ok((await this.primary.during(pairing(this.backup).join(addresses.primary, code))).ok);
    await this.until('both are good', () => this.good('primary') && this.good('backup') && this.role('primary') === 'primary-active' && this.role('backup') === 'backup-standby');
    await this.clock.advance(3000);
  }

  async until(what: string, done: () => boolean, limitMs = 900_000): Promise<void> {
    const looked = (): boolean => {
      this.#watch();
      return done();
    };
    if (!(await this.clock.until(looked, limitMs, 50))) throw new Error(`not within ${limitMs / 1000} s: ${what}; ${JSON.stringify([this.primary, this.backup].map(({ log, ran }) => [ran, log.slice(-5).map(({ text }) => text)]))}`);
  }

  /** A bundle of the same file on a stick in the primary. */
  offer(version: string, behaviour: VersionBehaviour = {}): void {
    this.backup.versions.set(version, behaviour);
    const bundle = this.primary.bundle(version, { bytes: 400_000 }, behaviour);
    this.primary.slots.bundles.set(url, bundle);
  }

  good(rank: 'primary' | 'backup'): boolean {
    const { run } = this[rank];
    return run?.unit.running === true && run.unit.update?.desk.status().phase === 'idle' && run.unit.update.desk.status().slots?.booted.good === true;
  }

  role(rank: 'primary' | 'backup'): string {
    return this[rank].run?.unit.pair.status().role ?? 'off';
  }

  update(rank: 'primary' | 'backup') {
    const update = this[rank].run?.unit.update ?? null;
    if (update === null) throw new Error('no unit runs');
    return update;
  }

  async off(): Promise<void> {
    await this.primary.off();
    await this.backup.off();
  }

  #machine(rank: 'primary' | 'backup'): UpdateMachine {
    const settings = testSettings(`${testConfiguration}sip: { address: ${addresses[rank]} }\npair: { rank: ${rank}, partner: [${addresses[partnerOf[rank]]}], references: [${addresses.pbx}] }\n`);
    return new UpdateMachine({ clock: this.clock, network: this.network, address: addresses[rank], settings, seed: rank.length });
  }

  #watch(): void {
    const now = this.clock.monotonic();
    const served = (['primary', 'backup'] as const).some((rank) => serves(this.role(rank) as never));
    if (served) this.#gapSinceMs = null;
    else this.longestGapMs = Math.max(this.longestGapMs, now - (this.#gapSinceMs ??= now) + 50);
  }
}

const pairing = ({ run }: UpdateMachine): NonNullable<Unit['pair']['pairing']> => run?.unit.pair.pairing as NonNullable<Unit['pair']['pairing']>;

async function started(): Promise<TwoMachines> {
  const two = new TwoMachines();
  await two.start();
  return two;
}

test('a pair: the standby first, tried and good, then a planned handover and the other; a call that is up ends before its unit goes, and somebody serves all the time', async () => {
  const two = await started();
  two.offer('0.2.0');
  assert.not.ok((await two.primary.during(two.update('backup').pair.order(url, by))).ok, 'not at the standby');
  const answer = await two.primary.during(two.update('primary').pair.order(url, by));
  assert.ok(answer.ok, answer.text);
  await two.until('the backup runs it', () => two.backup.version === '0.2.0' && two.good('backup'));
  assert.equal([two.primary.version, two.role('primary')], [firstVersion, 'primary-active'], 'the primary has not been touched meanwhile');
  const call = leaveMessage(two, addresses.primary, 15, 901);
  await two.until('the backup serves', () => two.role('backup') === 'backup-active');
  await two.until('the primary runs it', () => two.primary.version === '0.2.0' && two.good('primary'));
  const { answered, durationMs } = await two.primary.during(call);
  assert.ok(answered && durationMs > 15_000, 'the call was heard to its end');
  await two.until('the primary is back in service', () => two.role('primary') === 'primary-active');
  assert.equal([two.primary.ran, two.backup.ran], [[firstVersion, '0.2.0'], [firstVersion, '0.2.0']]);
  assert.ok(two.longestGapMs <= 500, `nobody served for ${two.longestGapMs} ms`);
  assert.is((await two.primary.run?.unit.store.messages('201'))?.length, 1);
  await two.off();
});

test('if the first does not keep it, the second is not touched', async () => {
  const two = await started();
  two.offer('0.2.0', { fault: 'mute' });
  assert.ok((await two.primary.during(two.update('primary').pair.order(url, by))).ok);
  await two.until('it is being followed', () => two.update('primary').pair.state.phase === 'following');
  // A time server is heard for the first time: no limit of the update is meant by that.
  two.clock.stepWall(7 * 86_400_000);
  await two.until('it has ended', () => two.update('primary').pair.state.last !== null && two.good('backup'));
  assert.match(two.update('primary').pair.state.last ?? '', /the partner did not keep version 0\.2\.0, and this unit was not touched: no call of its own was answered/);
  assert.equal([two.primary.ran, two.backup.version], [[firstVersion], firstVersion]);
  assert.ok(two.primary.log.some(({ severity, event }) => severity === 'alert' && event === 'pair-update-ended'));
  await two.off();
});

test('a version that does not speak the pair\'s protocol is refused before it goes anywhere', async () => {
  const two = await started();
  const strange = { ...ownRelease, pair: 9, pairFrom: 8 };
  two.primary.file(url, '0.2.0', { description: describeRelease(strange) });
  const { ok, text } = await two.primary.during(two.update('primary').pair.order(url, by));
  assert.not.ok(ok);
  assert.match(text, /speaks versions 8 to 9 of the pair's protocol, and the partner 1 to 1/);
  assert.ok((await two.primary.during(two.update('primary').desk.order(url, by, 'idle'))).ok, 'the command is taken, and then refused');
  await two.until('refused', () => two.update('primary').desk.status().record.outcomes[0]?.end === 'refused');
  await two.off();
});

for (const victim of ['primary', 'backup'] as const) {
  test(`power cut at the ${victim} at every moment of an update of the pair: both come back with a version that answers, and the next update works`, async () => {
    for (let cutMs = 200; cutMs <= 16_200; cutMs += 2000) {
      const two = await started();
      two.offer('0.2.0');
      assert.ok((await two.primary.during(two.update('primary').pair.order(url, by))).ok);
      await two.clock.advance(cutMs);
      two[victim].cutPower();
      await two.clock.advance(1000);
      await two.primary.during(two[victim].powerOn());
      await two.until(`both are good after a cut at ${cutMs} ms`, () => two.good('primary') && two.good('backup') && (two.primary.run?.unit.update?.pair.state.phase ?? 'off') !== 'sending' && two.update('primary').pair.holds === null);
      await two.until('the primary serves', () => two.role('primary') === 'primary-active' && two.role('backup') === 'backup-standby');
      await two.clock.advance(5000);
      two.offer('0.3.0');
      const again = await two.primary.during(two.update('primary').pair.order(url, by));
      assert.ok(again.ok, `${cutMs}: ${again.text}`);
      await two.until(`the next update works after a cut at ${cutMs} ms`, () => two.primary.version === '0.3.0' && two.backup.version === '0.3.0' && two.good('primary') && two.good('backup'));
      await two.off();
    }
  });
}

test.run();
