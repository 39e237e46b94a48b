import { X509Certificate } from 'node:crypto';
import type { BrokerMessage } from '../../hal/broker.ts';
import { HalError } from '../../hal/errors.ts';
import type { EstateSettings } from '../config/settings.ts';
import { TokenBucket } from '../site/channel/token-bucket.ts';
import type { AlarmEvent } from './alarm-events.ts';
import { alarmsOf } from './alarm-events.ts';
import type { WaitingAlarm } from './alarm-outbox.ts';
import { AlarmOutbox } from './alarm-outbox.ts';
import { AlarmTeller } from './alarm-teller.ts';
import { BrokerLink } from './broker-link.ts';
import { CommandDesk } from './command-desk.ts';
import { CommandFloors } from './command-floors.ts';
import type { EstateParts, EstateStatus } from './estate-parts.ts';
import { EstateNews } from './estate-news.ts';
import type { Command } from './note-bodies.ts';
import { performCommand } from './perform-command.ts';
import { PointerWatch } from './pointer-watch.ts';
import { RaisedAlarms } from './raised-alarms.ts';
import { RefusalLog } from './refusal-log.ts';
import { signNote, unitSigner } from './signed-note.ts';
import type { Kind } from './topics.ts';
import { readTopic, topicOf } from './topics.ts';

/** How often the unit looks whether there is news, while the broker is there. */
const lookMs = 1000;
/** Messages that are looked at in a second; a check of a signature takes a fifth of a millisecond. Commands have an allowance of their own. */
const perSec = { pointer: 50, command: 10 } as const;
/** More than this within the time, and whoever writes to the broker means harm: the unit leaves it for a while, and what waits there is gone. */
const flood = { messages: 2000, withinMs: 10_000 } as const;
const goodbyeMs = 300;
/** Lines of the log from before the start that are looked through for alarms. */
const bootLines = 500;

/**
 * The unit in its estate: what it tells through the broker and what it hears there. Nothing waits for it, nothing rests on it.
 *
 *   site, role, calls ── 1 s ──> EstateNews ── pointer, presence (kept) ─┐
 *   log ── alerts ──> AlarmOutbox (disk) ── AlarmTeller ─────────────────┤
 *   CommandDesk <── command                                   result ────┴─> BrokerLink ──> broker
 *   PointerWatch <── pointers of the site
 */
export class Estate {
  readonly #parts: EstateParts;
  readonly #settings: EstateSettings;
  readonly #link: BrokerLink;
  readonly #news: EstateNews;
  readonly #outbox: AlarmOutbox;
  readonly #teller: AlarmTeller;
  readonly #desk: CommandDesk;
  readonly #pointers: PointerWatch;
  readonly #raised = new RaisedAlarms();
  readonly #refusals: RefusalLog;
  readonly #allowance: Readonly<Record<'pointer' | 'command', TokenBucket>>;
  readonly #signer;
  #detach: () => void = () => undefined;
  #looking: { cancel(): void } | null = null;
  #unseen = 0;
  #flood = { sinceMs: 0, messages: 0 };
  #toldBehind = '';

