import type { Timer } from '../../../hal/clock.ts';
import type { ParkAnswer, ParkAsk } from '../../callflow/requests/transfer-requests.ts';
import type { Leg, LegHandlers } from '../../sip/leg.ts';
import type { PlacedCall } from '../placed-call.ts';
import type { Port } from '../port-pool.ts';
import type { AskingCall } from '../request-desk.ts';
import { placePage } from './page-call.ts';
import type { TransferDesk, TransferParts } from './transfer-desk.ts';
import { mayTransfer } from './transfer-rules.ts';

/** Callers who are parked at the same time: slots have one digit or two. */
const mostSlots = 99;

interface Parked {
  readonly ask: ParkAsk;
  readonly call: AskingCall;
  readonly slot: number;
  readonly answer: (answer: ParkAnswer) => void;
  pagesLeft: number;
  page: PlacedCall | null;
  wait: Timer | null;
  /** Somebody has called the slot. */
  taken: boolean;
}

/** Callers who wait in a slot of the unit while a number is paged; who calls the slot has them. */
export class ParkDesk {
  readonly #parts: () => TransferParts;
  readonly #transfers: Pick<TransferDesk, 'meet'>;
  readonly #slots = new Map<number, Parked>();

  constructor(parts: () => TransferParts, transfers: Pick<TransferDesk, 'meet'>) {
    this.#parts = parts;
    this.#transfers = transfers;
  }

  park(ask: ParkAsk, call: AskingCall): Promise<ParkAnswer> {
    const settings = this.#parts().services.settings();
    const page = ask.page.trim();
    if (settings.transfers.parkPrefix === null) return Promise.resolve({ outcome: 'failed', text: 'nobody could take the call: set transfers.parkPrefix' });
    if (!mayTransfer(settings, page)) return Promise.resolve({ outcome: 'not-allowed', text: `transfers.allow keeps ${page.slice(0, 64)} out` });
    const slot = this.#freeSlot();
    if (slot === null || call.signal.aborted) return Promise.resolve({ outcome: 'failed', text: slot === null ? 'all slots are taken' : 'the caller hung up' });
    return new Promise((answer) => {
      const parked: Parked = { ask: { ...ask, page }, call, slot, answer, pagesLeft: 1 + ask.retries, page: null, wait: null, taken: false };
      this.#slots.set(slot, parked);
      call.signal.addEventListener('abort', () => this.#leave(parked, { outcome: 'failed', text: 'the caller hung up' }), { once: true });
      this.#page(parked);
    });
  }

  /** A call for a slot with somebody in it; null = it is no such call. */
  claim(leg: Leg): LegHandlers | null {
    const parked = this.#slotOf(leg.facts.dialled);
    if (parked === null) return null;
    parked.taken = true;
    parked.wait?.cancel();
    let handlers: LegHandlers | null = null;
    const met = this.#transfers.meet(parked.call, {
      rules: { whispers: false, autoAccept: false },
      ringMs: 30_000,
      whisper: () => undefined,
      dial: (port, of) => {
        handlers = of;
        void this.#answer(leg, port);
        return leg;
      },
    });
    void met.then(({ outcome, text }) => (outcome === 'answered' ? this.#leave(parked, { outcome: 'taken', text }) : this.#again(parked)));
    if (handlers === null) leg.reject(503, 'No port is free');
    return handlers ?? silent;
  }

  /** A slot is taken by one caller of the house. */
  #slotOf(dialled: string): Parked | null {
    if (this.#slots.size === 0) return null; // asked of every call that comes
    const prefix = this.#parts().services.settings().transfers.parkPrefix;
    if (prefix === null || !dialled.startsWith(prefix) || !/^[1-9][0-9]?$/.test(dialled.slice(prefix.length))) return null;
    const parked = this.#slots.get(Number(dialled.slice(prefix.length))) ?? null;
    return parked?.taken === true ? null : parked;
  }

  async #answer(leg: Leg, port: Port): Promise<void> {
    const { local, rtpPort, services } = this.#parts();
    const { codecs } = services.settings().rtp;
    try {
      const address = leg.line === null ? (leg.sharedAddress ?? (await local(leg.facts.remoteAddress))) : '';
      leg.answer({ address, rtpPort: rtpPort(port), codecs });
    } catch (error) {
      services.log.write('error', 'call-unanswerable', `Call ${leg.id} cannot be answered: ${String(error)}`, { call: leg.id });
      leg.reject(500, 'No media address');
    }
  }

  /** Who called the slot has gone before the caller was theirs. */
  #again(parked: Parked): void {
    parked.taken = false;
    if (this.#slots.get(parked.slot) === parked && parked.page === null) this.#page(parked);
  }

  /** A page that cannot be made counts as one: the caller waits for the next. */
  #page(parked: Parked): void {
    if (parked.pagesLeft === 0) return this.#leave(parked, { outcome: 'no-answer', text: 'nobody took the call' });
    parked.pagesLeft -= 1;
    const over = (): void => {
      parked.page = null;
      if (this.#waits(parked)) parked.wait = this.#parts().services.clock.after('park-page', parked.ask.everyMs, () => this.#page(parked));
    };
    const { services } = this.#parts();
    void placePage(this.#parts(), parked, `${services.settings().transfers.parkPrefix ?? ''}${parked.slot}`, over).then((page) => {
      if (page === null) return over();
      parked.page = page;
      if (!this.#waits(parked)) page.hangUp('the caller does not wait any more');
    });
  }

  #waits(parked: Parked): boolean {
    return this.#slots.get(parked.slot) === parked && !parked.taken;
  }

  #leave(parked: Parked, answer: ParkAnswer): void {
    if (this.#slots.get(parked.slot) !== parked) return;
    this.#slots.delete(parked.slot);
    parked.wait?.cancel();
    parked.page?.hangUp('the caller does not wait any more');
    this.#parts().services.log.write('notice', 'parked', `Call ${parked.call.id} in slot ${parked.slot}: ${answer.outcome}, ${answer.text}.`, { call: parked.call.id });
    parked.answer(answer);
  }

  #freeSlot(): number | null {
    for (let slot = 1; slot <= mostSlots; slot++) if (!this.#slots.has(slot)) return slot;
    return null;
  }
}

/** Of a leg that was refused. */
const silent: LegHandlers = { established: () => undefined, mediaChanged: () => undefined, digit: () => undefined, ended: () => undefined };
