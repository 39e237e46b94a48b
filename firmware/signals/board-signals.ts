import type { Clock, Timer } from '../../hal/clock.ts';
import type { Gpio, Pins } from '../../hal/gpio.ts';
import type { Log } from '../log.ts';
import { Button } from './button.ts';
import type { ButtonEvent } from './button-machine.ts';
import type { LedPattern } from './led-patterns.ts';
import { Led } from './led.ts';
import { alarmContact, directionOf, pinUses, type BoardPin, type PinUse } from './pin-uses.ts';
import { darkSignals, signalStep, type SignalFacts, type Signals } from './signal-machine.ts';

export interface BoardSignalsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly gpio: Gpio;
  readonly pins: readonly BoardPin[];
  /** Looked at twice a second. */
  readonly look: () => Omit<SignalFacts, 'contactsClosed'>;
  /** The failover button: the other unit of the pair shall serve. The answer is a sentence without its full stop. */
  readonly moveService: () => string;
  /** The reset button: data and keys are wiped at the next start. Errors: HalError. */
  readonly askForReset: () => Promise<void>;
}

const lookMs = 500;
/** So that nobody who leans on the unit moves the service. */
export const failoverPressMs = 2000;
export const resetPressMs = 10_000;
/** Of a contact, which bounces and picks up interference from its long wire. */
const contactMs = 100;
const testMs = 3000;
/** How long the door relay may be asked to be held. */
export const doorMs = { least: 100, most: 10_000 } as const;

export interface PinRow {
  readonly use: PinUse;
  readonly direction: 'in' | 'out';
  readonly asserted: boolean;
  /** Of a LED, what plays; of any other, what it means when it is asserted. */
  readonly says: string;
}

/** The unit's lamps, buttons, contacts and relays. A pin that does not work is an alert and stops nothing else. */
export class BoardSignals {
  readonly #parts: BoardSignalsParts;
  readonly #leds = new Map<PinUse, Led>();
  readonly #buttons = new Map<PinUse, Button>();
  readonly #closedContacts = new Set<PinUse>();
  /** Pins that somebody tests, or that are held for a while, and until when. */
  readonly #busyUntil = new Map<PinUse, Timer>();
  #pins: Pins | null = null;
  #signals: Signals = darkSignals;
  #reset: 'no' | 'pressed' | 'confirmed' = 'no';
  #failing = false;
  #timer: Timer | null = null;

  constructor(parts: BoardSignalsParts) {
    this.#parts = parts;
  }

