import type { LineCommand, LineSettings, MediaEvent, MediaSettings } from '../../../firmware/media/media-protocol.ts';
import type { LineEvent, LineKind } from '../../../hal/line.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import type { SimExchange } from '../../../hal/sim/sim-exchange.ts';
import type { SimLineOptions } from '../../../hal/sim/sim-far-end.ts';
import { SimLines } from '../../../hal/sim/sim-line.ts';
import type { SimTelephone } from '../../../hal/sim/sim-telephone.ts';
import { MediaStage, type StageOptions } from './media-stage.ts';

export interface LineStageOptions extends Omit<StageOptions, 'lines' | 'lineDriver' | 'sim'> {
  /** Of the trunk line, line 0. */
  readonly trunk?: SimLineOptions;
  /** Of the phone port, line 1. */
  readonly phone?: SimLineOptions;
  readonly settings?: Partial<LineSettings>;
}

export function lineSettings(name: string, kind: LineKind, place: string, changes: Partial<LineSettings> = {}): LineSettings {
  return { name, kind, driver: 'sim', place, zone: 'us', callerId: 'none', echoTailMs: 0, heardDb: 0, sentDb: 0, silenceMs: 0, options: {}, ...changes };
}

/** A media stage with a trunk line to an exchange and a phone port with a telephone. */
export class LineStage extends MediaStage {
  readonly exchange: SimExchange;
  readonly telephone: SimTelephone;

  private constructor(options: StageOptions, exchange: SimExchange, telephone: SimTelephone) {
    super(options);
    this.exchange = exchange;
    this.telephone = telephone;
  }

  static async withLines({ trunk = {}, phone = {}, settings = {}, ...rest }: LineStageOptions = {}): Promise<LineStage> {
    const sim = new SimClock();
    const cards = new SimLines(sim);
    const exchange = cards.exchange('1', trunk);
    const telephone = cards.telephone('2', phone);
    const lines = [lineSettings('trunk-1', 'trunk', '1', settings), lineSettings('phone-1', 'phone', '2', settings)];
    const stage = new LineStage({ sim, ...rest, lines, lineDriver: () => cards }, exchange, telephone);
    await stage.engine.start();
    await sim.advance(1);
    return stage;
  }

  line(command: LineCommand, line = 0): void {
    this.engine.command({ type: 'line', line, command });
  }

  startLine(bridge: MediaSettings | null = null, session = 1, line = 0, port = 0): void {
    this.engine.command({ type: 'start-line', port, session, line, bridge });
  }

  /** A call comes in on the trunk and is answered. */
  async answered(): Promise<void> {
    this.exchange.ring(null);
    await this.clock.advance(500);
    this.line({ type: 'seize' });
    await this.clock.advance(100);
  }

  lineEvents(line = 0): LineEvent[] {
    return this.of('line').flatMap((event) => (event.line === line ? [event.event] : []));
  }

  types(): MediaEvent['type'][] {
    return this.events.map(({ type }) => type);
  }
}
