import type { Clock } from '../../hal/clock.ts';
import type { CallFacts, Leg, LegEnd, LegHandlers } from '../sip/leg.ts';
import { lineMedia } from './line-leg.ts';
import type { CallFailure } from './line-state.ts';
import type { Trunk } from './trunk.ts';

/** A call that goes out on a trunk line: on the first of `trunks` that gives a dial tone. It stands once the number is dialled, since a loop-start line tells of no answer. */
export class TrunkCallLeg implements Leg {
  readonly id: string;
  readonly facts: CallFacts;
  readonly sharedAddress = null;
  readonly #clock: Clock;
  readonly #handlers: LegHandlers;
  readonly #trunks: Trunk[];
  #on: Trunk | null = null;
  #state: Leg['state'] = 'offered';
  #why: string | null = null;

  constructor(clock: Clock, id: string, facts: CallFacts, trunks: readonly Trunk[], handlers: LegHandlers) {
    this.#clock = clock;
    this.id = id;
    this.facts = facts;
    this.#trunks = [...trunks];
    this.#handlers = handlers;
    this.#next('no trunk line is idle');
  }

  /** Of the trunk that it is on at the moment. */
  get line(): number {
    return this.#on?.run.index ?? -1;
  }

  get state(): Leg['state'] {
    return this.#state;
  }

  ring(): void {
    // It is called by us.
  }

  answer(): void {
    // Nor is there anything to answer.
  }

  reject(_status: number, reason: string): void {
    this.hangUp(reason);
  }

  redirect(contact: string): void {
    this.hangUp(`it could only be served at ${contact}`);
  }

  hangUp(text: string): void {
    if (this.#state === 'ended') return;
    this.#why = text;
    this.#trunks.length = 0;
    this.#on?.run.input({ type: 'hang-up' });
  }

  /** Another unit has no such line. */
  record(): null {
    return null;
  }

  release(): void {
    // `record` gives nothing that another unit could carry on.
  }

  /** Dialled: audio can begin. */
  connected(): void {
    if (this.#state !== 'offered') return;
    this.#state = 'established';
    const media = lineMedia(this.#on?.run.capabilities?.law ?? 'PCMU');
    this.#soon((handlers) => this.#state === 'established' && handlers.established(media));
  }

  /** This trunk does not carry it. */
  failed(why: CallFailure): void {
    if (this.#state !== 'offered') return;
    if (why === 'cancelled') this.end({ by: 'local', status: null, text: '' });
    else this.#next(`line ${this.#on?.run.settings.name ?? '?'}: ${failureText[why]}`);
  }

  end(end: LegEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    const text = end.by === 'local' ? (this.#why ?? end.text) : end.text;
    this.#soon((handlers) => handlers.ended({ ...end, text }));
  }

  #next(why: string): void {
    this.#on = this.#trunks.shift() ?? null;
    if (this.#on === null) this.end({ by: 'failure', status: 503, text: why });
    else this.#on.call(this);
  }

  #soon(tell: (handlers: LegHandlers) => void): void {
    this.#clock.after('trunk-call-leg', 0, () => tell(this.#handlers));
  }
}

const failureText: Readonly<Record<CallFailure, string>> = {
  'in-use': 'it is in use',
  glare: 'a call came in at the same moment',
  'no-dial-tone': 'the exchange gives no dial tone',
  busy: 'the exchange is busy',
  disconnected: 'the exchange has ended the call',
  device: 'the device does not do it',
  cancelled: 'it was given up',
};
