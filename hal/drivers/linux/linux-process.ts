import type { ProcessControl } from '../../process.ts';
import { collectGarbage } from './collect-garbage.ts';
import { loadGiveBackMemory } from './give-back-memory.ts';

/** Set by a supervisor that is not systemd and starts the program again when it ends with the code for that. */
const supervisorVariable = 'UNDERSTUDY_SUPERVISOR';

export interface LinuxProcessParts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly status: (text: string) => void;
  /** Ends the program in good order with the code that asks for a new start. */
  readonly end: (cause: string) => void;
}

/** This process. It ends itself only under a supervisor: systemd with `Type=notify`, or one that says so in the environment. */
export class LinuxProcess implements ProcessControl {
  readonly restart: ((cause: string) => void) | null;
  readonly #status: (text: string) => void;
  #giveBack: Promise<() => void> | null = null;

  constructor({ environment, status, end }: LinuxProcessParts) {
    const supervised = [environment['NOTIFY_SOCKET'], environment[supervisorVariable]].some((value) => value !== undefined && value !== '');
    this.restart = supervised ? end : null;
    this.#status = status;
  }

  residentBytes(): number {
    return process.memoryUsage.rss();
  }

  giveBackMemory(): void {
    this.#giveBack ??= loadGiveBackMemory();
    void this.#giveBack.then((giveBack) => {
      collectGarbage();
      giveBack();
    });
  }

  status(text: string): void {
    this.#status(text);
  }
}
