import type { Clock, Timer } from '../../hal/clock.ts';
import type { Letter, MailNet, MailOutcome, MailServer } from '../../hal/mail.ts';
import type { MailSettings } from '../config/notify-settings.ts';
import type { Log } from '../log.ts';
import type { DeliveryLine, DeliveryLog } from './delivery-log.ts';
import type { MailEntry } from './mail-entry.ts';
import { isDue, pauseMs, putOff } from './mail-entry.ts';
import type { MailOutbox } from './mail-outbox.ts';

export interface MailSenderParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly mail: MailNet;
  readonly outbox: MailOutbox;
  readonly deliveries: DeliveryLog;
  /** null = the unit sends none. */
  readonly settings: () => MailSettings | null;
  /** A standby is mute. */
  readonly serves: () => boolean;
  /** null = what it is about is not there any more. Errors: HalError. */
  readonly letter: (entry: MailEntry, settings: MailSettings) => Promise<Letter | null>;
  /** The server has taken responsibility. Errors: HalError; then it is asked again later. */
  readonly accepted: (entry: MailEntry) => Promise<void>;
}

const attemptMs = 120_000;
const hourMs = 3_600_000;
/** A clock that was set is noticed after so long. */
const lookMs = 60_000;
/** All wait so long at most for a server that nobody can send to. */
const longestServerPauseMs = 30 * 60_000;

/** A mail that the server has. */
interface Taken {
  readonly words: string;
  readonly failures: number;
  /** What follows from it is not tried before, monotonic. */
  readonly nextMs: number;
}

/**
 * Sends what is in the outbox, one at a time: at least once each, and what follows from a mail only after the server has it. Where that fails
 * it is tried again with growing pauses, and the mail is not sent again while the unit runs.
 */
export class MailSender {
  readonly #parts: MailSenderParts;
  readonly #stop = new AbortController();
  #sentAt: number[] = [];
  /** By id; only of entries in the outbox, which is bounded. */
  readonly #taken = new Map<string, Taken>();
  #serverFailures = 0;
  #serverWaitsUntil = 0;
  #timer: Timer | null = null;
  #working: Promise<void> | null = null;

  constructor(parts: MailSenderParts) {
    this.#parts = parts;
  }

  /** Something may be due. */
  kick(): void {
    if (this.#working !== null || this.#stop.signal.aborted) return;
    this.#timer?.cancel();
    this.#timer = null;
    this.#working = this.#work().then(() => {
      this.#working = null;
      if (!this.#stop.signal.aborted && this.#parts.outbox.all().length > 0) this.#timer = this.#parts.clock.after('mail', this.#waitMs(), () => this.kick());
    });
  }

