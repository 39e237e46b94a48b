import { HalError } from './errors.ts';

/** Drivers by name, so that a board file selects one with a string. Simulators register the same way. */
export class Registry<Options, Driver> {
  readonly #kind: string;
  readonly #factories = new Map<string, (options: Options) => Driver>();

  constructor(kind: string) {
    this.#kind = kind;
  }

  add(name: string, factory: (options: Options) => Driver): void {
    if (this.#factories.has(name)) throw new HalError('already-exists', `${this.#kind} driver ${name}`, 'registered twice');
    this.#factories.set(name, factory);
  }

  /** Errors: unsupported, naming the drivers there are. */
  make(name: string, options: Options): Driver {
    const factory = this.#factories.get(name);
    if (factory === undefined) {
      throw new HalError('unsupported', `${this.#kind} driver ${name}`, `not in this build; it has: ${[...this.#factories.keys()].join(', ') || 'none'}`);
    }
    return factory(options);
  }

  names(): string[] {
    return [...this.#factories.keys()];
  }
}
