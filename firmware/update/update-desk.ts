import type { Timer } from '../../hal/clock.ts';
import { isWebAddress } from '../../hal/download.ts';
import { HalError } from '../../hal/errors.ts';
import type { BundleFiles, SlotStatus } from '../../hal/firmware-slots.ts';
import type { Storage } from '../../hal/storage.ts';
import { Serial } from '../mailbox/serial.ts';
import { IncomingBundle } from './incoming-bundle.ts';
import type { UpdateCourse } from './update-course.ts';
import { UpdateHands, type UpdateHandsParts } from './update-hands.ts';
import { updateStep } from './update-machine.ts';
import { RecordFile } from './update-record.ts';
import { freshRecord, type UpdateAnswer, type UpdateInput, type UpdateMove, type UpdateOrder, type UpdateState } from './update-state.ts';
import { UpdateWaits, type UpdateWaitsParts } from './update-waits.ts';
import { reasonOf, wordsOf } from './update-words.ts';

export interface UpdateDeskParts extends UpdateHandsParts, UpdateWaitsParts {
  readonly storage: Storage;
  readonly files: BundleFiles;
  /** Of the disk, for messages. */
  readonly keptBackBytes: () => number;
  /** Why no update may begin now, but for what is wrong with an update itself; null = one may. */
  readonly held: () => string | null;
}

/** What `show update` prints. */
export interface UpdateStatus extends Pick<UpdateState, 'phase' | 'order' | 'percent' | 'doubt' | 'slots' | 'version' | 'record'> {
  /** null = no trial is going on. */
  readonly trialLeftMs: number | null;
}

/** Of what is received: whoever sends is not there any more. */
const incomingSilentMs = 5 * 60_000;
/** What keeps the slots is started beside the unit, at the lowest priority: it may come later. Looked for after so long, then twice as long, up to the longest wait. */
const firstSlotsMs = 500;
const longestSlotsMs = 30_000;
/** So long it may take without being told. */
const quietSlotsMs = 10_000;

/**
 * Takes orders and bundles, and keeps what `update-machine.ts` makes of them.
 *
 *   console, partner ── orders ──> UpdateDesk ──> machine ── effects ──> UpdateHands ──> BundleFetcher, FirmwareSlots, RecordFile, UpdateProof, Power, log
 *                                                   └── waits ──> UpdateWaits ──> clock, calls
 */
export class UpdateDesk {
  readonly #parts: UpdateDeskParts;
  readonly #effects = new Serial();
  readonly #hands: UpdateHands;
  readonly #waits: UpdateWaits;
  #state: UpdateState;
  #again: Timer | null = null;
  /** The slots were seen, or there are none. */
  #began = false;
  #noSlots = 'the firmware slots have not been looked at yet';
  #incoming: IncomingBundle | null = null;
  #receives = false;
  #running = false;

  constructor(parts: UpdateDeskParts) {
    this.#parts = parts;
    this.#state = { phase: 'idle', record: freshRecord(parts.release.floor, parts.release.dataFrom), slots: null, version: parts.version, release: parts.release, order: null, percent: 0, doubt: null };
    const course: UpdateCourse = { state: () => this.#state, step: (input) => void this.#step(input), effects: this.#effects };
    this.#hands = new UpdateHands(parts, course);
    this.#waits = new UpdateWaits(parts, course);
  }

  /** When the unit answers calls. Never rejects. */
  async start(): Promise<void> {
    const { log, storage, release, clock } = this.#parts;
    this.#running = true;
    try {
      const file = await RecordFile.open(storage, log, release.floor, release.dataFrom);
      this.#hands.keepIn(file);
      this.#state = { ...this.#state, record: file.record };
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
    this.#hands.stop();
    this.#waits.stop();
    this.#again?.cancel();
  }

  /** What was decided so far is done, and written down. */
  settled(): Promise<void> {
    return this.#effects.idle();
  }

  status(): UpdateStatus {
    const { phase, order, percent, doubt, slots, version, record } = this.#state;
    return { phase, order, percent, doubt, slots, version, record, trialLeftMs: this.#waits.trialLeftMs };
  }

  /** Begins, or says why not. `source`: a path, a URL, 'usb', or 'slot'. */
  async order(source: string, by: string, restart: UpdateOrder['restart']): Promise<UpdateAnswer> {
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
      const verdict = this.#hands.verdict(bundle, slots.board);
      return verdict.ok ? { ok: true, place, version: bundle.version } : { ok: false, reason: verdict.reason };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  }

  now(): UpdateAnswer {
    return this.#answered({ type: 'now' });
  }

  cancel(by: string): UpdateAnswer {
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

  async #onStick(): Promise<string | UpdateAnswer> {
    const [first, ...more] = await this.#parts.files.onSticks();
    if (first === undefined) return { ok: false, text: 'no stick with a file NAME.raucb is plugged in' };
    return more.length === 0 ? first : { ok: false, text: `there are several; name one: ${[first, ...more].join(', ')}` };
  }

  #answered(input: UpdateInput): UpdateAnswer {
    return this.#step(input) ?? { ok: false, text: 'no update is going on' };
  }

  #step(input: UpdateInput): UpdateAnswer | null {
    const move: UpdateMove = updateStep(this.#state, input);
    this.#state = move.state;
    this.#waits.arrange(move.state);
    for (const effect of move.effects) this.#hands.queue(effect, move.state);
    return move.answer;
  }
}

const receivesAlready = (): HalError => new HalError('busy', 'update', 'a bundle is being received already');
