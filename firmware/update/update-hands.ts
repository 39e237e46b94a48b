import { HalError } from '../../hal/errors.ts';
import type { BundleFacts, FirmwareSlots } from '../../hal/firmware-slots.ts';
import type { Log } from '../log.ts';
import { atMost } from '../unit/at-most.ts';
import { incomingPlace, type BundleFetcher } from './bundle-fetcher.ts';
import { judgeBundle, type BundleVerdict } from './bundle-verdict.ts';
import { MachineRestart, type MachineRestartParts } from './machine-restart.ts';
import type { PairVersions, ReleaseFacts } from './release-facts.ts';
import type { UpdateCourse } from './update-course.ts';
import { UpdateProof, type UpdateProofParts } from './update-proof.ts';
import type { RecordFile } from './update-record.ts';
import type { UpdateEffect, UpdateOrder, UpdateState } from './update-state.ts';
import { reasonOf, wordsOf } from './update-words.ts';

export interface UpdateHandsParts extends UpdateProofParts, Omit<MachineRestartParts, 'failed'> {
  readonly log: Log;
  readonly slots: FirmwareSlots;
  readonly fetcher: BundleFetcher;
  readonly version: string;
  readonly release: ReleaseFacts;
  /** What the partner speaks; null = there is none, or it is not heard. */
  readonly partner: () => PairVersions | null;
  readonly handOver: () => void;
}

/** A record that need not be written is not waited for longer: a disk that hangs must not keep the machine from going back. */
const keepMs = 5000;

/** Does what `update-machine.ts` decides, one effect after another, and tells it what happened. */
export class UpdateHands {
  readonly #parts: UpdateHandsParts;
  readonly #course: UpdateCourse;
  readonly #restart: MachineRestart;
  readonly #proof: UpdateProof;
  #file: RecordFile | null = null;
  #abort = new AbortController();
  #fetching: Promise<void> = Promise.resolve();

  constructor(parts: UpdateHandsParts, course: UpdateCourse) {
    this.#parts = parts;
    this.#course = course;
    this.#restart = new MachineRestart({ ...parts, failed: (reason) => course.step({ type: 'restart-failed', reason }) });
    this.#proof = new UpdateProof(parts, course);
  }

  /** Where records go from now on. */
  keepIn(file: RecordFile): void {
    this.#file = file;
  }

  stop(): void {
    this.#abort.abort();
    this.#proof.stop();
    this.#restart.stop();
  }

  /** Queues it; what a failed record keeps from happening is skipped then. `state`: as it was decided with. */
  queue(effect: UpdateEffect, state: UpdateState): void {
    void this.#course.effects.run(() => this.#do(effect, state)).catch((error: unknown) => this.#parts.log.write('error', 'update-caught', `An update met a defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
  }

  /** Whether a bundle whose signature is good may be installed here. */
  verdict(bundle: BundleFacts, board: string): BundleVerdict {
    const { version, release, partner } = this.#parts;
    const { floor, dataNeeds } = this.#course.state().record;
    return judgeBundle(bundle, { board, version, release, floor, dataNeeds, partner: partner() });
  }

  async #do(effect: UpdateEffect, state: UpdateState): Promise<void> {
    const { log, slots, fetcher, handOver, clock } = this.#parts;
    const { phase } = this.#course.state();
    switch (effect.type) {
      case 'tell':
        return log.write(effect.severity, effect.event, effect.text);
      case 'keep':
        return effect.must ? this.#keep(true, state) : atMost(clock, keepMs, this.#keep(false, state));
      case 'fetch':
        return void (this.#fetching = this.#fetching.then(() => this.#fetch(effect.order)));
      case 'check':
        return void this.#check(effect.order);
      case 'install':
        return phase === 'installing' ? void this.#install(effect.order) : undefined;
      case 'start-other':
        return phase === 'waiting' ? this.#tryOr(() => slots.startOther(), 'the other slot cannot be taken') : undefined;
      case 'stay':
        return this.#tryOr(() => slots.stay(), 'the boot loader could not be told to stay');
      case 'clear':
        // What was broken off has let go of its file first.
        await this.#fetching;
        return this.#tryOr(() => fetcher.clear(), 'a fetched firmware could not be removed');
      case 'hand-over':
        return handOver();
      case 'abort':
        return this.#abort.abort();
      case 'restart':
        return void this.#restart.begin(effect.cause);
      case 'prove':
        return this.#proof.begin();
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
      if (must) this.#course.step(this.#course.state().phase === 'waiting' ? { type: 'cancel', by: 'the disk', nowMs } : { type: 'install-failed', reason: wordsOf(error), nowMs });
    }
  }

  async #fetch(order: UpdateOrder): Promise<void> {
    if (!this.#isFor(order)) return;
    this.#abort = new AbortController();
    try {
      await this.#parts.fetcher.fetch(order.source, (percent) => void (this.#isFor(order) && this.#course.step({ type: 'fetch-progress', percent })), this.#abort.signal);
      if (this.#isFor(order)) this.#course.step({ type: 'fetched' });
    } catch (error) {
      this.#refused(order, error);
    }
  }

  /** What is known late of an order that was cancelled says nothing of the one that is there now. */
  #isFor(order: UpdateOrder): boolean {
    return this.#course.state().order === order;
  }

  async #check(order: UpdateOrder): Promise<void> {
    const { slots, clock } = this.#parts;
    try {
      const bundle = await slots.check(placeOf(order));
      if (!this.#isFor(order)) return;
      const verdict = this.verdict(bundle, this.#course.state().slots?.board ?? '');
      if (verdict.ok) this.#course.step({ type: 'checked', bundle, release: verdict.release, remark: verdict.remark, nowMs: clock.wall() });
      else this.#course.step({ type: 'refused', version: bundle.version, reason: verdict.reason, nowMs: clock.wall() });
    } catch (error) {
      this.#refused(order, error);
    }
  }

  #refused(order: UpdateOrder, error: unknown): void {
    if (this.#isFor(order)) this.#course.step({ type: 'refused', version: '', reason: reasonOf(error), nowMs: this.#parts.clock.wall() });
  }

  async #install(order: UpdateOrder): Promise<void> {
    const { slots, clock } = this.#parts;
    try {
      await slots.install(placeOf(order), (percent) => void (this.#isFor(order) && this.#course.step({ type: 'progress', percent })));
      if (this.#isFor(order)) this.#course.step({ type: 'installed', nowMs: clock.wall() });
    } catch (error) {
      if (this.#isFor(order)) this.#course.step({ type: 'install-failed', reason: reasonOf(error), nowMs: clock.wall() });
    }
  }

  async #tryOr(act: () => Promise<void>, otherwise: string): Promise<void> {
    await act().catch((error: unknown) => this.#parts.log.write('error', 'update-trouble', `It is gone on with an update, although ${otherwise}: ${wordsOf(error)}.`));
  }
}

const placeOf = ({ kind, source }: UpdateOrder): string => (kind === 'web' ? incomingPlace : source);
