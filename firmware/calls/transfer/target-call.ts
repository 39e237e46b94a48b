import type { Clock, MonotonicMs, Timer } from '../../../hal/clock.ts';
import type { TalkAnswer, TransferAnswer } from '../../callflow/requests/transfer-requests.ts';
import type { Log } from '../../log.ts';
import type { MediaCommand, MediaEvent } from '../../media/media-protocol.ts';
import type { Leg, LegHandlers } from '../../sip/leg.ts';
import { CallMedia } from '../call-media.ts';
import type { CallSummary, OwnCall } from '../call-parts.ts';
import { MediaChannel } from '../media-channel.ts';
import type { Port } from '../port-pool.ts';
import type { TargetEffect, TargetInput, TargetRules, TargetState, TargetWait } from './target-machine.ts';
import { targetStep } from './target-machine.ts';

export interface TargetParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (command: MediaCommand) => void;
  /** Of the caller's call. */
  readonly forCall: string;
  readonly rules: TargetRules;
  readonly limitsMs: Readonly<Record<TargetWait, number>>;
  /** Silence of the target, as `rtp.timeoutSec`. */
  readonly silenceLimitSec: number;
  /** Places the leg. */
  readonly dial: (port: Port, handlers: LegHandlers) => Leg;
  /** Plays what the caller wants to who answered. */
  readonly whisper: (channel: MediaChannel) => void;
  readonly tell: (answer: TransferAnswer) => void;
  readonly released: () => void;
}

/** The call of the unit to somebody who is to have a caller, on a port of its own. */
export class TargetCall implements OwnCall {
  readonly mayComeBack = true;
  readonly leg: Leg;
  readonly port: Port;
  readonly #parts: TargetParts;
  readonly #media: CallMedia;
  readonly #began: MonotonicMs;
  #state: TargetState = { name: 'calling' };
  #wait: Timer | null = null;
  #talkedFrom: MonotonicMs | null = null;
  #partner: Port | null = null;
  #talked: ((answer: TalkAnswer) => void) | null = null;

  constructor(parts: TargetParts, port: Port) {
    this.#parts = parts;
    this.port = port;
    this.#began = parts.clock.monotonic();
    this.#media = new CallMedia(parts.clock, this.#channel(), (text) => this.leg.hangUp(text));
    this.leg = parts.dial(port, this.#handlers());
    this.#begin('ring');
  }

  get id(): string {
    return this.leg.id;
  }

  get over(): boolean {
    return this.#state.name === 'over' || this.#state.name === 'draining';
  }

  mediaEvent(event: MediaEvent): void {
    this.#media.channel.handle(event);
  }

  hangUp(text: string): void {
    this.leg.hangUp(text);
  }

  /** The caller has hung up, or somebody else has the two. */
  giveUp(): void {
    this.#input({ type: 'given-up' });
  }

  /** The caller at `port` and who waits here hear each other. Resolves when one of them has hung up. */
  talk(port: Port): Promise<TalkAnswer> {
    if (this.#state.name !== 'waiting') return Promise.resolve({ ended: 'nobody', talkedMs: 0 });
    return new Promise((resolve) => {
      this.#talked = resolve;
      this.#partner = port;
      this.#input({ type: 'talk' });
    });
  }

  summary(): CallSummary {
    const { facts, id } = this.leg;
    const doing = this.#state.name === 'talking' ? `talks with the caller of ${this.#parts.forCall}` : this.#state.name;
    return { id, peer: facts.peer, caller: facts.caller.number, dialled: facts.dialled, mailbox: null, port: this.port.index, doing, elapsedMs: this.#parts.clock.monotonic() - this.#began, partner: null };
  }

  #handlers(): LegHandlers {
    return {
      established: (agreed) => {
        this.#media.agreed(agreed);
        this.#input({ type: 'answered' });
      },
      mediaChanged: (agreed) => this.#media.changed(agreed, this.#state.name !== 'calling'),
      digit: (digit) => {
        this.#media.channel.key(digit);
        this.#input({ type: 'key', digit });
      },
      ended: (end) => {
        this.#parts.log.write('info', 'target-ended', `Leg ${this.leg.id}, called for call ${this.#parts.forCall}, ended by ${end.by}: ${end.text}`, { call: this.#parts.forCall });
        this.#input({ type: 'ended', status: end.status });
      },
    };
  }

  #channel(): MediaChannel {
    const nothing = (): void => undefined;
    return new MediaChannel(this.port, this.#parts.send, {
      digit: (digit) => this.#input({ type: 'key', digit }),
      played: () => this.#input({ type: 'whispered' }),
      unplayable: nothing, chunk: nothing, recorded: nothing,
      silent: (silentMs) => this.#media.silent(silentMs, this.#parts.silenceLimitSec),
      stopped: () => this.#input({ type: 'media-stopped' }),
    });
  }

  #input(input: TargetInput): void {
    const step = targetStep(this.#state, input, this.#parts.rules);
    this.#state = step.state;
    for (const effect of step.effects) this.#execute(effect);
  }

  #execute(effect: TargetEffect): void {
    const { channel } = this.#media;
    switch (effect.type) {
      case 'start-media':
        return this.leg.line === null ? this.#media.start(false, null) : this.#media.startLine(this.leg.line);
      case 'whisper':
        return this.#parts.whisper(channel);
      case 'stop-play':
        return channel.stopPlay();
      case 'join':
        this.#talkedFrom = this.#parts.clock.monotonic();
        return this.#join();
      case 'hang-up':
        return this.leg.hangUp(effect.text);
      case 'stop-media':
        return channel.stop();
      case 'tell':
        return this.#parts.tell({ outcome: effect.outcome, text: effect.text });
      case 'tell-talked':
        return this.#talked?.({ ended: effect.ended, talkedMs: this.#parts.clock.monotonic() - (this.#talkedFrom ?? this.#parts.clock.monotonic()) });
      case 'wait':
        return this.#begin(effect.for);
      case 'release':
        this.#wait?.cancel();
        this.#media.end();
        return this.#parts.released();
    }
  }

  #join(): void {
    const { port } = this;
    if (this.#partner !== null) this.#parts.send({ type: 'join', port: port.index, session: port.session, with: { port: this.#partner.index, session: this.#partner.session } });
  }

  #begin(wait: TargetWait): void {
    this.#wait?.cancel();
    this.#wait = this.#parts.clock.after(`target-${wait}`, this.#parts.limitsMs[wait], () => this.#input({ type: 'time-is-up' }));
  }
}
