import type { Clock, Timer } from '../../hal/clock.ts';
import { isWebAddress } from '../../hal/download.ts';
import { HalError } from '../../hal/errors.ts';
import type { BundleFacts, BundleFiles, FirmwareSlots, SlotStatus } from '../../hal/firmware-slots.ts';
import type { Power } from '../../hal/power.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { Serial } from '../mailbox/serial.ts';
import { judgeBundle, type BundleVerdict } from './bundle-verdict.ts';
import { incomingPlace, type BundleFetcher } from './bundle-fetcher.ts';
import { IncomingBundle } from './incoming-bundle.ts';
import type { PairVersions, ReleaseFacts } from './release-facts.ts';
import { updateStep, updateTimers } from './update-machine.ts';
import { tried } from './update-moves.ts';
import { RecordFile } from './update-record.ts';
import { MachineRestart } from './machine-restart.ts';
import { reasonOf, wordsOf } from './update-words.ts';
import { atMost } from '../unit/at-most.ts';
import { freshRecord, type UpdateEffect, type UpdateInput, type UpdateMove, type UpdateOrder, type UpdateState, type UpdateTimer } from './update-state.ts';

export interface UpdateDeskParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly storage: Storage;
  readonly slots: FirmwareSlots;
  readonly files: BundleFiles;
  readonly fetcher: BundleFetcher;
  readonly power: Power | null;
  /** Of the disk, for messages. */
  readonly keptBackBytes: () => number;
  readonly version: string;
  readonly release: ReleaseFacts;
  /** What the partner speaks; null = there is none, or it is not heard. */
  readonly partner: () => PairVersions | null;
  /** Calls that a restart would end. */
  readonly calls: () => number;
  /** This unit serves, and its partner could in its place. */
  readonly service: () => { readonly serves: boolean; readonly partnerFit: boolean };
  readonly handOver: () => void;
  /** Why the unit may not do what it is for, or that it has not been looked at yet; none = all is well. */
  readonly doubts: () => readonly string[];
  /** Why no update may begin now, but for what is wrong with an update itself; null = one may. */
  readonly held: () => string | null;
  /** A call of the unit's own: null = answered and heard, else why not. */
  readonly ownCall: () => Promise<string | null>;
  /** Ends calls in good order before the machine restarts. Resolves when that is done, or has taken too long. */
  readonly leave: (cause: string) => Promise<void>;
  /** Ends the program for its supervisor to start it again; null = nobody would. */
  readonly endProgram: ((cause: string) => void) | null;
}

export interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

/** What `show update` prints. */
export interface UpdateStatus extends Pick<UpdateState, 'phase' | 'order' | 'percent' | 'doubt' | 'slots' | 'version'> {
  readonly record: UpdateState['record'];
  /** The running version is being tried. */
  readonly tried: boolean;
  /** null = no trial is going on. */
  readonly trialLeftMs: number | null;
}

/** A tried version has so long, from the start of the unit. */
export const trialMs = 3 * 60_000;
const unprovedMs = 10 * 60_000;
const leaveMs = 5 * 60_000;
const waits: Readonly<Record<UpdateTimer, number>> = { trial: trialMs, unproved: unprovedMs, leave: leaveMs };
/** The first own call comes when the unit has had a moment, the next ones at intervals. */
const firstProofMs = 1000;
const proofEveryMs = 5000;
/** A tried version is well for so long before it is marked good, which is final: some rounds of health checks. */
export const wellMs = 15_000;
/** A record that need not be written is not waited for longer: a disk that hangs must not keep the machine from going back. */
const keepMs = 5000;
/** Of what is received: whoever sends is not there any more. */
const incomingSilentMs = 5 * 60_000;
const lookMs = 1000;
/** What keeps the slots is started beside the unit, at the lowest priority: it may come later. Looked for after so long, then twice as long, up to the longest wait. */
const firstSlotsMs = 500;
const longestSlotsMs = 30_000;
/** So long it may take without being told. */
const quietSlotsMs = 10_000;

