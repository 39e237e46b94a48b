import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { EstateSettings } from '../../../firmware/config/settings.ts';
import type { UnitFacts } from '../../../firmware/estate/estate-parts.ts';
import { Estate } from '../../../firmware/estate/estate.ts';
import type { AlarmNote, Command, CommandName, CommandResult, Pointer, Presence } from '../../../firmware/estate/note-bodies.ts';
import { readAlarm, readPointer, readPresence, readResult } from '../../../firmware/estate/note-bodies.ts';
import { keyId, publicBase64, readNote, signNote } from '../../../firmware/estate/signed-note.ts';
import { topicOf } from '../../../firmware/estate/topics.ts';
import { ed25519Key } from '../../../firmware/failover/identity-certificate.ts';
import type { Identity } from '../../../firmware/failover/identity.ts';
import { makeIdentity } from '../../../firmware/failover/identity.ts';
import { UnitLog } from '../../../firmware/lifecycle/unit-log.ts';
import type { BrokerConnection } from '../../../hal/broker.ts';
import { SimBroker } from '../../../hal/sim/sim-broker.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';

export const site = 'harbour';
export const hashOf = (version: number): string => version.toString(16).padStart(64, '0');
export const standing = (version: number, epoch = 2) => ({ version, hash: hashOf(version), epoch });

type Changeable<T> = { -readonly [Key in keyof T]: T[Key] };

/** One unit as far as its estate goes. */
export interface EstateUnit {
  readonly name: string;
  readonly identity: Identity;
  readonly facts: Changeable<UnitFacts>;
  /** Of the present run. */
  log: UnitLog;
  readonly done: string[];
  storage: SimStorage;
  estate: Estate;
}

/** Who signs commands. */
export interface Operator {
  readonly privateKey: KeyObject;
  readonly publicKey: string;
}

