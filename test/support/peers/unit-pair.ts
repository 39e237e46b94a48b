// Two units in network namespaces of their own, paired at their consoles, and a third machine where callers are.
import type { SampleChoices } from '../../../firmware/config/sample.ts';
import { NamespaceLan } from '../namespace-lan.ts';
import { OptionsProbe } from './options-probe.ts';
import { sleep } from './program.ts';
import type { UnitChoices } from './running-unit.ts';
import { RunningUnit } from './running-unit.ts';

export const mailboxes = ['201', '202', '203', '204', '205', '206', '207', '208'];
export const shared = '10.9.0.100';

/** The log tells of a change a little after the console does: at the end of a turn of the unit's loop, and by a pipe of its own. */
const toldMs = 1000;

export type Rank = 'primary' | 'backup';

export interface PairChoices {
  readonly failback?: 'manual' | 'graceful' | 'automatic';
  /** What becomes of messages, and how fast. */
  readonly exchange?: { readonly messages: 'none' | 'homecoming' | 'mirror'; readonly syncKbps: number };
  /** Of the LAN, beside the two units and the callers. */
  readonly machines?: readonly string[];
  /** In place of callers who dial the shared address: PBXs. Then there is no such address, and no reference but them. */
  readonly peers?: (lan: NamespaceLan) => NonNullable<SampleChoices['peers']>;
  readonly sip?: SampleChoices['sip'];
  /** Of the network, for what the two tell each other beside beats; the schema's default. */
  readonly syncKbps?: number;
  /** Of each unit: where its data lie, what its process is started with. */
  readonly unit?: (rank: Rank) => Pick<UnitChoices, 'folder' | 'environment'>;
  /** Of both units, as everything that follows. */
  readonly mailboxes?: readonly string[];
  readonly estate?: (lan: NamespaceLan) => SampleChoices['estate'];
  /** Device of the serial line at each. */
  readonly serial?: Readonly<Record<Rank, string>>;
  /** A machine of the LAN that is the witness, and how the pair is known there. */
  readonly witness?: { readonly machine: string; readonly name: string; readonly secret: string };
  /** What becomes of calls in progress. */
  readonly calls?: 'end' | 'follow';
  /** How often the health checks look; by default as in the schema. */
  readonly health?: SampleChoices['health'];
  readonly messages?: SampleChoices['messages'];
  /** Done when the machines are there and the units are not. */
  readonly before?: (lan: NamespaceLan) => Promise<void>;
}

export class PairOfUnits {
  readonly lan: NamespaceLan;
  primary: RunningUnit;
  readonly backup: RunningUnit;
  readonly #choices: PairChoices;

  private constructor(lan: NamespaceLan, primary: RunningUnit, backup: RunningUnit, choices: PairChoices) {
    this.#choices = choices;
    this.lan = lan;
    this.primary = primary;
    this.backup = backup;
  }

  /** Resolves when the primary serves and the backup stands by. */
  static async start(choices: PairChoices = {}): Promise<PairOfUnits> {
    const lan = new NamespaceLan(['primary', 'backup', 'callers', ...(choices.machines ?? [])]);
    await choices.before?.(lan);
    const [primary, backup] = await Promise.all([startUnit(lan, 'primary', choices), startUnit(lan, 'backup', choices)]);
    const pair = new PairOfUnits(lan, primary, backup, choices);
    await pair.#join();
    await pair.until('backup', 'backup-standby', 10_000);
    await pair.until('primary', 'primary-active', 10_000);
    return pair;
  }

  /** Another machine takes the place of the primary: nothing is on its disk, and the two are paired anew. */
  async replacePrimary(): Promise<void> {
    this.primary = await startUnit(this.lan, 'primary', this.#choices);
    await this.#join();
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

  /** Somebody who calls again and again, and hangs up when answered. */
  callers(everyMs: number, limitMs: number, target = shared): OptionsProbe {
    return new OptionsProbe(this.lan.namespace('callers'), target, everyMs, this.lan.ipv4('callers'), limitMs, 'invite');
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

  /** What both units have told of their roles. */
  roleChanges(): string[] {
    return (['primary', 'backup'] as const).flatMap((rank) => this.unit(rank).logged('pair-role'));
  }

  /** When the unit changed its role for this cause, wall time in milliseconds, after another time; the console may show it already, and the log not yet. */
  async changedRole(rank: Rank, cause: string, sinceMs: number): Promise<number> {
    for (const until = Date.now() + toldMs; ; await sleep(20)) {
      const times = this.unit(rank).logged('pair-role').filter((line) => line.includes(cause)).map((line) => Date.parse(line.split(' ', 1)[0] ?? ''));
      const atMs = times.find((one) => one >= sinceMs);
      if (atMs !== undefined) return atMs;
      if (Date.now() > until) throw new Error(`the ${rank} has not changed its role since "${cause}"\n${this.roleChanges().join('\n')}`);
    }
  }

  /** The code goes from one console to the other, as a technician carries it. */
  async #join(): Promise<void> {
    const code = /code (\S+)/.exec(await this.primary.console('pair code'))?.[1];
    const answer = await this.backup.console(`pair with ${this.lan.ipv4('primary')} ${code}`, 15_000);
    if (!answer.includes('paired with')) throw new Error(`the units were not paired: ${answer}\n${this.primary.log.join('\n')}`);
  }
}

/** What of `choices` stands in the pair's section of this unit's settings. */
function pairSettings(lan: NamespaceLan, rank: Rank, { failback = 'graceful', calls = 'end', peers, exchange, syncKbps, serial, witness }: PairChoices): SampleChoices['pair'] {
  const moved = { sharedAddress: `${shared}/24`, interface: 'eth0', references: [lan.ipv4('callers')] };
  return {
    rank, failback, calls, partner: [lan.ipv4(rank === 'primary' ? 'backup' : 'primary')], ...exchange,
    ...(syncKbps === undefined ? {} : { syncKbps }),
    ...(serial === undefined ? {} : { serial: { device: serial[rank] } }),
    ...(witness === undefined ? {} : { witness: { address: lan.ipv4(witness.machine), name: witness.name, secret: witness.secret } }),
    ...(peers === undefined ? moved : {}),
  };
}

function startUnit(lan: NamespaceLan, rank: Rank, choices: PairChoices): Promise<RunningUnit> {
  const { peers, sip = {}, estate, messages, health, unit = () => ({}) } = choices;
  const settings: SampleChoices = {
    unit: { name: rank },
    peers: peers?.(lan) ?? [{ name: 'callers', addresses: [lan.ipv4('callers')] }],
    sip: { address: lan.ipv4(rank), ...sip },
    pair: pairSettings(lan, rank, choices),
    ...(estate === undefined ? {} : { estate: estate(lan) }),
    ...(messages === undefined ? {} : { messages }),
    ...(health === undefined ? {} : { health }),
  };
  return RunningUnit.start({ settings, mailboxes: choices.mailboxes ?? mailboxes, namespace: lan.namespace(rank), ...unit(rank) });
}
