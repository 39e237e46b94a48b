// Scenario 3: a central pair at PBX A and PBX B, a distributed unit at PBX C; each machine a network namespace.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SampleChoices } from '../../../firmware/config/sample.ts';
import { NamespaceLan } from '../namespace-lan.ts';
import { KamailioPbx, unitUser } from './kamailio-pbx.ts';
import { sleep } from './program.ts';
import type { Sound } from './rtp-track.ts';
import { writeTrack } from './rtp-track.ts';
import { RunningUnit } from './running-unit.ts';
import type { SippEnd } from './sipp.ts';
import { sipp } from './sipp.ts';
import { speech } from './spoken.ts';

export type Machine = 'pbxa' | 'pbxb' | 'pbxc' | 'primary' | 'backup' | 'far' | 'callers';
export type UnitName = 'primary' | 'backup' | 'far';
type Peer = NonNullable<SampleChoices['peers']>[number];

const machines: readonly Machine[] = ['pbxa', 'pbxb', 'pbxc', 'primary', 'backup', 'far', 'callers'];
const central: readonly Machine[] = ['pbxa', 'pbxb', 'primary', 'backup'];
/** Beside PBX C. Callers stay: the telephones of both sites are on one machine here. */
const away: readonly Machine[] = ['pbxc', 'far'];
/** Nobody has it: what goes there is lost without a word, as on a line that is cut. */
const nowhere = '02:00:00:00:00:99';
const tracks = mkdtempSync(path.join(tmpdir(), 'three-sites-'));

export class ThreeSites {
  readonly lan: NamespaceLan;
  readonly pbxs: Readonly<Record<'pbxa' | 'pbxb' | 'pbxc', KamailioPbx>>;
  readonly units: Readonly<Record<UnitName, RunningUnit>>;

  private constructor(lan: NamespaceLan, pbxs: ThreeSites['pbxs'], units: ThreeSites['units']) {
    this.lan = lan;
    this.pbxs = pbxs;
    this.units = units;
  }

  /** Resolves when the central pair is formed and the distributed unit follows it. */
  static async start(): Promise<ThreeSites> {
    const lan = new NamespaceLan(machines);
    const pbx = (name: Machine): KamailioPbx => new KamailioPbx({ address: lan.ipv4(name), port: 5060, namespace: lan.namespace(name) });
    const pbxs = { pbxa: pbx('pbxa'), pbxb: pbx('pbxb'), pbxc: pbx('pbxc') };
    await Promise.all(Object.values(pbxs).map((one) => one.start()));
    const [primary, backup, far] = await Promise.all([startCentral(lan, 'primary'), startCentral(lan, 'backup'), startFar(lan)]);
    const sites = new ThreeSites(lan, pbxs, { primary, backup, far });
    await sites.#joinAll();
    return sites;
  }

  /** Looks at what a command prints until the first group of `what` is `wanted`; resolves to the milliseconds that took. */
  async shows(unit: UnitName, command: string, what: RegExp, wanted: string, limitMs: number): Promise<number> {
    const began = Date.now();
    for (;;) {
      const shown = await this.units[unit].console(command);
      const now = what.exec(shown)?.[1];
      if (now === wanted) return Date.now() - began;
      if (Date.now() - began > limitMs) throw new Error(`${unit}: ${command} shows ${now} and not ${wanted} after ${limitMs} ms\n${shown}\n${this.units[unit].log.slice(-25).join('\n')}`);
      // What a program prints is kept to a limit: a long wait must not ask so often that the answers fill it.
      await sleep(Math.max(50, limitMs / 250));
    }
  }

  standing(wanted: string, limitMs: number): Promise<number> {
    return this.shows('far', 'show members', /^this unit is +(\w+)/m, wanted, limitMs);
  }

  /** Until a unit holds so many messages of a mailbox; resolves to the milliseconds that took. */
  async holds(unit: UnitName, mailbox: string, count: number, limitMs: number): Promise<number> {
    const began = Date.now();
    for (;;) {
      const { length } = await this.units[unit].messages(mailbox);
      if (length === count) return Date.now() - began;
      if (Date.now() - began > limitMs) throw new Error(`${unit} holds ${length} messages of ${mailbox}, not ${count}\n${this.units[unit].log.slice(-25).join('\n')}`);
      await sleep(50);
    }
  }

  /** Dials a number at a PBX and plays the sounds. */
  call(at: 'pbxa' | 'pbxb' | 'pbxc', number: string, sounds: readonly Sound[]): Promise<SippEnd> {
    const { file, ms } = writeTrack(path.join(tracks, `${number.replace('*', 'x')}-${Date.now()}.pcap`), sounds);
    return this.#sipp('speaking-through-pbx', at, { number, withinMs: 5000, track: file, trackMs: ms + 300 });
  }

  /** Leaves a message of three seconds. */
  leave(at: 'pbxa' | 'pbxb' | 'pbxc', mailbox: string): Promise<SippEnd> {
    return this.call(at, mailbox, [400, '#', 1500, speech(Number(mailbox), 3000, 0), 300]);
  }