/**
 * Does what `update-machine.ts` decides, one effect after another, and tells it what happened.
 *
 *   console, partner ── orders ──┐                        ┌──> BundleFetcher, FirmwareSlots, RecordFile
 *   clock, calls, own call ──────┴──> machine ── effects ─┴──> Power, log
 */
export class UpdateDesk {
  readonly #parts: UpdateDeskParts;
  readonly #effects = new Serial();
  readonly #timers = new Map<UpdateTimer, { readonly key: string; readonly timer: Timer }>();
  #state: UpdateState;
  #file: RecordFile | null = null;
  #look: Timer | null = null;
  #proof: Timer | null = null;
  #again: Timer | null = null;
  /** The slots were seen, or there are none. */
  #began = false;
  #abort = new AbortController();
  #fetching: Promise<void> = Promise.resolve();
  #incoming: IncomingBundle | null = null;
  #receives = false;
  /** No doubt since then; null = there is one. */
  #wellSinceMs: number | null = null;
  #running = false;
  readonly #restart: MachineRestart;

  constructor(parts: UpdateDeskParts) {
    this.#parts = parts;
    this.#restart = new MachineRestart({ ...parts, failed: (reason) => void this.#step({ type: 'restart-failed', reason }) });
    this.#state = { phase: 'idle', record: freshRecord(parts.release.floor, parts.release.dataFrom), slots: null, version: parts.version, release: parts.release, order: null, percent: 0, doubt: null };
  }

  /** When the unit answers calls. Never rejects. */
  async start(): Promise<void> {
    const { log, storage, release, clock } = this.#parts;
    this.#running = true;
    try {
      this.#file = await RecordFile.open(storage, log, release.floor, release.dataFrom);
      this.#state = { ...this.#state, record: this.#file.record };
    } catch (error) {
      log.write('alert', 'update-record-unreadable', `What became of an update cannot be read, so it is only known from the slots: ${String(error)}`);
    }
    await this.#begin(firstSlotsMs, clock.monotonic() + quietSlotsMs);
  }

  /** What the start finds out needs the slots, so nothing begins before they are seen. */
  async #begin(againMs: number, tellAtMs: number): Promise<void> {
    const { clock, log } = this.#parts;
    const seen = await this.#parts.slots.status().catch((error: unknown) => error);
    if (!this.#running) return;
    const absent = seen instanceof HalError && seen.id === 'unsupported';
    if (seen instanceof Error && !absent) {
      this.#noSlots = `the firmware slots cannot be seen yet: ${wordsOf(seen)}`;
      const tells = clock.monotonic() >= tellAtMs;
      if (tells) log.write('error', 'slots-unseen', `The firmware slots cannot be seen, so the firmware that runs is not marked good: ${wordsOf(seen)}.`);
      this.#again = clock.after('firmware slots', againMs, () => void this.#begin(Math.min(2 * againMs, longestSlotsMs), tells ? Infinity : tellAtMs));
      return;
    }
    if (absent) this.#noSlots = `the firmware slots cannot be seen: ${wordsOf(seen)}`;
    this.#began = true;
    this.#step({ type: 'started', slots: absent ? null : (seen as SlotStatus), nowMs: clock.wall() });
  }

