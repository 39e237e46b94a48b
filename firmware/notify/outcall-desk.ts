import type { Timer } from '../../hal/clock.ts';
import { noticeFlow } from '../callflow/notice-flow.ts';
import type { Flow, FlowState } from '../callflow/flow.ts';
import type { CallOutWish } from '../calls/call-out.ts';
import type { OutcallingOptions } from '../callflow/requests/notify-requests.ts';
import { mailboxOf } from '../config/mailbox-of.ts';
import type { HoursSettings } from '../config/notify-settings.ts';
import { inTurn } from '../mailbox/in-turn.ts';
import { isWithin } from './local-moment.ts';
import type { MessagesOf } from './messages-once.ts';
import { messagesOnce } from './messages-once.ts';
import type { NotifyParts } from './notify-parts.ts';
import type { NotifyRecords } from './notify-records.ts';
import { firstOutcalling } from './notify-record.ts';
import type { OutcallInput, OutcallPlan, OutcallStep } from './outcall-machine.ts';
import { outcallStep } from './outcall-machine.ts';
import type { OutgoingDesk, OutgoingResult } from './outgoing-desk.ts';
import { untold, withTold } from './untold.ts';

/** Hours begin and end, and clocks are set, while nothing happens. */
const lookMs = 20_000;
const callbackRingMs = 30_000;

const outcallWays = ['outcall', 'callback'] as const;
type OutcallWay = (typeof outcallWays)[number];

interface Destination {
  readonly name: string;
  readonly number: string;
  readonly ringMs: number;
}

/** Of one way of calling about messages, for one mailbox; null = the way is off. */
interface Way {
  readonly plan: OutcallPlan;
  readonly destinations: readonly Destination[];
  /** null = always. */
  readonly hours: HoursSettings | null;
}

/** The flow of start point Callback for a mailbox; whoever answers it was reached. null = the standard notice. */
export type CallbackFlow = (mailbox: string) => CallOutWish['flow'] | null;

/** Calls about new messages: outcalling to the destinations of the owner, and callback to a number. What was told is not told again, also after a restart. */
export class OutcallDesk {
  /** Calls about this mailbox could not be kept track of: it must be looked at again. */
  failed: ((mailbox: string) => void) | null = null;
  readonly #parts: NotifyParts;
  readonly #records: NotifyRecords;
  readonly #desk: OutgoingDesk;
  readonly #callbackFlow: CallbackFlow;
  readonly #inTurn = inTurn();
  #timer: Timer | null = null;
  #stopped = false;

  constructor(parts: NotifyParts, records: NotifyRecords, desk: OutgoingDesk, callbackFlow: CallbackFlow) {
    this.#parts = parts;
    this.#records = records;
    this.#desk = desk;
    this.#callbackFlow = callbackFlow;
  }

  /** The unit serves from now on. Calls that were under way when it last did, and fell over or fell silent, count as unanswered. Errors: HalError. */
  async serving(): Promise<void> {
    for (const mailbox of this.#mailboxes()) for (const way of outcallWays) await this.#input(mailbox, way, { type: 'restarted' });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** What is new in a mailbox, and whom to call about it. Errors: HalError; then it is looked at again later. */
  async look(mailbox: string, messages: MessagesOf = messagesOnce(this.#parts.store, mailbox)): Promise<void> {
    for (const way of outcallWays) await this.#inTurn(`${way} ${mailbox}`, () => this.#look(mailbox, way, messages));
  }

  /** As long as somebody waits to be called. */
  #watch(): void {
    if (this.#timer !== null || this.#stopped) return;
    this.#timer = this.#parts.clock.after('outcalls', lookMs, () => {
      this.#timer = null;
      for (const mailbox of this.#mailboxes()) {
        for (const way of outcallWays) if (this.#records.telling(mailbox, way).job !== null) this.#do(mailbox, this.#input(mailbox, way, this.#lookInput(mailbox, way)));
      }
    });
  }

  async #look(mailbox: string, way: OutcallWay, messagesOf: MessagesOf): Promise<void> {
    const { clock, settings, takenFor, serves } = this.#parts;
    const found = this.#way(mailbox, way);
    // A way that is off asks for no messages, and opens no mailbox.
    const all = found === null ? [] : await messagesOf();
    const before = this.#records.telling(mailbox, way);
    const { telling, messages } = untold({ on: found !== null, telling: before, messages: all, takenFor: takenFor(), inPair: settings().pair !== null, nowMs: clock.wall() });
    if (serves() ? telling !== before : telling.on !== before.on) await this.#records.tell(mailbox, way, telling);
    if (found === null || !serves()) return;
    await this.#advance(mailbox, way, { type: 'messages', untold: messages.map(({ id }) => id) });
    await this.#advance(mailbox, way, this.#lookInput(mailbox, way));
  }

  #input(mailbox: string, way: OutcallWay, input: OutcallInput): Promise<void> {
    return this.#inTurn(`${way} ${mailbox}`, () => this.#advance(mailbox, way, input));
  }