  /** Never rejects. */
  async start(): Promise<void> {
    const { gpio, log, pins } = this.#parts;
    try {
      this.#pins = await gpio.open(pins.map(({ use, ...place }) => ({ name: use, direction: directionOf(use), place })));
    } catch (error) {
      return log.write('alert', 'pins-missing', `The unit runs without its lamps, buttons and relays, for the pins cannot be had: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#pins.changed = (name, asserted) => this.#changed(name as PinUse, asserted);
    this.#pins.failed = (error) => this.#failed(error.message);
    for (const { use } of pins) this.#add(use, this.#pins);
    this.#look();
  }

  /** Everything goes dark, and the transfer relay drops: the lines go to the emergency telephones. */
  stop(): void {
    this.#timer?.cancel();
    for (const one of [...this.#leds.values(), ...this.#buttons.values()]) one.stop();
    for (const timer of this.#busyUntil.values()) timer.cancel();
    this.#pins?.close();
    this.#pins = null;
  }

  has(use: PinUse): boolean {
    return this.#pins !== null && this.#parts.pins.some((pin) => pin.use === use);
  }

  rows(): readonly PinRow[] {
    const pins = this.#pins;
    if (pins === null) return [];
    return this.#parts.pins.map(({ use }) => ({ use, direction: directionOf(use), asserted: pins.asserted(use), says: this.#leds.get(use)?.pattern ?? pinUses[use].asserted }));
  }

  /** For the hardware watchdog that wants to see a pin move. */
  toggle(use: 'watchdog'): void {
    this.#pins?.set(use, !this.#pins.asserted(use));
  }

  /** Opens the door for so long, within `doorMs`; it shuts by itself. Returns false where there is none. */
  openDoor(ms: number): boolean {
    if (!this.has('door-relay')) return false;
    this.#hold('door-relay', Math.min(doorMs.most, Math.max(doorMs.least, ms)));
    this.#parts.log.write('notice', 'door-opened', 'The door relay is held for a moment.', { ms });
    return true;
  }

  /** Shows that a pin works; a sentence without its full stop. */
  test(use: PinUse): string {
    const pins = this.#pins;
    if (pins === null || !this.has(use)) return `this board has no pin ${use}`;
    if (directionOf(use) === 'in') return `${use} is ${pins.asserted(use) ? 'asserted' : 'not asserted'} now; change it and look again with show gpio`;
    if (use === 'watchdog') return 'the watchdog pin is tested by the watchdog: it moves with every feed';
    if (use === 'transfer-relay') return this.#testTransfer(pins);
    const led = this.#leds.get(use);
    if (led === undefined) this.#hold(use, testMs);
    else this.#borrow(use, testMs, () => led.play('test'), () => this.#show());
    return `${use} ${led === undefined ? 'is asserted' : 'blinks'} for ${testMs / 1000} s`;
  }

  #add(use: PinUse, pins: Pins): void {
    const { clock } = this.#parts;
    if (pinUses[use].kind === 'led') this.#leds.set(use, new Led(clock, (lit) => this.#pins?.set(use, lit)));
    if (use === 'reset-button') this.#buttons.set(use, new Button(clock, resetPressMs, pins.asserted(use), (event) => this.#resetButton(event)));
    if (use === 'failover-button') this.#buttons.set(use, new Button(clock, failoverPressMs, pins.asserted(use), (event) => this.#failoverButton(event)));
    if (alarmContact(use) !== null) this.#addContact(use, pins);
  }

  /** A contact is a button that counts when it has been closed for a moment. */
  #addContact(use: PinUse, pins: Pins): void {
    const contact = new Button(this.#parts.clock, contactMs, false, (event) => this.#contact(use, event));
    this.#buttons.set(use, contact);
    if (pins.asserted(use)) contact.level(true);
  }

  #changed(use: PinUse, asserted: boolean): void {
    this.#buttons.get(use)?.level(asserted);
  }

  #contact(use: PinUse, event: ButtonEvent): void {
    const number = alarmContact(use);
    if (event === 'long') {
      this.#closedContacts.add(use);
      this.#parts.log.write('alert', 'alarm-contact', `Alarm contact ${number} has closed.`, { contact: number });
    } else if (event === 'released' && this.#closedContacts.delete(use)) this.#parts.log.write('notice', 'alarm-contact-open', `Alarm contact ${number} is open again.`, { contact: number });
    this.#show();
  }

  #failoverButton(event: ButtonEvent): void {
    if (event === 'long') this.#parts.log.write('notice', 'failover-button', `The failover button was pressed: ${this.#parts.moveService()}.`);
  }

  #resetButton(event: ButtonEvent): void {
    if (this.#reset === 'confirmed') return;
    this.#reset = event === 'released' ? 'no' : 'pressed';
    if (event === 'long') void this.#confirmReset();
    this.#show();
  }

  async #confirmReset(): Promise<void> {
    const { log, askForReset } = this.#parts;
    this.#reset = 'confirmed';
    try {
      await askForReset();
      log.write('alert', 'factory-reset-asked', 'The reset button was held: all messages, greetings, keys and settings in the data folder are wiped at the next start.');
    } catch (error) {
      this.#reset = 'no';
      log.write('error', 'factory-reset-failed', `The reset cannot be noted, so nothing will be wiped: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#show();
  }

  #look(): void {
    this.#show();
    this.#timer = this.#parts.clock.after('board signals', lookMs, () => this.#look());
  }

  #show(): void {
    const pins = this.#pins;
    if (pins === null) return;
    const looked = this.#parts.look();
    const emergencyCall = looked.emergencyCall || this.#loopCurrent(pins);
    this.#signals = signalStep(this.#signals, { ...looked, contactsClosed: this.#closedContacts.size, emergencyCall });
    const { status, link, message, alarmOut, transferRelay } = this.#signals;
    this.#light('status-led', this.#reset === 'confirmed' ? 'triple' : this.#reset === 'pressed' ? 'fast' : status);
    this.#light('link-led', link);
    this.#light('message-led', message);
    this.#put('alarm-out', alarmOut);
    // Not even to end a test.
    if (!emergencyCall) this.#put('transfer-relay', transferRelay);
  }

  #light(use: PinUse, pattern: LedPattern): void {
    if (!this.#busyUntil.has(use)) this.#leds.get(use)?.play(pattern);
  }

  #put(use: PinUse, asserted: boolean): void {
    if (this.#busyUntil.has(use) || !this.has(use) || this.#pins?.asserted(use) === asserted) return;
    this.#pins?.set(use, asserted);
    if (use === 'transfer-relay') this.#parts.log.write('notice', 'transfer-relay', asserted ? 'The unit has the lines now.' : 'The emergency telephones have the lines now.');
  }

  /** An emergency telephone is in a call, as far as the board can see it. */
  #loopCurrent(pins: Pins): boolean {
    return this.has('loop-current') && pins.asserted('loop-current');
  }

  #testTransfer(pins: Pins): string {
    if (this.#parts.look().emergencyCall) return 'an emergency call is up on a line of this unit: it is not moved';
    if (this.#loopCurrent(pins)) return 'an emergency telephone is in a call: its lines are not moved';
    const held = pins.asserted('transfer-relay');
    this.#borrow('transfer-relay', testMs, () => pins.set('transfer-relay', !held), () => this.#show());
    return `transfer-relay is ${held ? 'dropped' : 'held'} for ${testMs / 1000} s`;
  }

  #hold(use: PinUse, ms: number): void {
    this.#borrow(
      use,
      ms,
      () => this.#pins?.set(use, true),
      () => {
        this.#pins?.set(use, false);
        this.#show();
      },
    );
  }

  /** The pin is somebody's for so long; whoever comes later has it from then on. */
  #borrow(use: PinUse, ms: number, begin: () => void, end: () => void): void {
    this.#busyUntil.get(use)?.cancel();
    begin();
    const timer = this.#parts.clock.after('pin', ms, () => {
      this.#busyUntil.delete(use);
      end();
    });
    this.#busyUntil.set(use, timer);
  }

  #failed(text: string): void {
    if (!this.#failing) this.#parts.log.write('alert', 'pins-failing', `The pins do not work any more: ${text}`);
    this.#failing = true;
  }
}