  /** All are due now; how many. */
  async retry(mailbox: string | null): Promise<number> {
    const { outbox, clock } = this.#parts;
    this.#serverFailures = 0;
    this.#serverWaitsUntil = 0;
    const chosen = outbox.all().filter((entry) => mailbox === null || entry.mailbox === mailbox);
    for (const { id } of chosen) {
      const entry = outbox.find(id); // sent meanwhile, or dropped, or put off
      if (entry !== null) await outbox.change({ ...entry, nextMs: Math.min(entry.nextMs, clock.wall()) });
    }
    this.kick();
    return chosen.length;
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { serves, log } = this.#parts;
    try {
      if (serves()) await this.#endTaken();
      for (let next = this.#next(); next !== null && serves() && !this.#stop.signal.aborted; next = this.#next()) await this.#send(next);
    } catch (error) {
      this.#serverWaits();
      log.write('error', 'mail-outbox-failed', `The outbox of mail cannot be kept: ${String(error)}`);
    }
  }

  #next(): { entry: MailEntry; settings: MailSettings } | null {
    const { outbox, clock, settings } = this.#parts;
    const found = settings();
    const now = clock.monotonic();
    this.#sentAt = this.#sentAt.filter((at) => at > now - hourMs);
    if (found === null || now < this.#serverWaitsUntil || this.#sentAt.length >= found.mostPerHour) return null;
    const entry = outbox.all().find((one) => !this.#taken.has(one.id) && isDue(one, clock.wall()));
    return entry === undefined ? null : { entry, settings: found };
  }

  /** Until the earliest is due; where it is due already something else holds it up, which time, or a look, will tell. */
  #waitMs(): number {
    const { outbox, clock } = this.#parts;
    const dueMs = Math.min(...outbox.all().filter(({ id }) => !this.#taken.has(id)).map((entry) => (isDue(entry, clock.wall()) ? 0 : entry.nextMs - clock.wall())));
    const serverMs = this.#serverWaitsUntil - clock.monotonic();
    return Math.min(lookMs, Math.max(dueMs > 0 ? dueMs : serverMs > 0 ? serverMs : lookMs, 1));
  }

  async #send({ entry, settings }: { entry: MailEntry; settings: MailSettings }): Promise<void> {
    const { mail, outbox, letter, clock } = this.#parts;
    const written = await letter(entry, settings);
    if (written === null) return this.#end(entry, 'gone', 'the message is not there any more, or its owner has turned this mail off');
    const outcome = await mail.send(serverOf(settings), written, attemptMs, this.#stop.signal);
    if (outbox.find(entry.id) === null) return; // dropped meanwhile
    if (outcome.kind === 'accepted') {
      this.#sentAt.push(clock.monotonic());
      this.#serverFailures = 0;
    }
    await this.#follow(entry, outcome);
  }

  async #follow(entry: MailEntry, outcome: MailOutcome): Promise<void> {
    const { outbox, clock } = this.#parts;
    switch (outcome.kind) {
      case 'accepted':
        this.#taken.set(entry.id, { words: outcome.words, failures: 0, nextMs: clock.monotonic() });
        return this.#endTaken();
      case 'permanent':
        return this.#lost(entry, 'refused', outcome.words);
      case 'temporary': {
        if (this.#stop.signal.aborted) return;
        if (outcome.server) this.#serverWaits();
        const later = putOff(entry, clock.wall(), outcome.words);
        if (later === null) return this.#lost(entry, 'given up', outcome.words);
        await outbox.change(later);
        await this.#tell(entry, 'put off', outcome.words);
      }
    }
  }

  /** What the server has is done with: its message goes where that was wanted, and the entry. */
  async #endTaken(): Promise<void> {
    const { outbox, clock, accepted, log } = this.#parts;
    for (const [id, taken] of [...this.#taken]) {
      const entry = outbox.find(id);
      if (entry === null) this.#taken.delete(id);
      if (entry === null || taken.nextMs > clock.monotonic()) continue;
      try {
        await accepted(entry);
        await this.#end(entry, 'accepted', taken.words);
        this.#taken.delete(id);
      } catch (error) {
        const failures = taken.failures + 1;
        this.#taken.set(id, { ...taken, failures, nextMs: clock.monotonic() + pauseMs(failures) });
        log.write('error', 'mail-outbox-failed', `A mail to ${entry.to} was sent, and its message cannot be marked or its entry not be removed; this is tried again: ${String(error)}`, { mailbox: entry.mailbox });
      }
    }
  }

  #serverWaits(): void {
    this.#serverFailures += 1;
    this.#serverWaitsUntil = this.#parts.clock.monotonic() + Math.min(longestServerPauseMs, pauseMs(this.#serverFailures));
  }

  async #lost(entry: MailEntry, outcome: 'refused' | 'given up', words: string): Promise<void> {
    const about = entry.mailbox === null ? 'A mail of a flow' : `A mail about a message of mailbox ${entry.mailbox}`;
    const why = outcome === 'refused' ? 'was refused for good' : `was given up after ${entry.tries + 1} tries`;
    this.#parts.log.write('alert', 'mail-lost', `${about} to ${entry.to} ${why}; the message stays: ${words}`, { mailbox: entry.mailbox, message: entry.message });
    await this.#end(entry, outcome, words);
  }

  async #end(entry: MailEntry, outcome: DeliveryLine['outcome'], words: string): Promise<void> {
    await this.#parts.outbox.remove(entry.id);
    await this.#tell(entry, outcome, words);
  }

  #tell({ mailbox, message, to, mode }: MailEntry, outcome: DeliveryLine['outcome'], words: string): Promise<void> {
    const { deliveries, clock, log } = this.#parts;
    log.write(outcome === 'put off' ? 'notice' : 'info', 'mail', `Mail to ${to}: ${outcome}: ${words}`, { mailbox, message });
    return deliveries.write({ at: clock.wall(), mailbox, message, to, mode, outcome, words: words.slice(0, 120) });
  }
}

const serverOf = ({ host, port, tls, authority, user, password }: MailSettings): MailServer => ({
  host, port, tls, authorityFile: authority, login: user === null || password === null ? null : { user, password },
});
