import * as assert from 'uvu/assert';
import { PhoneBank } from './phone-bank.ts';
import { SimSite } from './sim-site.ts';
import { testConfiguration, testSettings } from './sim-unit.ts';

/** A unit with queue 800, which has a mailbox, and its agents at a PBX that does not take calls over. */
export interface QueueSite extends SimSite {
  readonly bank: PhoneBank;
}

/** `queue`: further settings of 800; `more`: further queues. */
export async function queueSite(queue = '', more = '', ports = 8): Promise<QueueSite> {
  const text = testConfiguration
    .replace('ports: 4', `ports: ${ports}`)
    .replace('lamps: notify }', 'lamps: notify }\n  - { name: office, addresses: [10.0.0.5], host: 10.0.0.5, lamps: none, queued: {} }')
    .replace('  - { number: "201"', '  - { number: "800", name: Sales }\n  - { number: "201"');
  const site = await SimSite.start({ settings: testSettings(`${text}queues:\n  - { number: "800", peer: office, agents: ["401", "402"], firstSec: 5, secondSec: 10, everySec: 10${queue} }\n${more}`) });
  const bank = await PhoneBank.start(site);
  await site.clock.advance(100);
  return Object.assign(site, { bank });
}

/** Nothing may be left of any call. */
export async function ends(site: QueueSite): Promise<void> {
  await site.clock.advance(10_000);
  const { unit } = site;
  assert.equal({ calls: unit.calls.summaries(), ports: unit.calls.ports.inUse, legs: unit.sip.legs().map(({ id }) => id), callers: unit.queues.desk.state.callers }, { calls: [], ports: 0, legs: [], callers: [] });
  assert.equal(Object.values(unit.queues.desk.state.agents).filter(({ caller }) => caller !== null), [], 'no agent is taken');
  await site.bank.stop();
  await site.stop();
  await site.clock.advance(70_000);
  assert.equal(site.clock.pending().map(({ name }) => name).filter((name) => !name.startsWith('sim ')), []);
}

export const phone = (site: QueueSite, number: string): ReturnType<PhoneBank['phone']> => site.bank.phone(number);

/** The site gets a flow that begins there. */
export async function putFlow(site: QueueSite, start: object, actions: object): Promise<void> {
  const put = await site.during(site.unit.flows.library.put(JSON.stringify({ form: 1, name: 'Flow', first: 'go', starts: [start], actions })));
  assert.equal(put, { put: true });
}
