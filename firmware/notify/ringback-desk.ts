import type { Timer } from '../../hal/clock.ts';
import type { Flow, FlowState } from '../callflow/flow.ts';
import { mailboxOf } from '../config/mailbox-of.ts';
import type { PhoneLine } from '../sip/dialog-events/phone-dialogs.ts';
import type { NotifyParts } from './notify-parts.ts';
import type { NotifyRecords } from './notify-records.ts';
import type { OutgoingDesk } from './outgoing-desk.ts';

/** The extension rings again at the earliest after so long. */
const leastPauseMs = 30_000;
/** Without word of what the telephone does it is tried soon after the message, and then now and again. */
const firstMs = 10_000;
const pauseMs = 15 * 60_000;
const mostRings = 4;
const ringMs = 20_000;
const leastWaitMs = 1000;

const inUse = (line: PhoneLine): boolean => line === 'busy' || line === 'ringing';

interface Ringback {
  /** The newest new message; a newer one begins anew. */
  readonly newest: string;
  readonly rings: number;
  /** Monotonic. */
  readonly nextMs: number;
  readonly lastMs: number;
}

/** Rings the extension of who has new messages and wants it: when its telephone becomes idle, where that is told, else at intervals. Kept in memory: after a restart only newer messages ring. */
export class RingbackDesk {
  readonly #parts: NotifyParts;
  readonly #records: NotifyRecords;
  readonly #desk: OutgoingDesk;
  readonly #collect: (mailbox: string) => Flow<FlowState>;
  readonly #rings = new Map<string, Ringback>();
  readonly #ringing = new Set<string>();
  /** What telephones do, where it is told. */
  readonly #lines = new Map<string, PhoneLine>();
  #timer: Timer | null = null;
  #telling: Timer | null = null;
  #stopped = false;

  constructor(parts: NotifyParts, records: NotifyRecords, desk: OutgoingDesk, collect: (mailbox: string) => Flow<FlowState>) {
    this.#parts = parts;
    this.#records = records;
    this.#desk = desk;
    this.#collect = collect;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#telling?.cancel();
  }

  /** What is there when the unit begins to serve does not ring by itself. Noted only of who wants to be rung: of 2,000 owners few do. */
  serving(mailboxes: readonly string[]): void {
    for (const mailbox of mailboxes.filter((one) => this.#wants(one))) {
      const newest = this.#newest(mailbox);
      if (newest !== null) this.#rings.set(mailbox, { newest, rings: mostRings, nextMs: 0, lastMs: -leastPauseMs });
    }
    if (this.#rings.size > 0) this.#tell();
  }

  look(mailbox: string): void {
    const newest = this.#wants(mailbox) ? this.#newest(mailbox) : null;
    const known = this.#rings.get(mailbox);
    if ((newest === null) !== (known === undefined)) this.#tell();
    if (newest === null) this.#rings.delete(mailbox);
    else if (known === undefined || newest > known.newest) this.#rings.set(mailbox, { newest, rings: 0, nextMs: this.#parts.clock.monotonic() + firstMs, lastMs: known?.lastMs ?? -leastPauseMs });
    this.#wait();
  }

  /** Settings have changed: who is of them no more, and is not looked at any more either, is forgotten. */
  applied(): void {
    const gone = [...this.#rings.keys()].filter((mailbox) => !this.#wants(mailbox));
    for (const mailbox of gone) this.#rings.delete(mailbox);
    if (gone.length > 0) this.#tell();
  }

  /** Who has new messages and wants to be rung. */
  get waiting(): readonly string[] {
    return [...this.#rings.keys()];
  }

  /** What the telephone does. One that was in use and is not any more rings. */
  line(mailbox: string, line: PhoneLine): void {
    const before = this.#lines.get(mailbox) ?? 'unknown';
    this.#lines.set(mailbox, line);
    if (line === 'unknown') this.#lines.delete(mailbox);
    if (line === 'free' && inUse(before) && this.#wants(mailbox) && this.#newest(mailbox) !== null) void this.#ring(mailbox);
    this.#wait();
  }

  async #ring(mailbox: string): Promise<void> {
    const { clock, settings, serves } = this.#parts;
    const known = this.#rings.get(mailbox);
    const now = clock.monotonic();
    if (!serves() || !this.#wants(mailbox) || this.#ringing.has(mailbox) || (known !== undefined && now - known.lastMs < leastPauseMs)) return;
    this.#ringing.add(mailbox);
    const language = mailboxOf(settings(), mailbox)?.language ?? null;
    const result = await this.#desk.place({ type: 'callback', number: mailbox, mailbox, ringMs, language, flow: () => this.#collect(mailbox) });
    this.#ringing.delete(mailbox);
    const after = this.#rings.get(mailbox);
    const ended = clock.monotonic();
    if (after !== undefined) this.#rings.set(mailbox, { ...after, rings: result.kind === 'answered' ? mostRings : after.rings + 1, nextMs: ended + pauseMs, lastMs: ended });
    this.#wait();
  }

  /** Until the next one is due. */
  #wait(): void {
    const { clock } = this.#parts;
    const due = [...this.#rings].filter(([mailbox, { rings }]) => rings < mostRings && !this.#ringing.has(mailbox) && !inUse(this.#lines.get(mailbox) ?? 'unknown'));
    this.#timer?.cancel();
    if (due.length === 0 || this.#stopped) return;
    const waitMs = Math.min(...due.map(([, { nextMs }]) => nextMs)) - clock.monotonic();
    this.#timer = clock.after('ringback', Math.max(leastWaitMs, waitMs), () => {
      for (const [mailbox, { nextMs }] of due) if (nextMs <= clock.monotonic()) void this.#ring(mailbox);
      this.#wait();
    });
  }

  /** That other telephones wait: once for all changes of one moment, each of which would have all telephones gone through. */
  #tell(): void {
    this.#telling ??= this.#parts.clock.after('ringbacks', 0, () => {
      this.#telling = null;
      this.#parts.ringbacksChanged();
    });
  }

  #wants(mailbox: string): boolean {
    return this.#records.choices(mailbox).ringback && mailboxOf(this.#parts.settings(), mailbox) !== null;
  }

  #newest(mailbox: string): string | null {
    return this.#parts.store.figures(mailbox).newestNewId;
  }
}
