import type { Clock, Timer } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import { faultLine } from '../config/fault.ts';
import { keepLastGood } from '../config/last-good.ts';
import type { OwnFile } from '../config/last-good.ts';
import type { ConfigurationFile } from '../config/own-file.ts';
import { parseConfiguration } from '../config/parse-configuration.ts';
import { planChange } from '../config/plan.ts';
import type { PlanStep } from '../config/plan.ts';
import { Revisions } from '../config/revisions.ts';
import type { Settings } from '../config/settings.ts';
import { endTrial, keepTrial, trialState } from '../config/trial.ts';
import type { Trial } from '../config/trial.ts';
import type { Log } from '../log.ts';
import { Serial } from '../mailbox/serial.ts';

export interface ConfigurationParts {
  readonly clock: Clock;
  readonly log: Log;
  /** The data folder. */
  readonly storage: Storage;
  readonly file: ConfigurationFile;
  readonly unit: { readonly settings: Settings; apply(settings: Settings): void };
  /** What a pair has in common; null = the unit stands alone. */
  readonly site: { preview(own: Settings): Settings; reload(own: Settings): Promise<Settings>; readonly fromSite: readonly string[] } | null;
  /** What the board allows of the settings. */
  readonly within: (settings: Settings) => Settings;
  /** Told after settings came in force: what lies beside the configuration is read again. */
  readonly follow: (settings: Settings) => Promise<void>;
  /** Ends the program for a supervisor to start it again; null = nobody would. */
  readonly restart: ((why: string) => void) | null;
}

/** What is put in force: the text, whose it is, and for how long unless it is confirmed (null = for good). */
export interface Change {
  readonly text: string;
  readonly settings: Settings;
  readonly by: string;
  readonly minutes: number | null;
  /** The file as it was when the change was begun. */
  readonly base: OwnFile;
}

export type Committed = { readonly ok: true; readonly waiting: readonly string[] } | { readonly ok: false; readonly reason: string };

/**
 * The configuration in force and the file it comes from. A change is written and taken as a whole or not at all:
 *
 *   kept for rollback ──> trial recorded ──> file written ──> site and unit take it ──> kept, last good
 *         └────────────────────┴──────────────────┴──────────────┴── refused: the file is as it was, and so is the unit
 *
 * A power cut leaves the old file or the new one; `own-after-trial.ts` settles what was on trial. Changes, reloads and the end of a
 * trial happen one after another.
 */
export class Configuration {
  readonly #parts: ConfigurationParts;
  readonly #serial = new Serial();
  readonly #revisions: Revisions;
  readonly #started: Settings;
  #text: string;
  #from: string;
  #waiting: readonly string[] = [];
  #trial: Trial | null = null;
  #timer: Timer | null = null;

  constructor(parts: ConfigurationParts, text: string, from: string) {
    this.#parts = parts;
    this.#revisions = new Revisions(parts.storage);
    this.#started = parts.unit.settings;
    this.#text = text;
    this.#from = from;
  }

