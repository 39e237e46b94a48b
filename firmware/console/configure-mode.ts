import type { Command } from './command.ts';
import type { ConsoleUnit } from './console-unit.ts';
import { configureGrammar, grammar } from './grammar.ts';
import { configurePrompt, prompt } from './line-view.ts';

/** Whether a session edits the configuration: then it has other commands, and the place of the editor is its own. */
export class ConfigureMode {
  readonly #unit: Pick<ConsoleUnit, 'configuration'>;
  #isOn = false;

  constructor(unit: Pick<ConsoleUnit, 'configuration'>) {
    this.#unit = unit;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  get grammar(): readonly Command[] {
    return this.#isOn ? configureGrammar : grammar;
  }

  get prompt(): string {
    return this.#isOn ? configurePrompt : prompt;
  }

  enter(): void {
    this.#isOn = true;
  }

  /** Gives the place of the editor free, whether or not it was entered; true = what was not committed is lost. */
  leave(): boolean {
    this.#isOn = false;
    return this.#unit.configuration?.end() === true;
  }
}
