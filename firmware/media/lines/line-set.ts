/** All configured lines, numbered as the configuration lists them. */
import type { Clock } from '../../../hal/clock.ts';
import type { LineDriver } from '../../../hal/line.ts';
import type { Log } from '../../log.ts';
import type { LineCommand, LineSettings, MediaEvent } from '../media-protocol.ts';
import { LineStation } from './line-station.ts';

export interface LineSetParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly lines: readonly LineSettings[];
  /** Errors: unsupported, naming the drivers there are. */
  readonly driver: (name: string) => LineDriver;
  readonly emit: (event: MediaEvent) => void;
  readonly lost: (station: LineStation) => void;
}

export class LineSet {
  readonly #parts: LineSetParts;
  readonly #stations: readonly LineStation[];

  constructor(parts: LineSetParts) {
    this.#parts = parts;
    const { clock, log, emit, lost, driver } = parts;
    this.#stations = parts.lines.map((settings, line) => new LineStation({ line, settings, clock, log, emit, lost, driver: () => driver(settings.driver) }));
  }

  /** Nobody waits for a line: each tells when it is open. */
  start(): void {
    for (const station of this.#stations) station.start();
  }

  at(line: number): LineStation | null {
    return this.#stations[line] ?? null;
  }

  command(line: number, command: LineCommand): void {
    const station = this.#stations[line];
    if (station === undefined) this.#parts.log.write('error', 'no-such-line', 'A command names a line that does not exist.', { line, command: command.type });
    else station.command(command);
  }

  /** Samples of all lines, since the start. */
  get underruns(): number {
    return this.#stations.reduce((sum, { underruns }) => sum + underruns, 0);
  }

  get overruns(): number {
    return this.#stations.reduce((sum, { overruns }) => sum + overruns, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#stations.map((station) => station.close()));
  }
}
