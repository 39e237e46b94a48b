import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { MemoryUse, ProcessControl } from '../../process.ts';
import { collectGarbage, prepareCollection } from './collect-garbage.ts';
import type { GiveBack } from './give-back-memory.ts';
import { loadGiveBack } from './give-back-memory.ts';
import { loadMallocPieces } from './malloc-pieces.ts';
import { residentMemory } from './resident-memory.ts';
import { parseSmaps } from './smaps.ts';
import { toldThreadMemory } from './thread-memory.ts';

/** V8 frees the octets of buffers that it has collected in the background; by then it has. */
const sweptMs = 1000;

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
  #giveBack: Promise<GiveBack> | null = null;
  /** Known soon after the start, when memory is given back for the first time. */
  #mallocPieces: (() => number) | null = null;

  constructor({ environment, status, end }: LinuxProcessParts) {
    const supervised = [environment['NOTIFY_SOCKET'], environment[supervisorVariable]].some((value) => value !== undefined && value !== '');
    this.restart = supervised ? end : null;
    this.#status = status;
  }

  residentBytes(): number {
    return process.memoryUsage.rss();
  }

  memoryUse(): MemoryUse {
    const threads = toldThreadMemory();
    const highestResidentBytes = Math.max(process.resourceUsage().maxRSS * 1024, this.residentBytes());
    const pieces = this.#mallocPieces;
    try {
      const { all, program, malloc } = residentMemory(parseSmaps(readFileSync('/proc/self/smaps', 'utf8')), pieces?.() ?? 0);
      return { residentBytes: all, highestResidentBytes, programBytes: program, nativeBytes: pieces === null ? null : malloc, threads };
    } catch {
      // A kernel without smaps.
      return { residentBytes: this.residentBytes(), highestResidentBytes, programBytes: 0, nativeBytes: null, threads };
    }
  }

  giveBackMemory(): void {
    void this.#givesBack().then((giveBack) => givenBack(giveBack));
  }

  collectGarbage(): void {
    prepareCollection();
    setImmediate(collectGarbage);
  }

  giveBackProgram(): void {
    void this.#givesBack().then(({ program }) => program());
  }

  /** Loaded at its first use: what it needs takes a while, and callers come first. */
  #givesBack(): Promise<GiveBack> {
    return (this.#giveBack ??= loadGiveBack().then(async (giveBack) => {
      this.#mallocPieces = await loadMallocPieces();
      return giveBack;
    }));
  }

  status(text: string): void {
    this.#status(text);
  }
}

/** Step by step: packets and timers that have come meanwhile are seen to between them. */
async function givenBack({ freed, lookUp, program }: GiveBack): Promise<void> {
  for (const step of [prepareCollection, collectGarbage, freed, lookUp, program]) {
    await turn();
    step();
  }
  setTimeout(freed, sweptMs).unref();
}
