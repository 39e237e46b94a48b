import * as v from 'valibot';
import type { Timer } from '../../hal/clock.ts';
import type { Flow, FlowState } from '../callflow/flow.ts';
import type { CallbackOptions, OutcallingOptions } from '../callflow/requests/notify-requests.ts';
import { mailboxOf } from '../config/mailbox-of.ts';
import type { EmailMode } from '../config/notify-settings.ts';
import { dialable } from '../calls/outgoing-rules.ts';
import { minutesOf } from './local-moment.ts';
import type { PhoneLine } from '../sip/dialog-events/phone-dialogs.ts';
import { AlarmDesk } from './alarm-desk.ts';
import { AlarmStore } from './alarm-store.ts';
import { BudgetLedger } from './budget-ledger.ts';
import { DeliveryLog } from './delivery-log.ts';
import { MailDesk } from './mail-desk.ts';
import { MailOutbox } from './mail-outbox.ts';
import { MailSender } from './mail-sender.ts';
import { markOf, messagesOnce } from './messages-once.ts';
import type { NotifyParts } from './notify-parts.ts';
import { firstOutcalling, outcallingSchema } from './notify-record.ts';
import { NoticeSurvey } from './notice-survey.ts';
import { NotifyRecords } from './notify-records.ts';
import type { CallbackFlow } from './outcall-desk.ts';
import { OutcallDesk } from './outcall-desk.ts';
import { OutgoingDesk } from './outgoing-desk.ts';
import { RingbackDesk } from './ringback-desk.ts';

/** Where everything of this lies. */
export const notifyFolder = 'notify';

/** What could not be noted down is looked at again. */
const lookMs = 5 * 60_000;

export interface NotifyFlows {
  /** Start point Callback; null = the standard notice. */
  readonly callback: CallbackFlow;
  /** Start point Collect of a mailbox, for a telephone that the unit has called. */
  readonly collect: (mailbox: string) => Flow<FlowState>;
}

/**
 * Everything that leaves the unit by itself: mail, and calls about messages and alarms. Opened once, after the store and before calls are
 * answered. A standby is mute: its outbox, its calls and its alarms wait until it serves.
 */
export class NotifyDesk {
  readonly records: NotifyRecords;
  readonly mail: MailDesk;
  readonly outbox: MailOutbox;
  readonly deliveries: DeliveryLog;
  readonly sender: MailSender;
  readonly outgoing: OutgoingDesk;
  readonly ledger: BudgetLedger;
  readonly alarms: AlarmDesk;
  readonly alarmStore: AlarmStore;
  readonly #parts: NotifyParts;
  readonly #outcalls: OutcallDesk;
  readonly #ringbacks: RingbackDesk;
  readonly #survey: NoticeSurvey;
  #timer: Timer | null = null;
  #running = false;

  private constructor(parts: NotifyParts, flows: NotifyFlows, opened: Pick<NotifyDesk, 'records' | 'outbox' | 'deliveries' | 'ledger' | 'alarmStore'>) {
    this.#parts = parts;
    this.records = opened.records;
    this.outbox = opened.outbox;
    this.deliveries = opened.deliveries;
    this.ledger = opened.ledger;
    this.alarmStore = opened.alarmStore;
    this.mail = new MailDesk(parts, this.records, this.outbox);
    this.sender = new MailSender({ ...parts, outbox: this.outbox, deliveries: this.deliveries, settings: () => parts.settings().mail, letter: (entry, mail) => this.mail.letter(entry, mail), accepted: (entry) => this.mail.accepted(entry) });
    this.mail.sender = this.sender;
    this.records.chose = (mailbox) => this.storeChanged(mailbox);
    this.outgoing = new OutgoingDesk(parts, this.ledger);
    this.alarms = new AlarmDesk(parts, this.alarmStore, this.outgoing);
    this.#outcalls = new OutcallDesk(parts, this.records, this.outgoing, flows.callback);
    this.#ringbacks = new RingbackDesk(parts, this.records, this.outgoing, flows.collect);
    this.#survey = new NoticeSurvey({ mailboxes: () => this.#mailboxes(), markOf: (mailbox) => this.#markOf(mailbox), look: (mailbox) => this.#look(mailbox), running: () => this.#running });
    this.#outcalls.failed = (mailbox) => this.#survey.forget(mailbox);
  }

  /** Errors: HalError read-only, io. */
  static async open(parts: NotifyParts, flows: NotifyFlows): Promise<NotifyDesk> {
    const { storage, log } = parts;
    await storage.makeDirectory(notifyFolder);
    await storage.syncDirectory('');
    const records = await NotifyRecords.open(storage, `${notifyFolder}/mailboxes`, log);
    const outbox = await MailOutbox.open(storage, `${notifyFolder}/outbox`, log);
    await storage.syncDirectory(notifyFolder);
    const deliveries = await DeliveryLog.open(storage, `${notifyFolder}/deliveries`, log);
    const ledger = await BudgetLedger.open(storage, `${notifyFolder}/budget`, log);
    return new NotifyDesk(parts, flows, { records, outbox, deliveries, ledger, alarmStore: await AlarmStore.open(storage, `${notifyFolder}/alarms`, log) });
  }