export function operator(seed: number): Operator {
  const privateKey = createPrivateKey({ key: Buffer.from(ed25519Key(new SimRandom(seed).bytes(32))), format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: publicBase64(privateKey) };
}

/** A broker, a pair of units and whoever watches them, on virtual time. */
export class EstateWorld {
  readonly clock: SimClock;
  readonly broker: SimBroker;
  readonly operator = operator(99);
  /** What a watcher with a lasting interest has heard. */
  readonly heard: { topic: string; text: string; body: unknown }[] = [];
  readonly units: EstateUnit[] = [];
  #watcher: BrokerConnection | null = null;
  #sequence = 0;

  constructor(wallMs?: number) {
    this.clock = wallMs === undefined ? new SimClock() : new SimClock(wallMs);
    this.broker = new SimBroker(this.clock, new SimRandom(7));
  }

  static async withPair(): Promise<{ world: EstateWorld; one: EstateUnit; other: EstateUnit }> {
    const world = new EstateWorld();
    await world.watch();
    const one = await world.unit('one', 11, { role: 'primary-active', serves: true, epoch: 2, site: standing(5) });
    const other = await world.unit('other', 12, { role: 'backup-standby', serves: false, epoch: 2, site: standing(5) });
    await world.clock.advance(1500);
    return { world, one, other };
  }

  async unit(name: string, seed: number, facts: Partial<UnitFacts> = {}, storage = new SimStorage()): Promise<EstateUnit> {
    const identity = makeIdentity(new SimRandom(seed));
    const unit = { name, identity, storage, log: new UnitLog(this.clock, 'debug'), done: [] as string[], facts: { role: 'alone', epoch: 0, serves: true, calls: 0, site: null, ...facts } };
    const whole = Object.assign(unit, { estate: await this.#open(unit) });
    this.units.push(whole);
    whole.estate.start();
    return whole;
  }

  /** The power goes, and comes again. */
  async powerCut(unit: EstateUnit): Promise<void> {
    const old = unit.estate;
    this.broker.kill(unit.identity.fingerprint);
    unit.storage = unit.storage.afterPowerCut(() => 'drop');
    unit.log = new UnitLog(this.clock, 'debug');
    unit.estate = await this.#open(unit);
    await old.stop();
    unit.estate.start();
  }

  async watch(): Promise<void> {
    const session = { clientId: 'watcher', keepAliveSec: 30, lastWill: null };
    const connecting = this.broker.net().connect({ host: 'broker', port: 1883, tls: null, login: null }, session, 1000);
    await this.clock.advance(20);
    this.#watcher = await connecting;
    this.#watcher.received = ({ topic, payload }) => this.heard.push({ topic, text: Buffer.from(payload).toString(), body: readNote(payload)?.body ?? null });
    const subscribed = this.#watcher.subscribe(['understudy/#']);
    await this.clock.advance(20);
    await subscribed;
  }

  presences(unit: EstateUnit): Presence[] {
    return this.#bodies(unit, 'presence', readPresence);
  }

  pointers(unit: EstateUnit): Pointer[] {
    return this.#bodies(unit, 'pointer', readPointer);
  }

  alarms(unit: EstateUnit): AlarmNote[] {
    return this.#bodies(unit, 'alarm', readAlarm);
  }

  results(unit: EstateUnit): CommandResult[] {
    return this.#bodies(unit, 'result', readResult);
  }

  command(unit: EstateUnit, command: CommandName, change: Partial<Command> = {}, by: Operator = this.operator): Uint8Array {
    this.#sequence += 1;
    const nowMs = this.clock.wall();
    const body: Command = { site, unit: unit.identity.fingerprint, key: keyId(by.publicKey), sequence: nowMs * 10 + this.#sequence, issuedMs: nowMs, expiresMs: nowMs + 60_000, command, version: null, ...change };
    return signNote('command', body, { privateKey: by.privateKey, certificate: null });
  }

  send(unit: EstateUnit, bytes: Uint8Array): void {
    this.broker.inject({ topic: topicOf(site, unit.identity.fingerprint, 'command'), payload: bytes, retain: false });
  }

  /** Commands are sent, and what comes back after a while is given. */
  async ask(unit: EstateUnit, ...commands: Uint8Array[]): Promise<CommandResult[]> {
    const before = this.results(unit).length;
    for (const bytes of commands) this.send(unit, bytes);
    await this.clock.advance(500);
    return this.results(unit).slice(before);
  }

  /** Ends everything; what then still waits was leaked. */
  async leaks(): Promise<string[]> {
    for (const { estate } of this.units) {
      const stopping = estate.stop();
      await this.clock.advance(1000);
      await stopping;
    }
    this.#watcher?.close();
    await this.clock.advance(1000);
    return this.clock.pending().map(({ name }) => name).filter((name) => !name.startsWith('sim '));
  }

  #bodies<Body>(unit: EstateUnit, kind: 'pointer' | 'presence' | 'alarm' | 'result', read: (body: unknown) => Body | null): Body[] {
    const topic = topicOf(site, unit.identity.fingerprint, kind);
    return this.heard.filter((one) => one.topic === topic).flatMap(({ body }) => read(body) ?? []);
  }

  #open(unit: Omit<EstateUnit, 'estate'>): Promise<Estate> {
    const settings: EstateSettings = { site, broker: { host: 'broker', port: 1883, tls: false, authority: null, user: null, password: null, keepAliveSec: 30 }, commandKeys: [] };
    const { clock, units } = this;
    return Estate.open(
      {
        clock, random: new SimRandom(units.length + 1), storage: unit.storage, log: unit.log, broker: this.broker.net(), identity: unit.identity, name: () => unit.name, product: 'Understudy/test',
        commandKeys: () => [this.operator.publicKey],
        partnerKey: (fingerprint) => {
          const partner = units.find((other) => other.identity.fingerprint === fingerprint && other.name !== unit.name);
          return partner === undefined ? null : new X509Certificate(partner.identity.certificate).publicKey;
        },
        facts: () => unit.facts,
        actions: {
          failover: () => this.#did(unit, 'failover'), failback: () => this.#did(unit, 'failback'), rollback: async (version) => this.#did(unit, `rollback ${version}`),
          lookAtPartner: () => void unit.done.push('look'),
        },
      },
      settings,
    );
  }

  #did(unit: Pick<EstateUnit, 'done'>, what: string): { ok: boolean; text: string } {
    unit.done.push(what);
    return { ok: true, text: `${what} is done` };
  }
}
