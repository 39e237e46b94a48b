import type { Clock, Timer } from '../../clock.ts';
import { HalError } from '../../errors.ts';
import type { Line, LineCapabilities, LineControl, LineEvent } from '../../line.ts';
import { fromErrno } from '../linux/errno.ts';
import { DahdiAudio } from './dahdi-audio.ts';
import { type DahdiChannel, isGone } from './dahdi-device.ts';
import { dahdiEvent, type DahdiEvent } from './dahdi-event.ts';
import { cadence, dialOperation, emptyParams, intArgument, readParams } from './dahdi-message.ts';
import { errnos, flushWrite, hook as hooks, loopOpen, requests } from './dahdi-numbers.ts';
import { DahdiSetup } from './dahdi-setup.ts';
import { HappeningQueue } from './happening-queue.ts';
import type { HookAction, PortEffect, PortInput, PortMachine, PortTimer, PortView } from './port-machine.ts';

const hookNumbers: Readonly<Record<HookAction, number>> = { on: hooks.onHook, off: hooks.offHook, flash: hooks.flash, ring: hooks.ring, 'ring-off': hooks.ringOff };
/** The card gives a phone port's on-hook audio for so long; asked for again when half of it has passed. */
const onHookTransferMs = 4000;
const onHookTransferAgain = 16_000;
/** The kernel's queue holds 64. */
const eventsPerTurn = 64;
const mostDigits = 64;

/** One DAHDI channel: runs the machine of its kind, and its audio. */
export class DahdiLine<State extends PortView> implements Line {
  readonly capabilities: LineCapabilities;
  readonly control: LineControl;
  readonly audio: DahdiAudio;
  readonly setup: DahdiSetup;
  readonly #place: string;
  readonly #channel: DahdiChannel;
  readonly #clock: Clock;
  readonly #machine: PortMachine<State>;
  readonly #told = new HappeningQueue();
  readonly #timers = new Map<PortTimer, Timer>();
  readonly #eventBytes = intArgument(0);
  readonly #inputs: PortInput[] = [];
  #state: State;
  #running = false;
  #open = true;
  #transferAt: number | null = null;
  #before: Timer | null = null;

  constructor(place: string, channel: DahdiChannel, clock: Clock, machine: PortMachine<State>, capabilities: LineCapabilities) {
    this.#place = place;
    this.#channel = channel;
    this.#clock = clock;
    this.#machine = machine;
    this.capabilities = capabilities;
    this.#state = machine.initial.state;
    this.audio = new DahdiAudio(channel, capabilities.law, clock, {
      drainEvents: () => this.#drainEvents(),
      beforeSending: () => this.#beforeSending(),
      flushKernel: () => void this.#ask('DAHDI_FLUSH', requests.flush, intArgument(flushWrite)),
      tell: (happening) => this.#told.tell(happening, this.audio.sample),
      lose: (call, errno) => this.#lose(call, errno),
    });
    this.control = this.#controls();
    this.setup = new DahdiSetup(place, channel, capabilities.law);
    this.#run(machine.initial.effects);
  }

  get happened(): ((event: LineEvent) => void) | null {
    return this.#told.happened;
  }

  set happened(receiver: ((event: LineEvent) => void) | null) {
    this.#told.happened = receiver;
  }

  get lost(): ((error: HalError) => void) | null {
    return this.#told.lost;
  }

  set lost(receiver: ((error: HalError) => void) | null) {
    this.#told.lost = receiver;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#told.close();
    this.#channel.ioctl(requests.hook, intArgument(hooks.onHook));
    this.#end();
  }

  /** The device has something: called by whoever watches it. */
  ready(): void {
    if (!this.#open) return;
    this.#drainEvents();
    if (this.#open) this.audio.pump();
  }

  /** What was so before the channel was opened gives no event: a telephone that is lifted, an alarm. Told when whoever opened the line can hear it. */
  foundSo(found: readonly DahdiEvent[]): void {
    if (found.length > 0) this.#before = this.#clock.after('dahdi open', 0, () => found.forEach((event) => this.#event(event)));
  }

  #event(event: DahdiEvent): void {
    if (event.name === 'removed') this.#lose('DAHDI_EVENT_REMOVED', errnos.ENODEV);
    else if (event.name === 'read-overrun') this.audio.overran();
    else if (event.name === 'write-underrun') this.audio.ranDry();
    else if (event.name === 'echo-cancel-disabled') this.setup.echoDisabled();
    else this.#input({ type: 'event', event });
  }

  #controls(): LineControl {
    return {
      seize: () => this.#input({ type: 'seize' }),
      release: () => this.#input({ type: 'release' }),
      dial: (digits, how) => this.#input({ type: 'dial', digits: digits.slice(0, mostDigits), how }),
      flash: () => this.#input({ type: 'flash' }),
      ring: (cadenceMs) => this.#input({ type: 'ring', cadenceMs }), // the number goes out as audio
      stopRinging: () => this.#input({ type: 'stop-ringing' }),
      lamp: (lit) => this.#input({ type: 'lamp', lit }),
      polarity: (reversed) => this.#input({ type: 'polarity', reversed }),
    };
  }