  private constructor(parts: EstateParts, settings: EstateSettings, outbox: AlarmOutbox, floors: CommandFloors) {
    const { clock, log, identity } = parts;
    const { site } = settings;
    const unit = identity.fingerprint;
    this.#parts = parts;
    this.#settings = settings;
    this.#outbox = outbox;
    this.#signer = unitSigner(identity);
    this.#refusals = new RefusalLog(clock, log);
    this.#allowance = { pointer: bucket(perSec.pointer, clock.monotonic()), command: bucket(perSec.command, clock.monotonic()) };
    const own = new X509Certificate(identity.certificate).publicKey;
    this.#pointers = new PointerWatch({ site, keyOf: (one) => (one === unit ? own : parts.partnerKey(one)) });
    this.#news = new EstateNews({ ...parts, unit, raised: this.#raised, sign: (kind, body) => this.#sign(kind, body), publish: (kind, bytes) => this.#publish(kind, bytes, true) });
    this.#link = new BrokerLink({
      ...parts,
      place: () => this.#place(),
      session: () => ({ clientId: unit, keepAliveSec: settings.broker.keepAliveSec, lastWill: { topic: topicOf(site, unit, 'presence'), payload: this.#news.lastWill(), retain: true } }),
      filters: [topicOf(site, '+', 'pointer'), topicOf(site, unit, 'command')],
      received: (message) => this.#received(message),
      up: () => this.#up(),
    });
    this.#teller = new AlarmTeller({
      clock, outbox, publish: (alarm) => this.#publish('alarm', this.#alarmNote(alarm), false),
      allowed: () => this.#link.connected && parts.facts().serves, failed: (error) => this.#refused('alarm', error),
    });
    this.#desk = new CommandDesk({
      clock, log, refusals: this.#refusals, floors, site, unit, keys: parts.commandKeys,
      perform: (command) => this.#perform(command), answer: (result) => void this.#tell('result', this.#sign('result', result)),
    });
  }

  /** Errors: HalError no-space, read-only, io. */
  static async open(parts: EstateParts, settings: EstateSettings): Promise<Estate> {
    const floors = await CommandFloors.open(parts.storage, parts.log);
    return new Estate(parts, settings, await AlarmOutbox.open(parts), floors);
  }

  /** Alarms count from now on. */
  start(): void {
    // What was wrong before there was anybody to tell.
    for (const { severity, event, text, facts } of this.#parts.log.last(bootLines)) this.#alarms(alarmsOf(severity, event, text, facts));
    this.#detach = this.#parts.log.attach(({ severity, event, text, facts }) => this.#alarms(alarmsOf(severity, event, text, facts)));
    this.#link.start();
  }

  /** Says goodbye, so that nobody takes it for a death. Never rejects. */
  async stop(): Promise<void> {
    this.#detach();
    this.#looking?.cancel();
    this.#teller.stop();
    if (this.#link.connected) await this.#within(goodbyeMs, this.#tell('presence', this.#news.lastWill(), true));
    this.#link.stop();
    await this.#outbox.close();
  }

  status(): EstateStatus {
    const { site, broker } = this.#settings;
    const unit = this.#parts.identity.fingerprint;
    return {
      site,
      unit,
      broker: { ...this.#link.status(), place: `${broker.host}:${broker.port}${broker.tls ? '' : ', in the clear'}` },
      behind: this.#pointers.aheadOf(this.#parts.facts().site, unit),
      pointers: { taken: this.#pointers.taken, refused: this.#pointers.refused },
      alarms: { raised: this.#raised.all, waiting: this.#outbox.waiting, told: this.#teller.told, dropped: this.#outbox.dropped },
      commands: { done: this.#desk.done, refused: this.#desk.refused },
      unseen: this.#unseen,
    };
  }

  /** Somebody has seen to the alarms that stand. */
  clearAlarms(): number {
    const cleared = this.#raised.clear();
    this.#queue();
    return cleared;
  }

  #place() {
    const { host, port, tls, authority, user, password } = this.#settings.broker;
    return { host, port, tls: tls ? { identity: this.#parts.identity, authorityFile: authority } : null, login: user === null ? null : { user, password: password ?? '' } };
  }

  #up(): void {
    this.#news.afresh();
    this.#teller.afresh();
    this.#looking?.cancel();
    this.#look();
  }

  /** Only while the broker is there. */
  #look(): void {
    if (!this.#link.connected) return;
    this.#news.look();
    this.#queue();
    this.#looking = this.#parts.clock.after('estate-look', lookMs, () => this.#look());
  }

  #received({ topic, payload }: BrokerMessage): void {
    if (this.#isFlooded()) return;
    const found = readTopic(topic);
    const kind = found?.kind;
    if (found === null || (kind !== 'pointer' && kind !== 'command')) return;
    if (this.#allowance[kind].take(1, this.#parts.clock.monotonic()) > 0) return void (this.#unseen += 1);
    if (kind === 'command') this.#desk.take(payload);
    else if (found.unit === this.#parts.identity.fingerprint) this.#news.ownPointer(payload);
    else this.#pointer(found.unit, payload);
  }

  #isFlooded(): boolean {
    const nowMs = this.#parts.clock.monotonic();
    if (nowMs - this.#flood.sinceMs > flood.withinMs) this.#flood = { sinceMs: nowMs, messages: 0 };
    this.#flood.messages += 1;
    if (this.#flood.messages <= flood.messages) return false;
    this.#unseen += 1;
    this.#flood = { sinceMs: nowMs, messages: 0 };
    this.#refusals.tell('estate-flooded', 'broker', 'So many messages come from the broker that this unit leaves it for a while.');
    this.#link.shed('too many messages came');
    return true;
  }

  #pointer(unit: string, payload: Uint8Array): void {
    if (payload.length === 0 || !this.#pointers.take(unit, payload)) return;
    const ahead = this.#pointers.aheadOf(this.#parts.facts().site, this.#parts.identity.fingerprint);
    if (ahead === null) return;
    if (this.#toldBehind !== ahead.hash) this.#parts.log.write('notice', 'estate-behind', `The partner has version ${ahead.version} of the site, which this unit does not have yet.`, { version: ahead.version });
    this.#toldBehind = ahead.hash;
    this.#parts.actions.lookAtPartner();
  }

  #alarms(alarms: readonly AlarmEvent[]): void {
    if (alarms.length === 0) return;
    for (const alarm of alarms) this.#raised.note(alarm);
    this.#queue();
  }

  /** A standby is mute: what it notices shows in its presence, and is told if it still stands when the unit serves. */
  #queue(): void {
    if (!this.#parts.facts().serves) return;
    for (const alarm of this.#raised.takeUntold()) this.#outbox.add(alarm);
    this.#teller.go();
  }

  #alarmNote({ id, event, subject, state, text, times, firstMs, lastMs }: WaitingAlarm): Uint8Array {
    return this.#sign('alarm', { name: this.#parts.name(), id, event, subject, state, text, times, firstMs, lastMs, dropped: this.#outbox.dropped });
  }

  #perform(command: Command): ReturnType<typeof performCommand> {
    return performCommand(command, { ...this.#parts.actions, clearAlarms: () => this.clearAlarms(), facts: this.#parts.facts, status: () => this.status(), wallMs: () => this.#parts.clock.wall() });
  }

  #sign(kind: Kind, body: object): Uint8Array {
    return signNote(kind, { site: this.#settings.site, unit: this.#parts.identity.fingerprint, ...body }, this.#signer);
  }

  #publish(kind: Kind, payload: Uint8Array, retain: boolean): Promise<void> {
    return this.#link.publish({ topic: topicOf(this.#settings.site, this.#parts.identity.fingerprint, kind), payload, retain });
  }

  /** Told if it can be; what fails is told anew later, or was an answer that nobody waits for. */
  async #tell(kind: Kind, payload: Uint8Array, retain = false): Promise<void> {
    await this.#publish(kind, payload, retain).catch((error: unknown) => this.#refused(kind, error));
  }

  #refused(kind: Kind, error: unknown): void {
    if (!(error instanceof HalError)) throw error;
    if (error.id === 'permission-denied' || error.id === 'too-large') this.#refusals.tell('estate-not-told', kind, `The broker does not take what this unit tells (${kind}): ${error.message}`);
  }

  #within(ms: number, work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after('estate-goodbye', ms, resolve);
      void work.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

const bucket = (each: number, nowMs: ConstructorParameters<typeof TokenBucket>[2]): TokenBucket => new TokenBucket(() => each, 2 * each, nowMs);
