/** What an exchange and a telephone have in common: a mouth, an ear, keys, and the faults of the line. */
import type { Clock } from '../clock.ts';
import { HalError, type HalErrorId } from '../errors.ts';
import type { Line, LineCapabilities, LineControl, LineHappening, LineKind, LineLaw, LineRequest } from '../line.ts';
import { SimCircuit } from './sim-circuit.ts';
import { keyCodes } from './sim-line-tones.ts';
import { SimEar, SimMouth } from './sim-voice.ts';

export interface SimLineOptions extends Partial<Omit<LineCapabilities, 'kind'>> {
  /** The line's crystal against the clock, parts per million; positive = it runs fast. */
  readonly ppm?: number;
}

const keyMs = 100;
const plain: Omit<LineCapabilities, 'kind'> = {
  law: 'PCMU', duplex: 'full', callerId: 'device', digits: 'audio', tones: 'audio', disconnect: ['loop'], onHookAudio: false,
  flash: true, pulse: true, lamp: 'neon', cancelsEcho: true, latencyMs: 20,
};

export abstract class SimFarEnd {
  /** Each frame of what the unit sends; valid only during the call. */
  heard: ((frame: Uint8Array) => void) | null = null;
  /** Opening fails with this. */
  openFails: HalErrorId | null = null;
  readonly capabilities: LineCapabilities;
  protected readonly clock: Clock;
  protected abstract readonly control: LineControl;
  protected circuit: SimCircuit | null = null;
  protected zone = '';
  readonly #place: string;
  readonly #ppm: number;
  readonly #mouth: SimMouth;
  readonly #ear = new SimEar();
  #present = true;
  #slowMs = 0;

  constructor(clock: Clock, kind: LineKind, place: string, { ppm = 0, ...capabilities }: SimLineOptions) {
    this.clock = clock;
    this.capabilities = { ...plain, kind, ...capabilities };
    this.#place = place;
    this.#ppm = ppm;
    this.#mouth = new SimMouth(this.capabilities.law);
  }

  get law(): LineLaw {
    return this.capabilities.law;
  }

  get isOpen(): boolean {
    return this.circuit !== null;
  }

  /** What was set up on the open line; null = it is not open. */
  get settings(): SimCircuit['settings'] | null {
    return this.circuit?.settings ?? null;
  }

  /** Says codes of the line's law after what is being said, from the next frame on; while no frames go, it waits. */
  speak(codes: Uint8Array): void {
    this.#mouth.say(codes);
  }

  get speaking(): boolean {
    return this.#mouth.speaking;
  }

  /** Presses keys. By DTMF: tones where the unit listens for them, else the device's word at the same pace. */
  keys(keys: string, via: 'dtmf' | 'pulse' = 'dtmf', toneMs = keyMs, gapMs = keyMs): void {
    if (via === 'dtmf' && this.capabilities.digits === 'audio') return this.speak(keyCodes(keys, toneMs, gapMs, this.law));
    let atMs = 0;
    for (const digit of keys) {
      atMs += via === 'dtmf' ? toneMs : pulsesMs(digit);
      this.circuit?.later(atMs, () => this.tell({ type: 'digit', digit, via }));
      atMs += via === 'dtmf' ? gapMs : 0;
    }
  }

  /** Keeps what is heard from now on. */
  listen(): void {
    this.#ear.begin();
  }

  get heardCodes(): Uint8Array {
    return this.#ear.heard;
  }

  /** Nobody gets an event before so long. */
  slow(ms: number): void {
    this.#slowMs = ms;
    if (this.circuit !== null) this.circuit.slowMs = ms;
  }

  /** The line's current is there or not. */
  battery(present: boolean): void {
    this.tell(present ? { type: 'clear' } : { type: 'alarm', text: 'no battery on the line' });
  }

  underrun(samples: number): void {
    this.circuit?.underrun(samples);
  }

  overrun(samples: number): void {
    this.circuit?.overrun(samples);
  }

  /** The device is pulled out; it cannot be opened until it is `plug`ged in. */
  unplug(): void {
    this.#present = false;
    this.circuit?.lose();
  }

  plug(): void {
    this.#present = true;
  }

  /** @internal */
  open({ kind, zone }: LineRequest): Line {
    if (this.openFails !== null) throw new HalError(this.openFails, this.#place, 'as the test asked');
    if (!this.#present) throw new HalError('not-found', this.#place, 'no such device');
    if (kind !== this.capabilities.kind) throw new HalError('unsupported', this.#place, `the port is for a ${this.capabilities.kind}, not a ${kind}`);
    if (this.circuit !== null) throw new HalError('busy', this.#place, 'another program has it');
    this.zone = zone;
    const circuit = new SimCircuit({
      clock: this.clock, place: this.#place, ppm: this.#ppm, capabilities: this.capabilities, control: this.control, mouth: this.#mouth, ear: this.#ear,
      ended: () => {
        this.circuit = null;
        this.ended();
      },
    });
    circuit.slowMs = this.#slowMs;
    circuit.farHears = (frame) => this.heard?.(frame);
    this.circuit = circuit;
    this.opened();
    return circuit;
  }

  protected tell(happening: LineHappening): void {
    this.circuit?.tell(happening);
  }

  protected get mouth(): SimMouth {
    return this.#mouth;
  }

  protected abstract opened(): void;

  /** The unit has let go of the line, or lost it. */
  protected abstract ended(): void;
}

/** Ten pulses a second, and the pause between digits. */
function pulsesMs(digit: string): number {
  return (Number.parseInt(digit, 10) || 10) * 100 + 700;
}
