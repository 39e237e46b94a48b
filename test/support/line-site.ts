import { toUlaw } from '../../hal/g711.ts';
import type { CallerId } from '../../hal/line.ts';
import type { SimExchange } from '../../hal/sim/sim-exchange.ts';
import type { SimLineOptions } from '../../hal/sim/sim-far-end.ts';
import { SimLines } from '../../hal/sim/sim-line.ts';
import { SimSite, voice } from './sim-site.ts';
import type { SiteOptions } from './sim-site.ts';
import { testConfiguration, testSettings } from './sim-unit.ts';

export const ada: CallerId = { number: '0301234', name: 'ADA', absent: null };

export interface LineSiteOptions extends Omit<SiteOptions, 'settings' | 'lines'> {
  /** What the device of both trunks can do. */
  readonly trunk?: SimLineOptions;
  /** Further keys of both lines in the configuration. */
  readonly keys?: string;
  /** In place of the routes: mailbox 201 by trunk-1, collect by trunk-2. */
  readonly incoming?: string;
  /** Further lines of the configuration. */
  readonly more?: string;
  readonly ports?: number;
}

/** A unit with two trunk lines of an exchange; `trunk-1` leaves messages for 201, `trunk-2` collects. */
export interface LineSite extends SimSite {
  readonly exchange: SimExchange;
  readonly second: SimExchange;
}

export function lineConfiguration({ keys = '', incoming = '{ name: one, line: trunk-1, mailbox: "201" }, { name: two, line: trunk-2, collect: true }', more = '', ports = 4 }: LineSiteOptions = {}): string {
  return `${testConfiguration.replace('ports: 4', `ports: ${ports}`)}
lines:
  - { name: trunk-1, device: "sim:1", kind: trunk, number: "5550100"${keys} }
  - { name: trunk-2, device: "sim:2", kind: trunk, number: "5550101"${keys} }
incoming: [${incoming}]
${more}`;
}

export async function lineSite(options: LineSiteOptions = {}): Promise<LineSite> {
  const ends: SimExchange[] = [];
  const lines = (clock: SimSite['clock']): SimLines => {
    const made = new SimLines(clock);
    ends.push(made.exchange('1', options.trunk), made.exchange('2', options.trunk));
    return made;
  };
  const site = await SimSite.start({ ...options, settings: testSettings(lineConfiguration(options)), lines });
  await site.clock.advance(100);
  const [exchange, second] = ends as [SimExchange, SimExchange];
  return Object.assign(site, { exchange, second });
}

/** Speech as the codes of the simulated line. */
export function spoken(ms: number): Uint8Array {
  return Uint8Array.from(voice(ms), toUlaw);
}

/** Until the unit has taken the call and has said and beeped what there is before a message. */
export async function untilRecording(site: LineSite, exchange: SimExchange = site.exchange): Promise<void> {
  const records = (): boolean => exchange.offHook && site.unit.calls.summaries().some(({ doing }) => doing === 'recording');
  if (!(await site.clock.until(records, 60_000))) throw new Error(`nothing is recorded: ${JSON.stringify(site.unit.lines.rows())} ${JSON.stringify(site.unit.calls.summaries())}`);
}
