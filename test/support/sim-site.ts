import type { BrokerNet } from '../../hal/broker.ts';
import type { TestCall, TestCallEnd } from '../../firmware/console/parts/test-phone.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import { parseKeyScript } from '../../firmware/console/key-script.ts';
import type { WiredPins } from '../../firmware/signals/unit-signals.ts';
import type { Unit } from '../../firmware/run.ts';
import type { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { SimPhone } from '../../board/sim/phone/test-phone.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import type { SimHost } from '../../hal/sim/sim-host.ts';
import type { SimLines } from '../../hal/sim/sim-line.ts';
import { SimNetwork } from '../../hal/sim/sim-network.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import type { PromptBank } from '../../firmware/media/prompt-bank.ts';
import type { SeenLamp } from './lamp-watcher.ts';
import { watchLamps } from './lamp-watcher.ts';
import type { SimUnit } from './sim-unit.ts';
import { during } from './during.ts';
import { simUnit } from './sim-unit.ts';

export interface SiteOptions {
  readonly settings?: Settings;
  readonly storage?: SimStorage;
  readonly clock?: SimClock;
  readonly seed?: number;
  /** Gets the site's clock. */
  readonly broker?: (clock: SimClock) => BrokerNet;
  /** As in `SimUnitOptions`. */
  readonly supervised?: boolean;
  readonly pins?: WiredPins;
  readonly prompts?: PromptBank;
  /** The far ends of the lines of the settings; they need the site's clock. */
  readonly lines?: (clock: SimClock) => SimLines;
}

const unitAddress = '10.0.0.2';
const pbxAddress = '10.0.0.1';

/** A unit and a PBX on one virtual network: phones at the PBX call the unit, its lamps are watched. */
export class SimSite {
  readonly clock: SimClock;
  readonly network: SimNetwork;
  readonly storage: SimStorage;
  readonly unit: Unit;
  readonly log: UnitLog;
  readonly crashMedia: (reason: string) => void;
  /** The unit's own machine. */
  readonly host: SimHost;
  readonly made: SimUnit;
  lamps: SeenLamp[] = [];
  #phones = 0;

  /** Not started yet. */
  constructor(options: SiteOptions = {}) {
    this.clock = options.clock ?? new SimClock();
    this.network = new SimNetwork(this.clock, new SimRandom(options.seed ?? 11));
    this.storage = options.storage ?? new SimStorage();
    this.host = this.network.host(unitAddress);
    const made = simUnit({ clock: this.clock, host: this.host, storage: this.storage, supervised: options.supervised ?? true, pins: options.pins ?? null, ...(options.prompts === undefined ? {} : { prompts: options.prompts }), ...(options.lines === undefined ? {} : { lines: options.lines(this.clock) }), ...(options.broker === undefined ? {} : { broker: options.broker(this.clock) }), ...(options.settings === undefined ? {} : { settings: options.settings }) });
    this.made = made;
    this.unit = made.unit;
    this.log = made.log;
    this.crashMedia = made.crashMedia;
  }

  static async start(options: SiteOptions = {}): Promise<SimSite> {
    const site = new SimSite(options);
    site.lamps = await watchLamps(site.network.host(pbxAddress), pbxAddress);
    await site.during(site.unit.start());
    return site;
  }

  /** Lets virtual time pass until the work is done (a minute at most). */
  during<T>(work: Promise<T>, limitMs?: number): Promise<T> {
    return during(this.clock, work, limitMs);
  }

  /** A phone at the PBX: calls, does what the script says, hangs up. `heard` has what came to its ear. */
  phone(call: Partial<TestCall> & { target: string; script?: string; speak?: Int16Array }): { readonly end: Promise<TestCallEnd>; readonly told: string[]; readonly heard: () => Int16Array; hangUp(): void } {
    const host = this.network.host(pbxAddress);
    const told: string[] = [];
    const stop = new AbortController();
    let heard: Int16Array = new Int16Array(0);
    const phone = new SimPhone({
      clock: this.clock, random: new SimRandom(1000 + this.#phones++), datagram: host.datagram, stream: host.stream, net: host.net,
      batch: () => host.batch(),
      unit: () => ({ address: unitAddress, port: 5060 }),
      local: () => pbxAddress,
      speech: async () => call.speak ?? new Int16Array(0),
      heard: (samples) => void (heard = samples),
    });
    const script = parseKeyScript(call.script ?? '');
    if (!script.ok) throw new Error(script.message);
    const speech = call.speak === undefined ? null : ({ kind: 'say', text: '' } as const);
    const end = phone.call({ from: '301', transport: 'udp', ...call, speech, steps: script.steps }, (line) => void told.push(line), stop.signal);
    return { end, told, heard: () => heard, hangUp: () => stop.abort() };
  }

  /** Stops the unit in good order. */
  async stop(): Promise<void> {
    await this.during(this.unit.stop(2000));
  }
}

/** A voice-like signal: a tone that no beep detector takes for a beep, loud enough to be speech. */
export function voice(ms: number, hz = 440): Int16Array {
  return Int16Array.from({ length: ms * 8 }, (_, at) => Math.round(8000 * Math.sin((2 * Math.PI * hz * at) / 8000) * (0.6 + 0.4 * Math.sin(at / 900))));
}
