import type { Log } from '../../../firmware/log.ts';
import { createMediaEngine, type MediaEngine, type MediaEngineParts } from '../../../firmware/media/media-engine.ts';
import type { MediaCommand, MediaEvent, MediaSettings, RecordSettings } from '../../../firmware/media/media-protocol.ts';
import { wholeEvents } from '../../../firmware/media/whole-events.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork, type SimHost } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { RtpPhone } from './rtp-phone.ts';

export const unitAddress = '192.0.2.1';
export const phoneAddress = '192.0.2.2';

type EventOf<Type extends MediaEvent['type']> = Extract<MediaEvent, { type: Type }>;
type CommandRest<Type extends MediaCommand['type']> = Omit<Extract<MediaCommand, { type: Type }>, 'type' | 'port' | 'session'>;

export interface StageOptions extends Partial<Pick<MediaEngineParts, 'ports' | 'clock' | 'prompts' | 'rtpTimeoutMs' | 'silentPacketMs' | 'lines' | 'lineDriver'>> {
  readonly seed?: number;
  readonly sim?: SimClock;
}

/** An engine on a simulated network with a phone beside it; port 0, session 1 unless told. */
export class MediaStage {
  readonly clock: SimClock;
  readonly random: SimRandom;
  readonly network: SimNetwork;
  readonly unit: SimHost;
  readonly events: MediaEvent[] = [];
  readonly logged: string[] = [];
  readonly engine: MediaEngine;

  protected constructor({ seed = 1, sim = new SimClock(), ...rest }: StageOptions) {
    this.clock = sim;
    this.random = new SimRandom(seed);
    this.network = new SimNetwork(sim, this.random);
    this.unit = this.network.host(unitAddress);
    const log: Log = { write: (_, event) => void this.logged.push(event) };
    this.engine = createMediaEngine({
      clock: sim, random: this.random, batch: this.unit.batch(), log, ports: 1, address: unitAddress, firstPort: 10_000,
      prompts: { get: () => null, ids: () => [] }, emit: wholeEvents((event) => void this.events.push(event)), ...rest,
    });
  }

  static async set(options: StageOptions = {}): Promise<MediaStage> {
    const stage = new MediaStage(options);
    await stage.engine.start();
    return stage;
  }

  async phone(port = 4000, address = phoneAddress, unitPort = 10_000): Promise<RtpPhone> {
    return RtpPhone.at(this.clock, this.network.host(address), port, { address: unitAddress, port: unitPort });
  }

  settings(changes: Partial<MediaSettings> = {}): MediaSettings {
    return { remote: { address: phoneAddress, port: 4000 }, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType: 101, direction: 'sendrecv', ptimeMs: 20, ...changes };
  }

  start(changes: Partial<MediaSettings> = {}, session = 1, port = 0): void {
    this.engine.command({ type: 'start', port, session, settings: this.settings(changes) });
  }

  command<Type extends Exclude<MediaCommand['type'], 'start' | 'start-line' | 'line' | 'shut-down'>>(type: Type, rest: CommandRest<Type>, session = 1, port = 0): void {
    this.engine.command({ type, port, session, ...rest } as MediaCommand);
  }

  record(changes: Partial<RecordSettings> = {}): void {
    this.command('record', { record: { record: 1, maxMs: 600_000, silenceMs: 0, silenceDbm0: -42, stopDigits: '#', chunkMs: 500, ...changes } });
  }

  of<Type extends MediaEvent['type']>(type: Type): EventOf<Type>[] {
    return this.events.filter((event): event is EventOf<Type> => event.type === type);
  }

  recorded(): Buffer {
    return Buffer.concat(this.of('chunk').map(({ bytes }) => bytes));
  }

  digits(): string {
    return this.of('digit').map(({ digit }) => digit).join('');
  }

  /** Ends session and engine; throws when a timer of the engine is left. */
  async end(): Promise<void> {
    await this.engine.close();
    const left = this.clock.pending().filter(({ name }) => name.startsWith('media'));
    if (left.length > 0) throw new Error(`timers left: ${left.map(({ name }) => name).join(', ')}`);
  }
}