  async #advance(mailbox: string, way: OutcallWay, input: OutcallInput): Promise<void> {
    const { clock, log, serves } = this.#parts;
    const found = this.#way(mailbox, way);
    const telling = this.#records.telling(mailbox, way);
    if (found === null || !telling.on || !serves()) return;
    const step = outcallStep(found.plan, telling.job, input, clock.wall());
    if (step.job !== telling.job || step.told.length > 0) await this.#records.tell(mailbox, way, { ...withTold(telling, step.told), job: step.job });
    if (step.gaveUp) log.write('notice', 'outcall-given-up', `Nobody was reached about ${step.told.length} messages of mailbox ${mailbox}; no more calls are made about them.`, { mailbox });
    this.#placed(mailbox, way, found, step);
    if (step.job?.name === 'waiting') this.#watch();
  }

  /** Durable first: a unit that falls over now must not ring anew. */
  #placed(mailbox: string, way: OutcallWay, { destinations }: Way, step: OutcallStep): void {
    const destination = step.call === null ? undefined : destinations[step.call];
    if (destination === undefined) return;
    const { settings } = this.#parts;
    const own = way === 'callback' ? this.#callbackFlow(mailbox) : null;
    const messages = this.#parts.store.counts(mailbox).new;
    const flow = own ?? (() => noticeFlow({ mailbox, messages }) as unknown as Flow<FlowState>);
    const language = mailboxOf(settings(), mailbox)?.language ?? null;
    void this.#desk.place({ type: way, number: destination.number, mailbox, ringMs: destination.ringMs, language, flow }).then((result) => {
      if (this.#stopped || !this.#parts.serves()) return; // a call that ended with the unit's service counts as unanswered when it serves again
      this.#tell(mailbox, destination, result);
      this.#do(mailbox, this.#input(mailbox, way, { type: 'ended', reached: result.kind === 'heard' || (own !== null && result.kind === 'answered') }).then(() => this.look(mailbox)));
    });
  }

  #tell(mailbox: string, { name, number }: Destination, result: OutgoingResult): void {
    const text = result.kind === 'heard' ? (result.what === 'stop' ? 'wants no more calls about these messages' : 'was reached') : `was not reached: ${result.why}`;
    this.#parts.log.write('info', 'outcall', `${name} (${number}) of mailbox ${mailbox} ${text}.`, { mailbox });
  }

  #lookInput(mailbox: string, way: OutcallWay): OutcallInput {
    const { settings, clock, serves } = this.#parts;
    return { type: 'look', open: serves() && isWithin(this.#way(mailbox, way)?.hours ?? null, clock.wall(), settings().unit.timeZone) };
  }

  #way(mailbox: string, way: OutcallWay): Way | null {
    const { settings } = this.#parts;
    const { outgoing } = settings();
    if (mailboxOf(settings(), mailbox) === null) return null;
    const { outcalling, callback } = this.#records.choices(mailbox);
    if (way === 'outcall') return outgoing.outcalls === 0 ? null : this.#outcallWay(mailbox, outcalling ?? firstOutcalling);
    if (outgoing.callbacks === 0 || callback === null) return null;
    const destinations = [{ name: 'callback', number: callback, ringMs: callbackRingMs }];
    return { plan: { destinations: ['callback'], retries: 3, intervalsMin: [5, 15] }, destinations, hours: null };
  }

  #outcallWay(mailbox: string, { on, destinations, escalation, retries, intervalsMin, window, own }: OutcallingOptions): Way | null {
    if (!on) return null;
    const { prime, peak } = this.#parts.settings().outcalling;
    const called = escalation.flatMap((name) => {
      const set = destinations[name] ?? (name === 'desk' ? { number: mailbox, ringSec: 15 } : undefined);
      return set === undefined ? [] : [{ name, number: set.number, ringMs: set.ringSec * 1000 }];
    });
    if (called.length === 0) return null;
    return { plan: { destinations: called.map(({ name }) => name), retries, intervalsMin }, destinations: called, hours: { any: null, prime, peak, own }[window] };
  }

  #mailboxes(): string[] {
    return this.#parts.settings().mailboxes.map(({ number }) => number);
  }

  #do(mailbox: string, work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.failed?.(mailbox);
      this.#parts.log.write('error', 'outcall-failed', `Calls about messages cannot be kept track of: ${String(error)}`);
    });
  }
}
