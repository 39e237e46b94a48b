import type { Clock, Timer } from '../../hal/clock.ts';
import type { LineCapabilities, LineEvent } from '../../hal/line.ts';
import type { LineSettings } from '../config/line-settings.ts';
import { ringsBeforeOffer } from '../config/line-settings.ts';
import type { Log } from '../log.ts';
import type { LineCommand, MediaCommand } from '../media/media-protocol.ts';
import { LineCounters } from './line-counters.ts';
import { lineStep } from './line-machine.ts';
import type { LineInput, LineRules, LineState, LineTold } from './line-state.ts';

export interface LineRunParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (command: MediaCommand) => void;
}

/** One line at work: its machine, the wait of the machine, its counters and its alarm. */
export class LineRun {
  /** As the threads number it. */
  readonly index: number;
  readonly settings: LineSettings;
  /** The one who uses the line. It may ask for something from inside: that is done when the step at hand is. */
  told: ((told: LineTold) => void) | null = null;
  /** Id of the call that it has, from who uses it; null = none. */
  call: () => string | null = () => null;
  readonly #parts: LineRunParts;
  readonly #rules: LineRules;
  readonly #counters = new LineCounters();
  readonly #inputs: LineInput[] = [];
  #state: LineState = { name: 'closed' };
  #wait: Timer | null = null;
  #stepping = false;
  #resetting = false;
  #capabilities: LineCapabilities | null = null;
  /** Told once, until it is over; null = the line can be used, as far as is known. */
  #alarm: string | null = null;

  constructor(parts: LineRunParts, index: number, settings: LineSettings) {
    this.#parts = parts;
    this.index = index;
    this.settings = settings;
    this.#rules = { kind: settings.kind, answerAfterRings: ringsBeforeOffer(settings), disconnectTone: settings.disconnectTone };
  }

  get state(): LineState {
    return this.#state;
  }

  /** null = its device was never there. */
  get capabilities(): LineCapabilities | null {
    return this.#capabilities;
  }

  /** Why it cannot be used, a sentence; null = it can, or has not been opened yet. */
  get alarm(): string | null {
    return this.#alarm;
  }

  get counters(): LineCounters {
    return this.#counters;
  }

  /** For the media thread. */
  command(command: LineCommand): void {
    this.#parts.send({ type: 'line', line: this.index, command });
  }

  opened(capabilities: LineCapabilities): void {
    this.#capabilities = capabilities;
    this.#resetting = false;
    this.#well();
    this.input({ type: 'opened' });
  }

  lost(text: string): void {
    if (!this.#resetting) {
      if (this.#state.name !== 'closed') this.#counters.lost();
      this.#ill('line-lost', `Line ${this.settings.name} is not there: ${text}`);
    }
    this.#resetting = false;
    this.input({ type: 'lost', text });
  }

  /** The device is closed and opened anew, which is no alarm unless it does not come back. */
  reset(): void {
    this.#resetting = this.#state.name !== 'closed';
    this.command({ type: 'reset' });
  }

  happened({ sample: _, ...happening }: LineEvent): void {
    this.#counters.happened(happening);
    this.input({ type: 'event', happening });
  }

  input(input: LineInput): void {
    this.#inputs.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#step(next);
    this.#stepping = false;
  }

  #step(input: LineInput): void {
    const { state, effects } = lineStep(this.#rules, this.#state, input, this.#parts.clock.monotonic());
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'command') this.command(effect.command);
      else if (effect.type === 'wait') this.#waitFor(effect.ms);
      else this.#tell(effect.told);
    }
  }

  #waitFor(ms: number | null): void {
    this.#wait?.cancel();
    this.#wait = ms === null ? null : this.#parts.clock.after('line', ms, () => this.input({ type: 'time' }));
  }

  #tell(told: LineTold): void {
    this.#counters.told(told);
    if (told.type === 'blocked') this.#ill('line-blocked', `Line ${this.settings.name} cannot be used: ${told.text}`);
    if (told.type === 'clear') this.#well();
    this.told?.(told);
  }

  #ill(event: string, text: string): void {
    if (this.#alarm === null) this.#parts.log.write('alert', event, text, { line: this.settings.name });
    this.#alarm = text;
  }

  #well(): void {
    if (this.#alarm !== null) this.#parts.log.write('notice', 'line-back', `Line ${this.settings.name} can be used again.`, { line: this.settings.name });
    this.#alarm = null;
  }
}
