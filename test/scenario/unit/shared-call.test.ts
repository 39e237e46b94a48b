// A whole unit that shares an address with its partner, and a caller who knows no other.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TestCallEnd } from '../../../firmware/console/parts/test-phone.ts';
import type { Unit } from '../../../firmware/run.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { leaveMessage } from '../../support/leave-message.ts';
import { simUnit, testConfiguration, testSettings } from '../../support/sim-unit.ts';

const shared = '10.0.0.10';
const pbx = '10.0.0.1';

class SharingUnit {
  readonly clock = new SimClock();
  readonly network = new SimNetwork(this.clock, new SimRandom(5));
  readonly unit: Unit;
  /** Where datagrams to the caller came from. */
  readonly senders = new Set<string>();

  constructor(calls: 'end' | 'follow') {
    const pair = `{ rank: primary, partner: [10.0.0.3], references: [${pbx}], sharedAddress: ${shared}/24, interface: eth0, calls: ${calls} }`;
    const settings = testSettings(`${testConfiguration}sip: { address: 10.0.0.2 }\npair: ${pair}\n`);
    this.network.host(pbx);
    this.unit = simUnit({ clock: this.clock, host: this.network.host('10.0.0.2'), storage: new SimStorage(), settings }).unit;
    this.network.intercept = ({ from, to }) => {
      if (to.address === pbx) this.senders.add(`${from.address} ${from.port === 5060 ? 'sip' : 'audio'}`);
      return 'pass';
    };
  }

  async during<T>(work: Promise<T>): Promise<T> {
    let done = false;
    work.then(() => (done = true), () => (done = true));
    for (let passed = 0; !done && passed < 60_000; passed += 10) {
      await this.clock.advance(10);
      if (passed % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.ok(done, 'done within a minute of virtual time');
    return work;
  }

  /** Alone, the unit takes the address; then somebody leaves a message of 4 s. */
  async leaveMessage(): Promise<TestCallEnd> {
    await this.during(this.unit.start());
    await this.clock.advance(10_000);
    assert.ok(this.network.host('10.0.0.2').addresses.includes(shared), 'the unit serves, and holds the address');
    this.senders.clear();
    return this.during(leaveMessage(this, shared, 4, 8));
  }
}

for (const [calls, from] of [['follow', shared], ['end', '10.0.0.2']] as const) {
  test(`pair.calls ${calls}: audio leaves from ${from} and the message is kept`, async () => {
    const sharing = new SharingUnit(calls);
    await sharing.leaveMessage();
    assert.ok(sharing.senders.has(`${from} audio`), [...sharing.senders].join());
    assert.not(sharing.senders.has(`${from === shared ? '10.0.0.2' : shared} audio`));
    await sharing.clock.advance(5000);
    assert.is(sharing.unit.store.counts('201').new, 1);
    await sharing.during(sharing.unit.stop(2000));
  });
}

test.run();
