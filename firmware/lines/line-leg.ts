import type { Clock } from '../../hal/clock.ts';
import type { CallerId, LineLaw } from '../../hal/line.ts';
import type { MediaSettings } from '../media/media-protocol.ts';
import type { CallFacts, DiversionReason, Leg, LegEnd, LegHandlers, LocalMedia } from '../sip/leg.ts';
import type { LineRun } from './line-run.ts';

export interface LineLegFacts {
  readonly callerId: CallerId | null;
  /** The mailbox or extension that the route names; '' = callers collect. */
  readonly target: string;
  readonly reason: DiversionReason;
}

/** A call that came on a trunk line, as `calls/` sees every call. What the line tells is passed on in the next turn: nothing calls back from inside. */
export class LineLeg implements Leg {
  readonly id: string;
  readonly facts: CallFacts;
  readonly line: number;
  readonly sharedAddress = null;
  readonly #clock: Clock;
  readonly #run: LineRun;
  #state: Leg['state'] = 'offered';
  #handlers: LegHandlers | null = null;
  #why: string | null = null;

  constructor(clock: Clock, id: string, run: LineRun, facts: LineLegFacts) {
    this.#clock = clock;
    this.id = id;
    this.#run = run;
    this.line = run.index;
    this.facts = callFacts(id, run, facts);
  }

  /** The one who has the call; before anything is told. */
  use(handlers: LegHandlers): void {
    this.#handlers = handlers;
  }

  get state(): Leg['state'] {
    return this.#state;
  }

  /** The caller hears the exchange ring. */
  ring(): void {
    if (this.#state === 'offered') this.#state = 'ringing';
  }

  answer(_media: LocalMedia): void {
    if (this.#state !== 'offered' && this.#state !== 'ringing') return;
    this.#state = 'answering';
    this.#run.input({ type: 'answer' });
  }

  /** An analog line cannot refuse: it rings on. After a 503 it is offered again at the next ring. */
  reject(status: number, reason: string): void {
    if (this.#state === 'offered' || this.#state === 'ringing') this.#leaveRinging({ by: 'local', status, text: `not answered: ${reason}` }, status === 503);
  }

  /** Nor can it send a caller elsewhere. */
  redirect(contact: string): void {
    this.reject(302, `it could only be served at ${contact}`);
  }

  hangUp(text: string): void {
    if (this.#state === 'ended') return;
    this.#why = text;
    if (this.#state === 'offered' || this.#state === 'ringing') this.#leaveRinging({ by: 'local', status: null, text }, false);
    else this.#run.input({ type: 'hang-up' });
  }

  /** Another unit has no such line. */
  record(): null {
    return null;
  }

  release(): void {
    // `record` gives nothing that another unit could carry on.
  }

  /** The line is off-hook: audio can begin. */
  established(): void {
    if (this.#state !== 'answering') return;
    this.#state = 'established';
    const media = lineMedia(this.#run.capabilities?.law ?? 'PCMU');
    this.#soon((handlers) => handlers.established(media));
  }

  end(end: LegEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    const why = end.by === 'local' ? (this.#why ?? end.text) : end.text;
    this.#soon((handlers) => handlers.ended({ ...end, text: why }));
  }

  #leaveRinging(end: LegEnd, again: boolean): void {
    this.end(end);
    this.#run.input({ type: 'refuse', again });
  }

  #soon(tell: (handlers: LegHandlers) => void): void {
    this.#clock.after('line-leg', 0, () => {
      if (this.#handlers !== null) tell(this.#handlers);
    });
  }
}

function callFacts(id: string, run: LineRun, { callerId, target, reason }: LineLegFacts): CallFacts {
  return {
    callId: id,
    caller: { number: callerId?.number ?? '', name: callerId?.name ?? '', uri: '' },
    originalTarget: target,
    targetSource: 'incoming-route',
    reason,
    dialled: run.settings.number ?? target,
    peer: run.settings.name,
    remoteAddress: '',
    transport: 'line',
  };
}

/** What a line and its call have agreed on by being what they are. */
export function lineMedia(law: LineLaw): MediaSettings {
  return { remote: null, remoteRtcp: null, codec: law, payloadType: law === 'PCMU' ? 0 : 8, eventPayloadType: null, direction: 'sendrecv', ptimeMs: 20 };
}
