import type { SimExchange } from '../../hal/sim/sim-exchange.ts';
import type { SimLineOptions } from '../../hal/sim/sim-far-end.ts';
import { SimLines } from '../../hal/sim/sim-line.ts';
import type { SimTelephone } from '../../hal/sim/sim-telephone.ts';
import type { WiredPins } from '../../firmware/signals/unit-signals.ts';
import { SimSite } from './sim-site.ts';
import { SipExtension } from './sip-extension.ts';
import { testConfiguration, testSettings } from './sim-unit.ts';

export interface PhoneSiteOptions {
  readonly ports?: number;
  readonly phone?: SimLineOptions;
  readonly trunk?: SimLineOptions;
  readonly incoming?: string;
  readonly pins?: WiredPins;
}

/** A unit with two telephones (201, which has a mailbox, and 305), two trunks, and a SIP telephone at its peer `office`. */
export interface PhoneSite extends SimSite {
  readonly ada: SimTelephone;
  readonly hall: SimTelephone;
  readonly trunks: readonly [SimExchange, SimExchange];
  readonly office: SipExtension;
}

const standardRoute = '{ name: all, extension: "500", peer: office, mailbox: "202", afterSec: 20 }';

export const phoneConfiguration = ({ ports = 4, incoming = standardRoute }: PhoneSiteOptions = {}): string => `${testConfiguration
  .replace('ports: 4', `ports: ${ports}`)
  .replace('lamps: notify }', 'lamps: notify }\n  - { name: office, addresses: [10.0.0.5], host: 10.0.0.5, lamps: none }\n  - { name: stranger, addresses: [10.0.0.6], lamps: none }')}
lines:
  - { name: ada, device: "sim:ada", kind: phone, number: "201", peer: office }
  - { name: hall, device: "sim:hall", kind: phone, number: "305" }
  - { name: trunk-1, device: "sim:1", kind: trunk, prefix: "0", dialOutPeers: [office] }
  - { name: trunk-2, device: "sim:2", kind: trunk, prefix: "0" }
incoming: [${incoming}]
`;

export async function phoneSite(options: PhoneSiteOptions = {}): Promise<PhoneSite> {
  let made: { ada: SimTelephone; hall: SimTelephone; trunks: readonly [SimExchange, SimExchange] } | null = null;
  const lines = (clock: SimSite['clock']): SimLines => {
    const cards = new SimLines(clock);
    const trunk: SimLineOptions = { tones: 'device', ...options.trunk };
    made = { ada: cards.telephone('ada', options.phone), hall: cards.telephone('hall', options.phone), trunks: [cards.exchange('1', trunk), cards.exchange('2', trunk)] };
    return cards;
  };
  const site = await SimSite.start({ settings: testSettings(phoneConfiguration(options)), lines, ...(options.pins === undefined ? {} : { pins: options.pins }) });
  const office = await SipExtension.start(site);
  await site.clock.advance(100);
  if (made === null) throw new Error('no lines were made');
  return Object.assign(site, made as { ada: SimTelephone; hall: SimTelephone; trunks: readonly [SimExchange, SimExchange] }, { office });
}

/** Nothing may be left of a call: no port, no leg, no timer but those of an idle unit. */
export async function phoneSiteEnds(site: PhoneSite): Promise<void> {
  for (const telephone of [site.ada, site.hall]) telephone.putDown();
  await site.clock.advance(5000);
  const { unit } = site;
  const left = { calls: unit.calls.summaries(), ports: unit.calls.ports.inUse, legs: unit.sip.legs().map(({ id }) => id), lines: unit.lines.rows().map(({ name, state }) => `${name} ${state}`).filter((row) => !row.endsWith('idle')) };
  if (left.calls.length + left.ports + left.legs.length + left.lines.length > 0) throw new Error(`left behind: ${JSON.stringify(left)}`);
  await site.office.stop();
  await site.stop();
  await site.clock.advance(70_000);
  const timers = site.clock.pending().map(({ name }) => name).filter((name) => !name.startsWith('sim '));
  if (timers.length > 0) throw new Error(`timers left: ${timers.join(', ')}`);
}
