// Two units in network namespaces of their own, paired at their consoles, and a third machine where callers are.
import type { SampleChoices } from '../../../firmware/config/sample.ts';
import { NamespaceLan } from '../namespace-lan.ts';
import { OptionsProbe } from './options-probe.ts';
import { sleep } from './program.ts';
import { RunningUnit } from './running-unit.ts';

export const mailboxes = ['201', '202', '203', '204', '205', '206', '207', '208'];
export const shared = '10.9.0.100';

export type Rank = 'primary' | 'backup';

export interface PairChoices {
  readonly failback?: 'manual' | 'graceful' | 'automatic';
  /** Of the LAN, beside the two units and the callers. */
  readonly machines?: readonly string[];
  /** In place of callers who dial the shared address: PBXs. Then there is no such address, and no reference but them. */
  readonly peers?: (lan: NamespaceLan) => NonNullable<SampleChoices['peers']>;
  readonly sip?: SampleChoices['sip'];
  /** Done when the machines are there and the units are not. */
  readonly before?: (lan: NamespaceLan) => Promise<void>;
}

export class PairOfUnits {
  readonly lan: NamespaceLan;
  readonly primary: RunningUnit;
  readonly backup: RunningUnit;

  private constructor(lan: NamespaceLan, primary: RunningUnit, backup: RunningUnit) {
    this.lan = lan;
    this.primary = primary;
    this.backup = backup;
  }

  /** Resolves when the primary serves and the backup stands by. */
  static async start(choices: PairChoices = {}): Promise<PairOfUnits> {
    const lan = new NamespaceLan(['primary', 'backup', 'callers', ...(choices.machines ?? [])]);
    await choices.before?.(lan);
    const [primary, backup] = await Promise.all([startUnit(lan, 'primary', choices), startUnit(lan, 'backup', choices)]);
    const pair = new PairOfUnits(lan, primary, backup);
    await pair.#join();
    await pair.until('backup', 'backup-standby', 10_000);
    await pair.until('primary', 'primary-active', 10_000);
    return pair;
  }

  unit(rank: Rank): RunningUnit {
    return rank === 'primary' ? this.primary : this.backup;
  }

  /** Asks for a unit's role until it is this one; resolves to the milliseconds that took. */
  until(rank: Rank, role: string, limitMs: number): Promise<number> {
    return this.shows(rank, /^role +(\S+)/m, role, limitMs);
  }

  /** A unit hears its partner. */
  heard(rank: Rank, limitMs: number): Promise<number> {
    return this.shows(rank, /^partner +(\w+)/m, 'alive', limitMs);
  }

  /** Gives `failover` or `failback` until it is taken: right after a fault the partner may not be ready. */
  async command(rank: Rank, command: string, limitMs: number): Promise<void> {
    const until = Date.now() + limitMs;
    for (;;) {
      const answer = await this.unit(rank).console(command);
      if (answer.includes('was asked to')) return;
      if (Date.now() > until) throw new Error(`${command} at the ${rank}: ${answer}`);
      await sleep(200);
    }
  }

  /** Machines that have the shared address. */
  holders(): Rank[] {
    return (['primary', 'backup'] as const).filter((rank) => this.lan.ip(rank, 'address', 'show', 'dev', 'eth0').includes(`${shared}/`));
  }

  probe(everyMs: number, limitMs: number, target = shared): OptionsProbe {
    return new OptionsProbe(this.lan.namespace('callers'), target, everyMs, this.lan.ipv4('callers'), limitMs);
  }

  /** Looks at `show link` until the first group of `what` is `wanted`; resolves to the milliseconds that took. */
  async shows(rank: Rank, what: RegExp, wanted: string, limitMs: number): Promise<number> {
    const began = Date.now();
    for (;;) {
      const shown = await this.unit(rank).console('show link');
      const now = what.exec(shown)?.[1];
      if (now === wanted) return Date.now() - began;
      if (Date.now() - began > limitMs) throw new Error(`the ${rank} shows ${now} and not ${wanted} after ${limitMs} ms\n${shown}\n${this.unit(rank).log.slice(-20).join('\n')}`);
      await sleep(50);
    }
  }

  /** The code goes from one console to the other, as a technician carries it. */
  async #join(): Promise<void> {
    const code = /code (\S+)/.exec(await this.primary.console('pair code'))?.[1];
    const answer = await this.backup.console(`pair with ${this.lan.ipv4('primary')} ${code}`, 15_000);
    if (!answer.includes('paired with')) throw new Error(`the units were not paired: ${answer}\n${this.primary.log.join('\n')}`);
  }
}

function startUnit(lan: NamespaceLan, rank: Rank, { failback = 'graceful', peers, sip = {} }: PairChoices): Promise<RunningUnit> {
  const other = rank === 'primary' ? 'backup' : 'primary';
  const moved = { sharedAddress: `${shared}/24`, interface: 'eth0', references: [lan.ipv4('callers')] };
  const settings: SampleChoices = {
    unit: { name: rank },
    peers: peers?.(lan) ?? [{ name: 'callers', addresses: [lan.ipv4('callers')] }],
    sip: { address: lan.ipv4(rank), ...sip },
    pair: { rank, failback, partner: [lan.ipv4(other)], ...(peers === undefined ? moved : {}) },
  };
  return RunningUnit.start({ settings, mailboxes, namespace: lan.namespace(rank) });
}
