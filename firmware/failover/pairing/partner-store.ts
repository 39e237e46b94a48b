import type { Clock } from '../../../hal/clock.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import { openDocument, type Document } from '../../mailbox/document.ts';
import { Folders } from '../../mailbox/folders.ts';
import { pairFolder } from '../identity.ts';
import { turn, type RingInput } from './key-ring.ts';
import { checkPairRecord, partnerOf, type PairRecord, type PartnerRecord } from './pair-record.ts';
import type { Agreement } from './pair-run.ts';

const path = `${pairFolder}/partner`;

/** The partner, durable; each change is told once it is. */
export class PartnerStore {
  /** Called after each durable change. */
  changed: () => void = () => {};
  readonly #document: Document<PairRecord>;
  readonly #clock: Clock;
  /** As on the disk: memory runs ahead of it while a change is written, and stays so when that fails. */
  #durable: PartnerRecord | null;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(document: Document<PairRecord>, clock: Clock) {
    this.#document = document;
    this.#clock = clock;
    this.#durable = document.state.partner;
  }

  /** Errors: HalError read-only, io, no-space. */
  static async open(storage: Storage, clock: Clock, log: Log): Promise<PartnerStore> {
    await new Folders(storage).ensure(pairFolder);
    return new PartnerStore(await openDocument<PairRecord>(storage, path, { partner: null }, checkPairRecord, log), clock);
  }

  get partner(): PartnerRecord | null {
    return this.#durable;
  }

  /** Errors: HalError no-space, read-only, io; then the old partner stays. */
  pair(agreement: Agreement, confirmed: boolean): Promise<void> {
    return this.#inTurn(() => this.#put(partnerOf(agreement, confirmed, this.#clock.wall())));
  }

  confirm(pairId: string): Promise<void> {
    return this.#inTurn(async () => {
      const { partner } = this;
      if (partner?.pairId === pairId && !partner.confirmed) await this.#put({ ...partner, confirmed: true });
    });
  }

  /** false = the ring of this pair cannot make that step. Errors: HalError no-space, read-only, io. */
  turn(pairId: string, input: RingInput): Promise<boolean> {
    return this.#inTurn(async () => {
      const { partner } = this;
      const ring = partner?.pairId === pairId ? turn(partner.ring, input) : null;
      if (partner === null || ring === null) return false;
      const rotatedAtMs = input.kind === 'use' ? this.#clock.wall() : partner.rotatedAtMs;
      if (ring !== partner.ring) await this.#put({ ...partner, ring, rotatedAtMs });
      return true;
    });
  }

  /** Twice and long enough, because the document has two slots and writes over their beginning: then the keys are in neither. */
  forget(): Promise<void> {
    return this.#inTurn(async () => {
      const cover = ' '.repeat(this.#document.bytes);
      await this.#put(null, cover);
      await this.#put(null, cover);
    });
  }

  /** Each change starts from what the one before left, or two at the same time would undo each other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  async #put(partner: PartnerRecord | null, cover = ''): Promise<void> {
    const before = this.#durable;
    try {
      await this.#document.change((state) => Object.assign(state, { partner, cover }));
    } catch (error) {
      // What a later write carries along must not be what was just refused.
      void this.#document.change((state) => void (state.partner = before)).catch(() => {});
      throw error;
    }
    this.#durable = partner;
    this.changed();
  }
}