  /** The unit runs. Whether it serves is asked, and told by `serving`. */
  start(): void {
    this.#running = true;
    this.alarms.start();
    this.#lookAgain();
    if (this.#parts.serves()) this.serving(true);
    else this.applied();
  }

  /** It serves from now on, or is mute. */
  serving(on: boolean): void {
    if (!this.#running) return;
    if (!on) return this.outgoing.silence('the unit does not serve any more');
    this.#ringbacks.serving(this.#mailboxes());
    this.#do(this.#outcalls.serving().then(() => this.#survey.all()));
    this.sender.kick();
  }

  /** The messages of a mailbox have changed. */
  storeChanged(mailbox: string): void {
    if (this.#running) this.#do(this.#survey.one(mailbox));
  }

  /** Settings have changed. */
  applied(): void {
    if (!this.#running) return;
    this.#ringbacks.applied();
    this.#do(this.#survey.all());
    this.sender.kick();
  }

  /** Mailboxes whose telephones wait to be rung when they become idle. */
  get ringbacks(): readonly string[] {
    return this.#ringbacks.waiting;
  }

  /** What the telephone of a mailbox does, where it is told. */
  phoneLine(mailbox: string, line: PhoneLine): void {
    if (this.#running) this.#ringbacks.line(mailbox, line);
  }

  /** `mode`: null = as the administrator set it, or alert where that is off. Durable when resolved. Errors: HalError. */
  async setEmail(mailbox: string, mode: EmailMode | null): Promise<void> {
    const set = mailboxOf(this.#parts.settings(), mailbox)?.emailMode ?? 'off';
    await this.records.choose(mailbox, { email: mode === null && set === 'off' ? 'alert' : mode });
  }

  outcalling(mailbox: string): OutcallingOptions {
    return this.records.choices(mailbox).outcalling ?? firstOutcalling;
  }

  /** Durable when resolved. Errors: HalError. */
  async setOutcalling(mailbox: string, options: Partial<OutcallingOptions>): Promise<'ok' | 'not-allowed' | 'bad'> {
    const checked = v.safeParse(outcallingSchema, { ...this.outcalling(mailbox), ...options });
    if (!checked.success || minutesOf(checked.output.own.from) >= minutesOf(checked.output.own.to)) return 'bad';
    if (Object.values(checked.output.destinations).some((destination) => destination !== undefined && !this.outgoing.allows(destination.number))) return 'not-allowed';
    await this.records.choose(mailbox, { outcalling: checked.output });
    return 'ok';
  }

  callback(mailbox: string): CallbackOptions {
    const { ringback, callback } = this.records.choices(mailbox);
    return { ringback, callback };
  }

  /** Durable when resolved. Errors: HalError. */
  async setCallback(mailbox: string, options: Partial<CallbackOptions>): Promise<'ok' | 'not-allowed' | 'bad'> {
    const next = { ...this.callback(mailbox), ...options };
    if (next.callback !== null && !dialable.test(next.callback)) return 'bad';
    if (next.callback !== null && !this.outgoing.allows(next.callback)) return 'not-allowed';
    await this.records.choose(mailbox, next);
    return 'ok';
  }

  /** Resolves when no mail is under way. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    this.#outcalls.stop();
    this.#ringbacks.stop();
    this.alarms.stop();
    this.outgoing.stop();
    await this.sender.stop();
  }

  /** Also on a standby, which only notes from when on what is to be told: it may have to tell it. */
  async #look(mailbox: string): Promise<void> {
    if (this.#parts.serves()) this.#ringbacks.look(mailbox);
    const messages = messagesOnce(this.#parts.store, mailbox);
    await this.#outcalls.look(mailbox, messages);
    await this.mail.look(mailbox, messages);
  }

  /** What a look depends on beside the settings and the owner's choices, whose changes are told. */
  #markOf(mailbox: string): string {
    const { store, serves, takenFor } = this.#parts;
    return `${markOf(store, mailbox)} ${serves()} ${takenFor() ?? ''}`;
  }

  #lookAgain(): void {
    this.#timer = this.#parts.clock.after('notices', lookMs, () => {
      this.#ringbacks.applied();
      this.#do(this.#survey.changed());
      this.sender.kick();
      this.#lookAgain();
    });
  }

  #mailboxes(): string[] {
    return this.#parts.settings().mailboxes.map(({ number }) => number);
  }

  #do(work: Promise<void>): void {
    work.catch((error: unknown) => this.#parts.log.write('error', 'notice-failed', `What is to be told about messages cannot be noted down; it is tried again: ${String(error)}`));
  }
}
