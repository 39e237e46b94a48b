// Two whole units on virtual time, paired by code.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Unit } from '../../../firmware/run.ts';
import type { SimHost } from '../../../hal/sim/sim-host.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { simUnit, testConfiguration, testSettings } from '../../support/sim-unit.ts';

const addresses = { primary: '10.0.0.2', backup: '10.0.0.3', pbx: '10.0.0.1' } as const;

class TwoUnits {
  readonly clock = new SimClock();
  readonly network = new SimNetwork(this.clock, new SimRandom(5));
  readonly hosts: Record<'primary' | 'backup', SimHost> = { primary: this.network.host(addresses.primary), backup: this.network.host(addresses.backup) };
  readonly primary = this.#unit('primary', addresses.backup);
  readonly backup = this.#unit('backup', addresses.primary);

  async during<T>(work: Promise<T>, limitMs = 30_000): Promise<T> {
    let done = false;
    work.then(() => (done = true), () => (done = true));
    for (let passed = 0; !done && passed < limitMs; passed += 10) {
      await this.clock.advance(10);
      if (passed % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return work;
  }

  async start(): Promise<void> {
    this.network.host(addresses.pbx);
    await this.during(Promise.all([this.primary.start(), this.backup.start()]));
    const { code } = await this.during((this.primary.pair.pairing as NonNullable<Unit['pair']['pairing']>).showCode());
    const joined = await this.during((this.backup.pair.pairing as NonNullable<Unit['pair']['pairing']>).join(addresses.primary, code));
    assert.ok(joined.ok);
    await this.clock.advance(2000);
  }

  get roles(): string[] {
    return [this.primary.pair.status().role, this.backup.pair.status().role];
  }

  #unit(rank: 'primary' | 'backup', partner: string): Unit {
    const host = this.hosts[rank];
    const settings = testSettings(`${testConfiguration}sip: { address: ${host.addresses[0]} }\npair: { rank: ${rank}, partner: [${partner}], references: [${addresses.pbx}] }\n`);
    return simUnit({ clock: this.clock, host, storage: new SimStorage(), settings, seed: rank.length }).unit;
  }
}

test('paired by code: the primary serves, the backup stands by; stopped, it hands over at once', async () => {
  const two = new TwoUnits();
  await two.start();
  assert.equal(two.roles, ['primary-active', 'backup-standby']);
  assert.equal([two.primary.pair.servesAs(), two.backup.pair.servesAs()], ['primary', 'backup'], 'a standby that the PBX calls serves as the backup too');
  await two.during(two.primary.stop(2000));
  await two.clock.advance(100);
  assert.is(two.backup.pair.status().role, 'backup-active');
  await two.during(two.backup.stop(2000));
});

test('primary-unplugged: the backup serves within half a second', async () => {
  const two = new TwoUnits();
  await two.start();
  two.hosts.primary.unplug();
  await two.clock.advance(500);
  assert.is(two.backup.pair.status().role, 'backup-active');
  await two.during(Promise.all([two.primary.stop(2000), two.backup.stop(2000)]));
});

test('sip-port-taken: a unit of a pair that cannot start leaves nothing that listens', async () => {
  const two = new TwoUnits();
  const { datagram } = two.hosts.primary;
  const taken = await datagram.bind({ address: addresses.primary, port: 5060 });
  const refused = await two.during(two.primary.start().then(() => null, (error: Error & { id?: string }) => error.id));
  assert.is(refused, 'address-in-use');
  taken.close();
  await two.during(two.primary.start());
  assert.is(two.primary.pair.pairing?.status().partner, null, 'its ports are free for the next try');
  await two.during(two.primary.stop(2000));
});

test.run();
