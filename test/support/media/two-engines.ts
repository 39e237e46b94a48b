import { silentLog } from '../../../firmware/log.ts';
import { createMediaEngine, type MediaEngine } from '../../../firmware/media/media-engine.ts';
import type { MediaEvent, MediaSettings, RtpStream } from '../../../firmware/media/media-protocol.ts';
import { wholeEvents } from '../../../firmware/media/whole-events.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork, type SimHost } from '../../../hal/sim/sim-net.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { RtpPhone } from './rtp-phone.ts';

export const sharedAddress = '192.0.2.10';
const held = { interface: 'eth0', address: sharedAddress, prefixBits: 24 };
const phoneAddress = '192.0.2.9';

/** One of the two: its engine and what it said. */
export interface Side {
  readonly host: SimHost;
  readonly engine: MediaEngine;
  readonly events: MediaEvent[];
}

/** The media threads of two units that hand 192.0.2.10 over, and a phone that sends there. Port 0 has the call, as session 1. */
export class TwoEngines {
  readonly clock = new SimClock();
  readonly network = new SimNetwork(this.clock, new SimRandom(3));
  readonly one: Side;
  readonly other: Side;

  private constructor(bindsAhead: boolean) {
    this.one = this.#side('192.0.2.1', 21, bindsAhead);
    this.other = this.#side('192.0.2.2', 22, bindsAhead);
  }

  /** `one` holds the address. `bindsAhead`: as the epoll driver does, and Node's own sockets do not. */
  static async make(bindsAhead = true): Promise<TwoEngines> {
    const two = new TwoEngines(bindsAhead);
    for (const { engine } of [two.one, two.other]) await engine.start();
    await two.holds(two.one);
    return two;
  }

  async phone(port = 4000): Promise<RtpPhone> {
    return RtpPhone.at(this.clock, this.network.host(phoneAddress), port, { address: sharedAddress, port: 10_000 });
  }

  settings(changes: Partial<MediaSettings> = {}): MediaSettings {
    return { remote: { address: phoneAddress, port: 4000 }, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType: 101, direction: 'sendrecv', ptimeMs: 20, ...changes };
  }

  start({ engine }: Side, changes: Partial<MediaSettings> = {}, resume: RtpStream | null = null): void {
    engine.command({ type: 'start', port: 0, session: 1, settings: this.settings(changes), shared: true, resume });
  }

  command(side: Side, command: { readonly type: 'report' } | { readonly type: 'stop'; readonly quietly?: boolean }): void {
    side.engine.command({ ...command, port: 0, session: 1 });
  }

  /** How far the stream of a side is. */
  async report(side: Side): Promise<RtpStream> {
    this.command(side, { type: 'report' });
    await this.clock.advance(0);
    const found = side.events.filter((event) => event.type === 'report').at(-1);
    if (found === undefined) throw new Error('no report came');
    return found.stream;
  }

  async holds({ host, engine }: Side): Promise<void> {
    await host.addressHolder.add(held);
    await host.addressHolder.announce(held);
    engine.command({ type: 'share', held: true });
    await this.clock.advance(1);
  }

  async gives({ host, engine }: Side): Promise<void> {
    engine.command({ type: 'share', held: false });
    await host.addressHolder.remove(held);
  }

  dies({ host }: Side): void {
    host.crash();
    host.unplug();
  }

  async end(): Promise<void> {
    for (const { engine } of [this.one, this.other]) await engine.close();
    const left = this.clock.pending().filter(({ name }) => name.startsWith('media'));
    if (left.length > 0) throw new Error(`timers left: ${left.map(({ name }) => name).join(', ')}`);
  }

  #side(address: string, seed: number, bindsAhead: boolean): Side {
    const host = this.network.host(address);
    host.bindsAhead = bindsAhead;
    const events: MediaEvent[] = [];
    const engine = createMediaEngine({
      clock: this.clock, random: new SimRandom(seed), batch: host.batch(), log: silentLog, ports: 2, address, firstPort: 10_000, sharedAddress,
      prompts: { get: () => null, ids: () => [] }, emit: wholeEvents((event) => void events.push(event)),
    });
    return { host, engine, events };
  }
}
