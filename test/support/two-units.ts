// Two whole units on virtual time, paired by code.
import * as assert from 'uvu/assert';
import type { BoardPin } from '../../firmware/signals/pin-uses.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import { silentLog } from '../../firmware/log.ts';
import { SettingsSource } from '../../firmware/site/sources/settings-source.ts';
import type { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import type { Unit } from '../../firmware/run.ts';
import type { SimHost } from '../../hal/sim/sim-host.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimGpio } from '../../hal/sim/sim-gpio.ts';
import { SimLines } from '../../hal/sim/sim-line.ts';
import { SimMail } from '../../hal/sim/sim-mail.ts';
import { SimNetwork } from '../../hal/sim/sim-network.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { simUnit, testConfiguration, testSettings } from './sim-unit.ts';

export const addresses = { primary: '10.0.0.2', backup: '10.0.0.3', pbx: '10.0.0.1' } as const;

/** Each unit has this button. */
export const failoverButton: BoardPin = { use: 'failover-button', chip: 'sim', line: 0, activeLow: true, bias: 'up' };

const settingsOf = (rank: 'primary' | 'backup', more: string): Settings =>
  testSettings(`${testConfiguration}sip: { address: ${addresses[rank]} }\npair: { rank: ${rank}, partner: [${addresses[rank === 'primary' ? 'backup' : 'primary']}], references: [${addresses.pbx}] }\n${more}`);

export class TwoUnits {
  readonly clock = new SimClock();
  readonly network = new SimNetwork(this.clock, new SimRandom(5));
  readonly hosts: Record<'primary' | 'backup', SimHost> = { primary: this.network.host(addresses.primary), backup: this.network.host(addresses.backup) };
  readonly storages: Record<'primary' | 'backup', SimStorage>;
  readonly gpio = { primary: new SimGpio(), backup: new SimGpio() };
  readonly logs = {} as Record<'primary' | 'backup', UnitLog>;
  /** Of the lines that `more` places at sim:PLACE. */
  readonly lines = { primary: new SimLines(this.clock), backup: new SimLines(this.clock) };
  readonly mail = { primary: new SimMail(this.clock), backup: new SimMail(this.clock) };
  readonly primary: Unit;
  readonly backup: Unit;
  readonly #more: string;
  readonly #sites: Partial<Record<'primary' | 'backup', SettingsSource>>;

  /** `more`: further lines of both configurations. */
  constructor(more = '', storages = { primary: new SimStorage(), backup: new SimStorage() }, sites: Partial<Record<'primary' | 'backup', SettingsSource>> = {}) {
    this.#more = more;
    this.storages = storages;
    this.#sites = sites;
    this.primary = this.#unit('primary');
    this.backup = this.#unit('backup');
  }

  /** Two that have a site in common. */
  static async sharing(more = ''): Promise<TwoUnits> {
    const storages = { primary: new SimStorage(), backup: new SimStorage() };
    const open = (rank: 'primary' | 'backup'): Promise<SettingsSource> => SettingsSource.open(storages[rank], settingsOf(rank, more), silentLog);
    return new TwoUnits(more, storages, { primary: await open('primary'), backup: await open('backup') });
  }

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

  async stop(): Promise<void> {
    await this.during(Promise.all([this.primary.stop(2000), this.backup.stop(2000)]));
  }

  get roles(): string[] {
    return [this.primary.pair.status().role, this.backup.pair.status().role];
  }

  #unit(rank: 'primary' | 'backup'): Unit {
    const host = this.hosts[rank];
    const [settings, site] = [settingsOf(rank, this.#more), this.#sites[rank]];
    const made = simUnit({ clock: this.clock, host, storage: this.storages[rank], settings, seed: rank.length, mail: this.mail[rank], ...(site === undefined ? {} : { site }), lines: this.lines[rank], pins: { driver: this.gpio[rank], pins: [failoverButton] } });
    this.logs[rank] = made.log;
    return made.unit;
  }
}