  /** Dials a number that must be refused with this status. */
  refused(at: 'pbxa' | 'pbxb' | 'pbxc', number: string, status: number): Promise<SippEnd> {
    return this.#sipp('refused', at, { number, status });
  }

  /** The line between the site of PBX C and the others. */
  cutLine(): void {
    for (const [here, there] of this.#across()) this.lan.ip(here, 'neigh', 'replace', this.lan.ipv4(there), 'lladdr', nowhere, 'dev', 'eth0', 'nud', 'permanent');
  }

  healLine(): void {
    for (const [here, there] of this.#across()) this.lan.ip(here, 'neigh', 'del', this.lan.ipv4(there), 'dev', 'eth0');
  }

  lamp(pbx: 'pbxa' | 'pbxb' | 'pbxc', mailbox: string): string | undefined {
    return this.pbxs[pbx].lamps.filter((told) => told.startsWith(`${mailbox} `)).at(-1);
  }

  async lampIs(pbx: 'pbxa' | 'pbxb' | 'pbxc', mailbox: string, state: 'on' | 'off', limitMs: number): Promise<void> {
    for (const until = Date.now() + limitMs; this.lamp(pbx, mailbox) !== `${mailbox} ${state}`; await sleep(50)) {
      if (Date.now() > until) throw new Error(`the lamp of ${mailbox} at ${pbx} is ${this.lamp(pbx, mailbox)}: ${this.pbxs[pbx].lamps.join(', ')}`);
    }
  }

  #across(): (readonly [Machine, Machine])[] {
    const pairs = central.flatMap((here) => away.map((there) => [here, there] as const));
    return [...pairs, ...pairs.map(([here, there]) => [there, here] as const)];
  }

  #sipp(name: string, at: Machine, values: Record<string, string | number>): Promise<SippEnd> {
    return sipp({ scenario: name, values, to: 5060, host: this.lan.ipv4(at), address: this.lan.ipv4('callers'), namespace: this.lan.namespace('callers'), limitMs: 60_000 });
  }

  async #joinAll(): Promise<void> {
    const { primary, backup, far } = this.units;
    const codeOf = async (command: string): Promise<string> => /code (\S+)/.exec(await primary.console(command))?.[1] ?? '';
    const at = this.lan.ipv4('primary');
    const paired = await backup.console(`pair with ${at} ${await codeOf('pair code')}`, 15_000);
    if (!paired.includes('paired with')) throw new Error(`not paired: ${paired}`);
    await this.shows('primary', 'show link', /^role +(\S+)/m, 'primary-active', 10_000);
    await this.shows('backup', 'show link', /^role +(\S+)/m, 'backup-standby', 10_000);
    const joined = await far.console(`site join ${at} ${await codeOf('site code')}`, 15_000);
    if (!joined.includes('joined the site')) throw new Error(`not joined: ${joined}\n${primary.log.join('\n')}`);
    await this.standing('following', 20_000);
    await this.shows('far', 'show mailboxes', /^(201) /m, '201', 10_000);
  }
}

const registered = (name: string, address: string, more: Partial<Peer> = {}): Peer => ({ name, addresses: [address], host: address, lamps: 'notify', register: { user: unitUser, password: 'none', expiresSec: 600 }, ...more });

/** 201 has its telephone at PBX C, 202 at PBX A. */
const mailboxes = [{ number: '201', peer: 'c' }, { number: '202', peer: 'a' }];

function startCentral(lan: NamespaceLan, rank: 'primary' | 'backup'): Promise<RunningUnit> {
  const [a, b, c] = [lan.ipv4('pbxa'), lan.ipv4('pbxb'), lan.ipv4('pbxc')];
  const peers: Peer[] = [registered('a', a), registered('b', b, { backupOf: 'a' }), { name: 'c', addresses: [c], host: c, lamps: 'notify' }];
  const pair = { rank, failback: 'graceful' as const, partner: [lan.ipv4(rank === 'primary' ? 'backup' : 'primary')], syncKbps: 10_000 };
  return RunningUnit.start({ namespace: lan.namespace(rank), settings: { unit: { name: rank }, sip: { address: lan.ipv4(rank), returnSec: 3 }, peers, pair, mailboxes } });
}

function startFar(lan: NamespaceLan): Promise<RunningUnit> {
  const collectAt = `sip:*17@${lan.ipv4('pbxa')}`;
  const settings: SampleChoices = {
    unit: { name: 'far' }, sip: { address: lan.ipv4('far') }, peers: [registered('c', lan.ipv4('pbxc'))], mailboxes: [],
    central: { addresses: [lan.ipv4('primary'), lan.ipv4('backup')], collectAt, returnSec: 3, syncKbps: 10_000 },
  };
  return RunningUnit.start({ namespace: lan.namespace('far'), settings });
}