  /** With an event waiting, reading and writing give ELAST until all were taken. */
  #drainEvents(): void {
    for (let count = 0; count < eventsPerTurn && this.#open; count++) {
      const errno = this.#channel.ioctl(requests.getEvent, this.#eventBytes);
      if (errno !== 0) return this.#lose('DAHDI_GETEVENT', errno);
      const number = this.#eventBytes.readInt32LE();
      if (number === 0) return;
      this.#event(dahdiEvent(number));
    }
  }

  /** One at a time: what an effect answers waits until all effects of its step are done. */
  #input(input: PortInput): void {
    if (!this.#open) return;
    this.#inputs.push(input);
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#inputs.shift(); next !== undefined && this.#open; next = this.#inputs.shift()) {
      const { state, effects } = this.#machine.next(this.#state, next);
      this.#state = state;
      this.audio.hold(state.dialling);
      this.#run(effects);
    }
    this.#running = false;
  }

  #run(effects: readonly PortEffect[]): void {
    for (const effect of effects) if (this.#open) this.#perform(effect);
  }

  #perform(effect: PortEffect): void {
    switch (effect.type) {
      case 'hook':
        return this.#hook(effect.action);
      case 'dial':
        return this.#answer('dial', this.#channel.ioctl(requests.dial, dialOperation(effect.digits, effect.how)));
      case 'cadence':
        return void this.#ask('DAHDI_SETCADENCE', requests.setCadence, cadence(effect.cadenceMs));
      case 'look-at-loop':
        return this.#lookAtLoop();
      case 'ask-dialling':
        return this.#askDialling();
      case 'lamp':
        return this.#lamp(effect.lit);
      case 'polarity':
        return void this.#ask('DAHDI_SETPOLARITY', requests.setPolarity, intArgument(effect.reversed ? 1 : 0));
      case 'renew-echo':
        return this.setup.renewEcho();
      case 'wait':
        return this.#wait(effect.timer, effect.ms);
      case 'stop-waiting':
        return this.#stopWaiting(effect.timer);
      case 'tell':
        return this.#told.tell(effect.happening, this.audio.sample);
    }
  }

  /** On a descriptor that does not wait, ringing and flash are under way (EINPROGRESS) when the call returns; their end is an event. */
  #hook(action: HookAction): void {
    if (action === 'on') this.audio.forget(); // the kernel does, too
    if (action === 'on' || action === 'off') this.#transferAt = null;
    const errno = this.#channel.ioctl(requests.hook, intArgument(hookNumbers[action]));
    this.#answer(action, errno === errnos.EINPROGRESS ? 0 : errno);
  }

  #answer(what: HookAction | 'dial', errno: number): void {
    const call = what === 'dial' ? 'DAHDI_DIAL' : `DAHDI_HOOK (${what})`;
    if (errno === 0) this.#input({ type: 'done', what });
    else if (errno === errnos.EBUSY) this.#input({ type: 'busy', what });
    else if (isGone(errno)) this.#lose(call, errno);
    else if (errno === errnos.ENODATA) this.#input({ type: 'refused', what, text: `${call}: no tone zone is loaded: add loadzone and defaultzone to /etc/dahdi/system.conf and run dahdi_cfg` });
    else this.#input({ type: 'refused', what, text: fromErrno(this.#place, call, errno).message });
  }

  #lookAtLoop(): void {
    const params = emptyParams();
    if (this.#ask('DAHDI_GET_PARAMS', requests.getParams, params)) this.#input({ type: 'loop', open: readParams(params).farHook === loopOpen });
  }

  #askDialling(): void {
    const flag = intArgument(0);
    if (this.#ask('DAHDI_DIALING', requests.dialing, flag)) this.#input({ type: 'dialling', still: flag.readInt32LE() !== 0 });
  }

  #lamp(lit: boolean): void {
    if (this.capabilities.lamp === 'neon') this.#ask('DAHDI_VMWI', requests.messageWaiting, intArgument(lit ? 1 : 0));
  }

  /** A telephone that is not lifted hears nothing on most cards unless told to. */
  #beforeSending(): void {
    if (this.capabilities.kind !== 'phone' || this.#state.offHook) return;
    const sample = this.audio.sample;
    if (this.#transferAt !== null && sample - this.#transferAt < onHookTransferAgain) return;
    this.#transferAt = sample;
    this.#channel.ioctl(requests.onHookTransfer, intArgument(onHookTransferMs)); // cards without it need none
  }

  /** For calls whose failing is no more than that; whether it succeeded. */
  #ask(call: string, request: number, argument: Uint8Array): boolean {
    if (!this.#open) return false;
    const errno = this.#channel.ioctl(request, argument);
    if (isGone(errno)) this.#lose(call, errno);
    return errno === 0;
  }

  #wait(timer: PortTimer, ms: number): void {
    this.#stopWaiting(timer);
    this.#timers.set(timer, this.#clock.after(`dahdi ${timer}`, ms, () => this.#input({ type: 'timer', timer })));
  }

  #stopWaiting(timer: PortTimer): void {
    this.#timers.get(timer)?.cancel();
    this.#timers.delete(timer);
  }

  #lose(call: string, errno: number): void {
    if (!this.#open) return;
    this.#told.lose(new HalError('connection-lost', this.#place, `the card is gone or its driver was removed (${fromErrno(this.#place, call, errno).message})`));
    this.#end();
  }

  #end(): void {
    this.#open = false;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#before?.cancel();
    this.audio.close();
    this.setup.close();
    this.#channel.close();
  }
}