  /** Goes on with a trial that a restart interrupted. */
  resume(trial: Trial | null): void {
    const state = trialState(trial, { name: '', text: this.#text }, this.#parts.clock.wall());
    if (trial !== null && state.kind === 'on') this.#try(trial, state.leftMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** The text in force. */
  get text(): string {
    return this.#text;
  }

  get revisions(): Revisions {
    return this.#revisions;
  }

  get file(): ConfigurationFile {
    return this.#parts.file;
  }

  /** What is on trial, and until when. */
  trial(): { readonly by: string; readonly leftMs: number } | null {
    return this.#trial === null || this.#timer === null ? null : { by: this.#trial.by, leftMs: Math.max(0, this.#timer.dueMs - this.#parts.clock.monotonic()) };
  }

  facts(): { readonly from: string; readonly waiting: readonly string[] } {
    const { site } = this.#parts;
    const shared = site === null || site.fromSite.length === 0 ? '' : `, and from the site: ${site.fromSite.join(', ')}`;
    return { from: `${this.#from}${shared}`, waiting: this.#waiting };
  }

  /** What settings would take. Errors: SiteError not-applicable. */
  plan(own: Settings): readonly PlanStep[] {
    const { unit, site, within } = this.#parts;
    return planChange(unit.settings, site === null ? within(own) : site.preview(within(own)));
  }

  commit(change: Change): Promise<Committed> {
    return this.#serial.run(() => this.#commit(change));
  }

  /** What is on trial stays. Errors: HalError read-only, io. */
  confirm(): Promise<boolean> {
    return this.#serial.run(async () => {
      if (this.#trial === null) return false;
      await endTrial(this.#parts.storage);
      await this.#overtake();
      await this.#keep(this.#text);
      this.#parts.log.write('notice', 'configuration-confirmed', 'The configuration that was on trial is confirmed.');
      return true;
    });
  }

  /** The file was changed by hand: all of it or nothing. */
  reload(): Promise<void> {
    return this.#serial.run(() => this.#reload());
  }

  async #commit(change: Change): Promise<Committed> {
    const { clock, log, storage, file } = this.#parts;
    const [before, takenMs] = [this.#text, clock.wall()];
    if (!sameFile(await file.read(), change.base)) return { ok: false, reason: `${file.name} was written by somebody else meanwhile; discard begins anew with what it says` };
    const held = this.#trial;
    try {
      await this.#revisions.add({ text: before, by: 'the file', takenMs });
      // What comes back is always what was last confirmed.
      const trial = change.minutes === null ? null : { before: held?.before ?? before, after: change.text, by: change.by, takenMs, minutes: change.minutes, starts: 0 };
      if (trial !== null) await keepTrial(storage, trial);
      await this.#writeAndTake(change);
      // A record that stays is found overtaken by the next start.
      if (trial === null && held !== null) await this.#overtake();
      else if (trial !== null) this.#try(trial, trial.minutes * 60_000);
    } catch (refused) {
      if (held !== null) await keepTrial(storage, held).catch(() => undefined);
      else if (change.minutes !== null) await endTrial(storage).catch(() => undefined);
      if (!(refused instanceof Error)) throw refused;
      return { ok: false, reason: refused.message };
    }
    await this.#kept(change, takenMs);
    log.write('notice', 'configuration-committed', change.minutes === null ? `${change.by} changed the configuration.` : `${change.by} changed the configuration on trial, for ${change.minutes} min.`);
    return { ok: true, waiting: this.#waiting };
  }

  /** It is in force; that it cannot be kept for later does not undo it. */
  async #kept({ text, by, minutes }: Change, takenMs: Trial['takenMs']): Promise<void> {
    await this.#revisions.add({ text, by, takenMs }).catch((error: unknown) => this.#notKept(error));
    if (minutes === null) await this.#keep(text);
  }

  /** Errors: whatever it met; then the file and the unit are as they were. */
  async #writeAndTake({ text, settings, base }: Change): Promise<void> {
    const { unit, file, log } = this.#parts;
    const [held, before] = [unit.settings, this.#text];
    try {
      await file.write(text);
      await this.#take(text, settings, file.name);
    } catch (refused) {
      // A disk that failed half-way may have the new text.
      if ('text' in base && !sameFile(await file.read(), base)) await file.write(base.text).catch((error: unknown) => log.write('alert', 'configuration-not-restored', `${file.name} may hold a configuration that is not in force: ${String(error)}`));
      if (unit.settings !== held) unit.apply(held);
      this.#text = before;
      throw refused;
    }
  }

  async #take(text: string, own: Settings, from: string): Promise<readonly PlanStep[]> {
    const { unit, site, log, within, follow } = this.#parts;
    const settings = site === null ? within(own) : await site.reload(within(own));
    const steps = planChange(unit.settings, settings);
    unit.apply(settings);
    for (const step of steps) log.write('notice', 'configuration-step', `${step.path}: ${step.what} (${step.when}).`);
    this.#waiting = planChange(this.#started, settings).filter((step) => step.when === 'restart').map((step) => step.path);
    this.#text = text;
    this.#from = from;
    await follow(settings);
    return steps;
  }

  async #reload(): Promise<void> {
    const { log, file } = this.#parts;
    const own = await file.read();
    if (!('text' in own)) return log.write('error', 'reload-failed', `${file.name} cannot be read; nothing was changed.`);
    const parsed = parseConfiguration(own.text, own.name);
    if (!parsed.ok) {
      for (const fault of parsed.faults) log.write('error', 'configuration-fault', faultLine(fault));
      return log.write('error', 'reload-failed', 'The configuration has faults; nothing was changed.');
    }
    let steps: readonly PlanStep[];
    try {
      steps = await this.#take(own.text, parsed.settings, file.name);
    } catch (error) {
      return log.write('error', 'reload-failed', `The configuration cannot be joined with that of the site; nothing was changed: ${String(error)}`);
    }
    if (this.#trial !== null && own.text !== this.#trial.after) await this.#overtaken();
    if (this.#trial === null) await this.#keep(own.text);
    log.write('notice', 'reloaded', steps.length === 0 ? 'The configuration is unchanged.' : `${steps.length} changes of the configuration were taken.`);
  }

  #try(trial: Trial, leftMs: number): void {
    this.#timer?.cancel();
    this.#trial = trial;
    this.#timer = this.#parts.clock.after('configuration-trial', leftMs, () => void this.#serial.run(() => this.#over(trial)));
  }

  /** The time of a trial is over. By the unhurried clock: a wall clock that is set meanwhile changes nothing. */
  async #over(trial: Trial): Promise<void> {
    if (this.#trial !== trial) return;
    const { log, file } = this.#parts;
    const own = await file.read();
    if ('text' in own && own.text !== trial.after) return this.#overtaken();
    this.#timer = null;
    this.#trial = null;
    const parsed = parseConfiguration(trial.before, file.name);
    if (!parsed.ok) return log.write('alert', 'configuration-not-back', `The configuration before the trial is not good any more: ${parsed.faults.map(faultLine).join('; ')}`);
    log.write('alert', 'configuration-went-back', `The configuration of ${trial.by} was taken back: nobody confirmed it within ${trial.minutes} min. The one before is in force again.`);
    await this.#back(trial, parsed.settings).catch((error: unknown) => log.write('alert', 'configuration-not-back', `The way back to the configuration before the trial met a fault: ${String(error)}`));
    if (this.#waiting.length > 0) this.#parts.restart?.(`${this.#waiting.join(', ')} of the configuration before the trial take a restart`);
  }

  /** The unit takes it even where the file cannot be written; the record then stays for the next start. */
  async #back(trial: Trial, settings: Settings): Promise<void> {
    const { file, storage, clock } = this.#parts;
    const written = file.write(trial.before).then(() => null, (refused: unknown) => refused);
    const refused = await written;
    await this.#take(trial.before, settings, file.name);
    if (refused !== null) throw refused;
    await endTrial(storage);
    await this.#revisions.add({ text: trial.before, by: 'the end of a trial', takenMs: clock.wall() });
    await this.#keep(trial.before);
  }

  async #overtaken(): Promise<void> {
    await this.#overtake();
    this.#parts.log.write('notice', 'configuration-trial-overtaken', `${this.#parts.file.name} was written while a configuration was on trial; the trial is over.`);
  }

  /** Another configuration counts, whether the record of the trial can be removed or not. */
  async #overtake(): Promise<void> {
    this.stop();
    this.#trial = null;
    await endTrial(this.#parts.storage).catch((error: unknown) => this.#notKept(error));
  }

  async #keep(text: string): Promise<void> {
    await keepLastGood(this.#parts.storage, text).catch((error: unknown) => this.#notKept(error));
  }

  #notKept(error: unknown): void {
    this.#parts.log.write('warning', 'configuration-not-kept', error instanceof HalError ? error.message : String(error));
  }
}

function sameFile(one: OwnFile, other: OwnFile): boolean {
  return 'text' in one && 'text' in other ? one.text === other.text : !('text' in one) && !('text' in other);
}
