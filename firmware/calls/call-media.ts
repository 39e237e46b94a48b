import type { Clock } from '../../hal/clock.ts';
import type { MediaDirection, MediaSettings, RtpStream } from '../media/media-protocol.ts';
import { movedOn } from '../media/moved-on.ts';
import type { CarriedCall } from './call-parts.ts';
import type { MediaRecord } from './followed-call.ts';
import { heldMedia } from './held-media.ts';
import { HoldLimit } from './hold-limit.ts';
import type { MediaChannel } from './media-channel.ts';
import { StreamReports } from './stream-reports.ts';

/** What a call and its peer have agreed on, done by the call's channel: start, hold, silence, and how far the sent stream is. */
export class CallMedia {
  readonly channel: MediaChannel;
  readonly #hangUp: (text: string) => void;
  readonly #reports: StreamReports;
  readonly #hold: HoldLimit;
  #settings: MediaSettings | null = null;
  #directionAtFirst: MediaDirection = 'sendrecv';

  constructor(clock: Clock, channel: MediaChannel, hangUp: (text: string) => void) {
    this.channel = channel;
    this.#hangUp = hangUp;
    this.#reports = new StreamReports(clock);
    this.#hold = new HoldLimit(clock, hangUp);
  }

  /** null: nothing has been agreed yet. */
  get settings(): MediaSettings | null {
    return this.#settings;
  }

  /** The call stands. */
  agreed(settings: MediaSettings): void {
    this.#settings = settings;
    this.#directionAtFirst = settings.direction;
  }

  /** The call stood in another unit. */
  carryOn({ settings, directionAtFirst }: MediaRecord): void {
    this.#settings = settings;
    this.#directionAtFirst = directionAtFirst;
    this.#hold.agreed(settings.direction);
  }

  /** `running`: the channel works already. */
  changed(agreed: MediaSettings, running: boolean): void {
    const settings = heldMedia(agreed, this.#directionAtFirst);
    this.#settings = settings;
    this.#hold.agreed(settings.direction);
    if (running) this.channel.update(settings);
  }

  /** The audio is a line's. */
  startLine(line: number): void {
    this.channel.startLine(line);
  }

  /** `shared`: the audio is at the address of the pair. */
  start(shared: boolean, carried: CarriedCall | null): void {
    const settings = this.#settings;
    if (settings === null) return;
    const { stream, streamAgeMs } = carried?.followed.media ?? { stream: null, streamAgeMs: 0 };
    const resume = stream === null ? null : movedOn(stream, streamAgeMs + (carried?.ageMs ?? 0), settings.ptimeMs);
    this.channel.start(settings, { shared, resume });
    if (shared) this.#reports.begin(this.channel);
  }

  /** null: nothing has been agreed yet. */
  record(rtpPort: number): MediaRecord | null {
    if (this.#settings === null) return null;
    return { settings: this.#settings, directionAtFirst: this.#directionAtFirst, port: this.channel.port.index, rtpPort, ...this.#reports.at() };
  }

  /** As `FollowableCall.freshen`. */
  freshen(): Promise<void> {
    return this.#reports.fresh(this.channel);
  }

  /** The channel says how far the sent stream is. Whether `record` gives something new. */
  reported(stream: RtpStream): boolean {
    return this.#reports.came(stream, this.#settings?.ptimeMs ?? 20);
  }

  /** No audio came for so long. `limitSec` 0: that may be. */
  silent(silentMs: number, limitSec: number): void {
    if (limitSec > 0 && silentMs >= limitSec * 1000) this.#hangUp(`no audio came for ${Math.round(silentMs / 1000)} s`);
  }

  end(): void {
    this.#hold.end();
    this.#reports.end();
  }
}
