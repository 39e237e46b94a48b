import type { Clock, Timer } from '../../../hal/clock.ts';
import type { LineSettings } from '../../config/line-settings.ts';
import type { LegHandlers, Party } from '../../sip/leg.ts';
import type { LineRun } from '../line-run.ts';
import type { LineTold } from '../line-state.ts';
import type { DialPlan } from './dial-plan.ts';
import { isComplete } from './dial-plan.ts';
import { PhoneLeg } from './phone-leg.ts';
import { ringCadence } from './ring-cadence.ts';
import type { TelephoneEffect, TelephoneInput, TelephoneState } from './telephone-machine.ts';
import { telephoneStep } from './telephone-machine.ts';

export interface PhonePortParts {
  readonly clock: Clock;
  readonly plan: () => DialPlan;
  /** Whether new messages wait in this mailbox; null = that is not for this unit to show, or there is no such mailbox. */
  readonly waiting: (mailbox: string) => boolean | null;
  /** A call that was dialled. */
  readonly offered: (leg: PhoneLeg, port: LineSettings) => LegHandlers;
  readonly legId: () => string;
}

/** A port with its telephone: what is lifted and dialled becomes calls, and calls ring it. */
export class PhonePort {
  readonly run: LineRun;
  readonly #parts: PhonePortParts;
  readonly #inputs: TelephoneInput[] = [];
  #state: TelephoneState = { name: 'blocked' };
  #stepping = false;
  #leg: PhoneLeg | null = null;
  #caller: Party = nobody;
  #wait: Timer | null = null;

  constructor(parts: PhonePortParts, run: LineRun) {
    this.#parts = parts;
    this.run = run;
    run.told = (told) => this.#told(told);
    run.call = () => this.leg?.id ?? null;
  }

  /** What rings it: by the rules of the configuration each phone port has one. */
  get number(): string {
    return this.run.settings.number ?? '';
  }

  get state(): TelephoneState['name'] {
    return this.#state.name;
  }

  /** The call that it has; null = none. */
  get leg(): PhoneLeg | null {
    return this.#leg?.state === 'ended' ? null : this.#leg;
  }

  /** Rings for a call; the leg ends at once, as busy, when the telephone is in use. */
  ring(caller: Party, handlers: LegHandlers): PhoneLeg {
    const leg = this.#makeLeg(caller, this.number, true);
    leg.use(handlers);
    const status = this.#state.name === 'blocked' ? 480 : 486;
    if (this.#state.name !== 'idle') leg.end({ by: 'remote', status, text: `telephone ${this.number} is ${status === 480 ? 'not there' : 'in use'}` });
    else {
      this.#leg = leg;
      this.#caller = caller;
      this.#input({ type: 'ring' });
      leg.rings();
    }
    return leg;
  }

  /** The lamp as it should be. */
  showLamp(): void {
    const lit = this.#parts.waiting(this.number);
    if (lit !== null && this.#state.name !== 'blocked') this.run.command({ type: 'lamp', lit });
  }

  #told(told: LineTold): void {
    switch (told.type) {
      case 'opened':
      case 'clear':
        this.#input({ type: 'opened' });
        return this.showLamp();
      case 'lost':
      case 'blocked':
        return this.#input({ type: 'blocked' });
      case 'lifted':
      case 'answered':
        return this.#input({ type: 'lifted' });
      case 'put-down':
      case 'flash':
        return this.#input({ type: told.type });
      case 'digit':
        return this.#digit(told.digit);
    }
  }

  #digit(digit: string): void {
    const before = this.#state.name === 'dialling' ? this.#state.digits : '';
    this.#input({ type: 'digit', digit, complete: isComplete(this.#parts.plan(), before + digit) });
  }

  #input(input: TelephoneInput): void {
    this.#inputs.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#step(next);
    this.#stepping = false;
  }

  #step(input: TelephoneInput): void {
    const { state, effects } = telephoneStep(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#execute(effect);
    if (input.type === 'answered' && state.name === 'talking') this.run.input({ type: 'connect' });
  }

  #execute(effect: TelephoneEffect): void {
    switch (effect.type) {
      case 'tone':
        return this.run.command({ type: 'tone', tone: effect.tone === 'dial' && this.#parts.waiting(this.number) === true ? 'stutter' : effect.tone });
      case 'wait':
        return this.#waitFor(effect.ms);
      case 'stop-waiting':
        return this.#waitFor(null);
      case 'dial':
        return this.#dial(effect.digits);
      case 'start-ringing':
        return this.run.input({ type: 'ring', cadenceMs: ringCadence(this.run.settings.zone), callerId: callerId(this.#caller) });
      case 'stop-ringing':
      case 'disconnect':
        return this.run.input({ type: 'hang-up' });
      case 'answer':
        return this.#leg?.stands();
      case 'hang-up':
        return this.#leg?.end({ by: effect.why === 'lost' ? 'failure' : 'remote', status: null, text: effect.why === 'lost' ? 'the line of the telephone is lost' : 'the telephone was put down' });
      case 'refuse-ring':
        // `ring` has looked before.
        return;
    }
  }

  #dial(digits: string): void {
    const leg = this.#makeLeg({ number: this.number, name: '', uri: '' }, digits, false);
    this.#leg = leg;
    leg.use(this.#parts.offered(leg, this.run.settings));
  }

  #makeLeg(caller: Party, number: string, rung: boolean): PhoneLeg {
    const id = this.#parts.legId();
    const facts = { callId: id, caller, originalTarget: number, targetSource: 'request-uri', reason: 'default', dialled: number, peer: this.run.settings.name, remoteAddress: '', transport: 'line' } as const;
    const leg: PhoneLeg = new PhoneLeg({ clock: this.#parts.clock, run: this.run, input: (input) => (this.#leg === leg ? this.#input(input) : undefined) }, id, facts, rung);
    return leg;
  }

  #waitFor(ms: number | null): void {
    this.#wait?.cancel();
    this.#wait = ms === null ? null : this.#parts.clock.after('telephone', ms, () => this.#input({ type: 'timeout' }));
  }
}

const nobody: Party = { number: '', name: '', uri: '' };

/** What the telephone's display shows. */
const callerId = ({ number, name }: Party) => ({ number, name, absent: number === '' ? ('private' as const) : null });
