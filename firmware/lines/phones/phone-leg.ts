import type { Clock } from '../../../hal/clock.ts';
import type { CallFacts, Leg, LegEnd, LegHandlers } from '../../sip/leg.ts';
import { refusalTone } from '../../calls/bridge/bridge-machine.ts';
import { lineMedia } from '../line-leg.ts';
import type { LineRun } from '../line-run.ts';
import type { TelephoneInput } from './telephone-machine.ts';

export interface PhoneLegParts {
  readonly clock: Clock;
  readonly run: LineRun;
  /** To the telephone. */
  readonly input: (input: TelephoneInput) => void;
}

/** The call of a telephone at a phone port: one that it dialled, or one that rings it. What happens is told in the next turn: nothing calls back from inside. */
export class PhoneLeg implements Leg {
  readonly id: string;
  readonly facts: CallFacts;
  readonly line: number;
  readonly sharedAddress = null;
  readonly #parts: PhoneLegParts;
  readonly #rung: boolean;
  #handlers: LegHandlers | null = null;
  #state: Leg['state'] = 'offered';

  /** `rung`: the unit calls the telephone. */
  constructor(parts: PhoneLegParts, id: string, facts: CallFacts, rung: boolean) {
    this.#parts = parts;
    this.id = id;
    this.facts = facts;
    this.line = parts.run.index;
    this.#rung = rung;
  }

  /** The one who has the call; before anything is told. */
  use(handlers: LegHandlers): void {
    this.#handlers = handlers;
  }

  get state(): Leg['state'] {
    return this.#state;
  }

  /** The telephone hears ringback. */
  ring(): void {
    if (this.#state !== 'offered') return;
    this.#state = 'ringing';
    this.#parts.input({ type: 'alerting' });
  }

  answer(): void {
    if (this.#state !== 'offered' && this.#state !== 'ringing') return;
    this.#parts.input({ type: 'answered' });
    this.stands();
  }

  /** The telephone hears why. */
  reject(status: number, reason: string): void {
    if (this.#state === 'ended') return;
    this.#parts.input(this.#rung ? { type: 'stop-ringing' } : { type: 'refused', tone: refusalTone(status) });
    this.end({ by: 'local', status, text: reason });
  }

  /** A telephone cannot be sent elsewhere. */
  redirect(contact: string): void {
    this.reject(302, `it could only be served at ${contact}`);
  }

  hangUp(text: string): void {
    if (this.#state === 'ended') return;
    const input: TelephoneInput = this.#rung && this.#state === 'ringing' ? { type: 'stop-ringing' } : { type: 'ended' };
    this.end({ by: 'local', status: null, text });
    // After whoever has the call has let go of the line: a tone follows.
    this.#parts.clock.after('phone-leg', 0, () => this.#parts.input(input));
  }

  /** Another unit has no such line. */
  record(): null {
    return null;
  }

  release(): void {
    // `record` gives nothing that another unit could carry on.
  }

  /** It rings the telephone. */
  rings(): void {
    this.#state = 'ringing';
    this.#soon((handlers) => handlers.ringing?.(null));
  }

  /** Audio can begin. */
  stands(): void {
    if (this.#state === 'ended') return;
    this.#state = 'established';
    const media = lineMedia(this.#parts.run.capabilities?.law ?? 'PCMU');
    this.#soon((handlers) => this.#state === 'established' && handlers.established(media));
  }

  end(end: LegEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#soon((handlers) => handlers.ended(end));
  }

  #soon(tell: (handlers: LegHandlers) => void): void {
    this.#parts.clock.after('phone-leg', 0, () => {
      if (this.#handlers !== null) tell(this.#handlers);
    });
  }
}