  stop(): void {
    this.#running = false;
    this.#abort.abort();
    for (const { timer } of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#look?.cancel();
    this.#proof?.cancel();
    this.#again?.cancel();
    this.#restart.stop();
  }

  /** What was decided so far is done, and written down. */
  settled(): Promise<void> {
    return this.#effects.idle();
  }

  status(): UpdateStatus {
    const { phase, order, percent, doubt, slots, version, record } = this.#state;
    const trial = this.#timers.get('trial');
    return { phase, order, percent, doubt, slots, version, record, tried: tried(this.#state), trialLeftMs: trial === undefined ? null : Math.max(0, trial.timer.dueMs - this.#parts.clock.monotonic()) };
  }

  /** Begins, or says why not. `source`: a path, a URL, 'usb', or 'slot'. */
  async order(source: string, by: string, restart: UpdateOrder['restart']): Promise<Answer> {
    const slots = await this.#slotStatus();
    if (slots === null) return { ok: false, text: this.#noSlots };
    const held = this.#parts.held();
    if (held !== null) return { ok: false, text: held };
    if (await this.receiving()) return { ok: false, text: 'a bundle is being received: wait until it is there' };
    if (source === 'slot') return this.#answered({ type: 'order', order: { kind: 'slot', source: 'the other slot', by, restart }, slots });
    const found = source === 'usb' ? await this.#onStick() : source;
    if (typeof found !== 'string') return found;
    return this.#answered({ type: 'order', order: { kind: isWebAddress(found) ? 'web' : 'file', source: found, by, restart }, slots });
  }

  /** Looks at a bundle as `order` would, and begins nothing. Of one on the web only a copy that was fetched can be looked at. */
  async judge(source: string): Promise<{ readonly ok: true; readonly place: string; readonly version: string } | { readonly ok: false; readonly reason: string }> {
    const slots = await this.#slotStatus();
    if (slots === null) return { ok: false, reason: this.#noSlots };
    if (this.#state.phase !== 'idle') return { ok: false, reason: 'an update is going on here, or this version has not proved itself yet' };
    const place = source === 'usb' ? await this.#onStick() : source;
    if (typeof place !== 'string') return { ok: false, reason: place.text };
    try {
      const bundle = await this.#parts.slots.check(place);
      const verdict = this.#verdict(bundle, slots.board);
      return verdict.ok ? { ok: true, place, version: bundle.version } : { ok: false, reason: verdict.reason };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  }

  now(): Answer {
    return this.#answered({ type: 'now' });
  }

  cancel(by: string): Answer {
    return this.#answered({ type: 'cancel', by, nowMs: this.#parts.clock.wall() });
  }

  /** A bundle is on its way by a cable or from the partner. One of which nothing has come for long is given up. */
  async receiving(): Promise<boolean> {
    const incoming = this.#incoming;
    if (incoming === null || incoming.isOver) return false;
    if (this.#parts.clock.monotonic() - incoming.heardMs < incomingSilentMs) return true;
    await incoming.abandon();
    return false;
  }

  /** For a bundle that comes by a cable or from the partner; when it is whole, `order` it from `incomingPlace`. Errors: HalError unsupported, busy, no-space, read-only, io. */
  async receive(): Promise<IncomingBundle> {
    if (this.#receives) throw receivesAlready();
    this.#receives = true;
    try {
      return (this.#incoming = await this.#openIncoming());
    } finally {
      this.#receives = false;
    }
  }

  async #openIncoming(): Promise<IncomingBundle> {
    if ((await this.#slotStatus()) === null) throw new HalError('unsupported', 'update', this.#noSlots);
    if (this.#state.phase !== 'idle' || this.#parts.held() !== null) throw new HalError('busy', 'update', 'an update is going on, or this version has not proved itself yet');
    if (await this.receiving()) throw receivesAlready();
    // What is left of another is removed first.
    await this.settled();
    return IncomingBundle.open(this.#parts.storage, this.#parts.keptBackBytes(), this.#parts.clock);
  }

  #noSlots = 'the firmware slots have not been looked at yet';

  async #slotStatus(): Promise<SlotStatus | null> {
    if (!this.#began) return null;
    try {
      return await this.#parts.slots.status();
    } catch (error) {
      this.#noSlots = `the firmware slots cannot be seen: ${wordsOf(error)}`;
      if (!(error instanceof HalError && error.id === 'unsupported')) this.#parts.log.write('error', 'slots-unseen', `The firmware slots cannot be seen: ${wordsOf(error)}.`);
      return null;
    }
  }

  async #onStick(): Promise<string | Answer> {
    const [first, ...more] = await this.#parts.files.onSticks();
    if (first === undefined) return { ok: false, text: 'no stick with a file NAME.raucb is plugged in' };
    return more.length === 0 ? first : { ok: false, text: `there are several; name one: ${[first, ...more].join(', ')}` };
  }

  #answered(input: UpdateInput): Answer {
    return this.#step(input) ?? { ok: false, text: 'no update is going on' };
  }

  #step(input: UpdateInput): Answer | null {
    const move: UpdateMove = updateStep(this.#state, input);
    this.#state = move.state;
    this.#arrange();
    for (const effect of move.effects) this.#queue(effect, move.state);
    return move.answer;
  }

  /** One after another; what a failed record keeps from happening is skipped. */
  #queue(effect: UpdateEffect, state: UpdateState): void {
    void this.#effects.run(() => this.#do(effect, state)).catch((error: unknown) => this.#parts.log.write('error', 'update-caught', `An update met a defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
  }

  async #do(effect: UpdateEffect, state: UpdateState): Promise<void> {
    const { log, slots, fetcher, handOver } = this.#parts;
    switch (effect.type) {
      case 'tell':
        return log.write(effect.severity, effect.event, effect.text);
      case 'keep':
        return effect.must ? this.#keep(true, state) : atMost(this.#parts.clock, keepMs, this.#keep(false, state));
      case 'fetch':
        return void (this.#fetching = this.#fetching.then(() => this.#fetch(effect.order)));
      case 'check':
        return void this.#check(effect.order);
      case 'install':
        return this.#state.phase === 'installing' ? void this.#install(effect.order) : undefined;
      case 'start-other':
        return this.#state.phase === 'waiting' ? this.#tryOr(() => slots.startOther(), 'the other slot cannot be taken') : undefined;
      case 'stay':
        return this.#tryOr(() => slots.stay(), 'the boot loader could not be told to stay');
      case 'clear':
        // What was broken off has let go of its file first.
        await this.#fetching;
        return this.#tryOr(() => fetcher.clear(), 'a fetched firmware could not be removed');
      case 'hand-over':
        return handOver();
      case 'abort':
        this.#abort.abort();
        return;
      case 'restart':
        return void this.#restart.begin(effect.cause);
      case 'prove':
        return this.#proveAfter(firstProofMs);
      case 'mark-bad':
        return this.#tryOr(() => slots.markBad(), 'the slot could not be marked bad, so the boot loader goes back by its own count');
    }
  }

  async #keep(must: boolean, { record }: UpdateState): Promise<void> {
    try {
      if (this.#file === null) throw new HalError('io', 'update/state', 'the record cannot be read');
      await this.#file.keep(record);
    } catch (error) {
      this.#parts.log.write('error', 'update-not-kept', `How far the update has come could not be written down: ${wordsOf(error)}.`);
      const nowMs = this.#parts.clock.wall();
      if (must) this.#step(this.#state.phase === 'waiting' ? { type: 'cancel', by: 'the disk', nowMs } : { type: 'install-failed', reason: wordsOf(error), nowMs });
    }
  }

  async #fetch(order: UpdateOrder): Promise<void> {
    if (!this.#isFor(order)) return;
    this.#abort = new AbortController();
    try {
      await this.#parts.fetcher.fetch(order.source, (percent) => void (this.#isFor(order) && this.#step({ type: 'fetch-progress', percent })), this.#abort.signal);
      if (this.#isFor(order)) this.#step({ type: 'fetched' });
    } catch (error) {
      this.#refused(order, '', error);
    }
  }

  /** What is known late of an order that was cancelled says nothing of the one that is there now. */
  #isFor(order: UpdateOrder): boolean {
    return this.#state.order === order;
  }

  async #check(order: UpdateOrder): Promise<void> {
    const { slots, clock } = this.#parts;
    try {
      const bundle = await slots.check(placeOf(order));
      if (!this.#isFor(order)) return;
      const verdict = this.#verdict(bundle, this.#state.slots?.board ?? '');
      if (verdict.ok) this.#step({ type: 'checked', bundle, release: verdict.release, remark: verdict.remark, nowMs: clock.wall() });
      else this.#step({ type: 'refused', version: bundle.version, reason: verdict.reason, nowMs: clock.wall() });
    } catch (error) {
      this.#refused(order, '', error);
    }
  }

  #verdict(bundle: BundleFacts, board: string): BundleVerdict {
    const { version, release, partner } = this.#parts;
    const { record } = this.#state;
    return judgeBundle(bundle, { board, version, release, floor: record.floor, dataNeeds: record.dataNeeds, partner: partner() });
  }

  #refused(order: UpdateOrder, version: string, error: unknown): void {
    if (this.#isFor(order)) this.#step({ type: 'refused', version, reason: reasonOf(error), nowMs: this.#parts.clock.wall() });
  }

  async #install(order: UpdateOrder): Promise<void> {
    const { slots, clock } = this.#parts;
    try {
      await slots.install(placeOf(order), (percent) => void (this.#isFor(order) && this.#step({ type: 'progress', percent })));
      if (this.#isFor(order)) this.#step({ type: 'installed', nowMs: clock.wall() });
    } catch (error) {
      if (this.#isFor(order)) this.#step({ type: 'install-failed', reason: reasonOf(error), nowMs: clock.wall() });
    }
  }

  #proveAfter(ms: number): void {
    this.#proof?.cancel();
    if (this.#running) this.#proof = this.#parts.clock.after('own call', ms, () => void this.#prove());
  }

  /** Health first: a unit that is not well, or not known to be, is not marked good for answering. */
  async #prove(): Promise<void> {
    const { ownCall, clock } = this.#parts;
    if (this.#state.phase !== 'proving') return;
    const why = this.#doubt() ?? (await ownCall());
    if (!this.#running) return;
    // Behind what is being done: a trial that has ended meanwhile has marked the slot bad, and that stays.
    void this.#effects.run(() => this.#judge(why, clock.wall()));
  }

  async #judge(doubt: string | null, nowMs: number): Promise<void> {
    if (this.#state.phase !== 'proving') return;
    const why = doubt ?? (await this.#parts.slots.markGood().then(() => null, wordsOf));
    if (!this.#running) return;
    this.#step(why === null ? { type: 'proved', nowMs } : { type: 'not-proved', reason: why });
    if (why !== null) this.#proveAfter(proofEveryMs);
  }

  #doubt(): string | null {
    const { doubts, clock } = this.#parts;
    const [ill] = doubts();
    this.#wellSinceMs = ill === undefined ? (this.#wellSinceMs ?? clock.monotonic()) : null;
    if (ill !== undefined || this.#wellSinceMs === null) return ill ?? null;
    const missingMs = tried(this.#state) ? wellMs - (clock.monotonic() - this.#wellSinceMs) : 0;
    return missingMs > 0 ? `it is well, and is to be so for ${Math.ceil(missingMs / 1000)} s more` : null;
  }

  /** Timers and looks as the state wants them. */
  #arrange(): void {
    const wanted = updateTimers(this.#state);
    const { clock } = this.#parts;
    for (const name of Object.keys(waits) as UpdateTimer[]) {
      const key = wanted[name];
      const held = this.#timers.get(name);
      if (held?.key === key) continue;
      held?.timer.cancel();
      this.#timers.delete(name);
      if (key !== undefined && this.#running) this.#timers.set(name, { key, timer: clock.after(`update ${name}`, waits[name], () => this.#step({ type: 'timer', timer: name, nowMs: clock.wall() })) });
    }
    const looks = this.#running && (this.#state.phase === 'waiting' || this.#state.phase === 'leaving');
    if (looks && this.#look === null) this.#lookAfter();
    if (!looks) {
      this.#look?.cancel();
      this.#look = null;
    }
  }

  #lookAfter(): void {
    this.#look = this.#parts.clock.after('update look', lookMs, () => {
      this.#look = null;
      const { calls, service } = this.#parts;
      // What is being written down comes first.
      void this.#effects.run(async () => void this.#step({ type: 'look', calls: calls(), ...service() }));
    });
  }

  async #tryOr(act: () => Promise<void>, otherwise: string): Promise<void> {
    await act().catch((error: unknown) => this.#parts.log.write('error', 'update-trouble', `It is gone on with an update, although ${otherwise}: ${wordsOf(error)}.`));
  }
}

const receivesAlready = (): HalError => new HalError('busy', 'update', 'a bundle is being received already');
const placeOf = ({ kind, source }: UpdateOrder): string => (kind === 'web' ? incomingPlace : source);
