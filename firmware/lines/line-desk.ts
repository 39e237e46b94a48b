import type { Clock } from '../../hal/clock.ts';
import type { LineSettings } from '../config/line-settings.ts';
import type { LineTest, LineTestResult, MediaEvent } from '../media/media-protocol.ts';
import type { LegHandlers, Party } from '../sip/leg.ts';
import type { LineCounts } from './line-counters.ts';
import type { LineRunParts } from './line-run.ts';
import { LineRun } from './line-run.ts';
import { LineTests } from './line-tests.ts';
import type { TrunkParts } from './trunk.ts';
import { TrunkCallLeg } from './trunk-call-leg.ts';
import { Trunk } from './trunk.ts';

export type LineMediaEvent = Extract<MediaEvent, { type: 'line-open' | 'line-lost' | 'line' | 'line-silent' | 'line-test' }>;

const isOfLine: ReadonlySet<string> = new Set<LineMediaEvent['type']>(['line-open', 'line-lost', 'line', 'line-silent', 'line-test']);

export const isLineEvent = (event: MediaEvent): event is LineMediaEvent => isOfLine.has(event.type);

export interface LineDeskParts extends LineRunParts, Omit<TrunkParts, 'legId'> {}

/** What the console shows of a line. */
export interface LineRow {
  readonly name: string;
  readonly kind: LineSettings['kind'];
  readonly device: string;
  readonly state: string;
  /** Of the call that it has; null = none. */
  readonly call: string | null;
  readonly alarm: string | null;
  readonly counts: LineCounts;
}

/** All lines of the unit: what the media thread tells of them comes in here, and each has its machine. Phone ports are lent to who serves them. */
export class LineDesk {
  readonly #runs: readonly LineRun[];
  readonly #trunks = new Map<LineRun, Trunk>();
  readonly #tests: LineTests;
  readonly #clock: Clock;
  #nextLeg = 1;
  #stopped = false;

  constructor(parts: LineDeskParts, lines: readonly LineSettings[]) {
    this.#clock = parts.clock;
    this.#tests = new LineTests(parts.clock);
    this.#runs = lines.map((line, index) => new LineRun(parts, index, line));
    const trunk = { ...parts, legId: () => `l${this.#nextLeg++}`, mute: () => (this.#stopped ? 'the unit is stopping' : parts.mute()) };
    for (const run of this.#runs) if (run.settings.kind === 'trunk') this.#addTrunk(new Trunk(trunk, run));
  }

  /** By name; null = there is no such line. */
  line(name: string): LineRun | null {
    return this.#runs.find(({ settings }) => settings.name === name) ?? null;
  }

  /** The phone ports, whose `told` is for who serves them. */
  phones(): readonly LineRun[] {
    return this.#runs.filter(({ settings }) => settings.kind === 'phone');
  }

  /** Dials out on the first trunk that gives a dial tone, of those that are idle and have this prefix (null: any). null = there is none. */
  call(prefix: string | null, number: string, caller: Party, handlers: LegHandlers): TrunkCallLeg | null {
    // A half-duplex line cannot be joined to another leg.
    const idle = this.trunks().filter(({ run }) => run.state.name === 'idle' && run.capabilities?.duplex !== 'half' && (prefix === null || run.settings.prefix === prefix));
    if (idle.length === 0 || this.#stopped) return null;
    const id = `l${this.#nextLeg++}`;
    const facts = { callId: id, caller, originalTarget: number, targetSource: 'request-uri', reason: 'default', dialled: number, peer: 'trunk', remoteAddress: '', transport: 'line' } as const;
    return new TrunkCallLeg(this.#clock, id, facts, idle, handlers);
  }

  /** The trunk lines. */
  trunks(): readonly Trunk[] {
    return [...this.#trunks.values()];
  }

  mediaEvent(event: LineMediaEvent): void {
    const run = this.#runs[event.line];
    if (run === undefined) return;
    switch (event.type) {
      case 'line-open':
        return run.opened(event.capabilities);
      case 'line-lost':
        this.#tests.failed(event.line, event.text);
        return run.lost(event.text);
      case 'line':
        return run.happened(event.event);
      case 'line-silent':
        return run.input({ type: 'silent' });
      case 'line-test':
        return this.#tests.done(event.line, event.result);
    }
  }

  rows(): readonly LineRow[] {
    return this.#runs.map((run) => ({
      name: run.settings.name,
      kind: run.settings.kind,
      device: run.settings.device,
      state: run.state.name,
      call: this.#trunks.get(run)?.leg?.id ?? run.call(),
      alarm: run.alarm,
      counts: run.counters.counts,
    }));
  }

  /** For a technician. Rejects with a sentence: the line is in use, is not there, or gives no result in time. */
  async test(name: string, test: LineTest): Promise<LineTestResult> {
    const run = this.line(name);
    if (run === null) throw new Error(`there is no line ${name}`);
    if (run.state.name !== 'idle') throw new Error(`line ${name} is ${run.state.name}; only an idle line can be tested`);
    const result = this.#tests.begin(run.index, test);
    run.command({ type: 'test', test });
    return result;
  }

  /** The device is closed and opened anew; a call on it ends. false = there is no such line. */
  reset(name: string): boolean {
    const run = this.line(name);
    run?.reset();
    return run !== null;
  }

  /** As `reset`, for every line that cannot be used. */
  reopen(): void {
    for (const run of this.#runs) if (run.alarm !== null) run.reset();
  }

  /** Lines that cannot be used, with the reason. */
  alarms(): readonly { readonly name: string; readonly text: string }[] {
    return this.#runs.flatMap(({ settings, alarm }) => (alarm === null ? [] : [{ name: settings.name, text: alarm }]));
  }

  /** The unit stops: what is off-hook is put on-hook, and nothing is answered any more. */
  stop(): void {
    this.#stopped = true;
    for (const run of this.#runs) run.input({ type: 'hang-up' });
  }

  #addTrunk(trunk: Trunk): void {
    this.#trunks.set(trunk.run, trunk);
    trunk.run.told = (told) => trunk.told(told);
  }
}
