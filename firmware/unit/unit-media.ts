import type { MonotonicMs } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { LinkEvent } from '../failover/link-protocol.ts';
import { isLink } from '../failover/link-protocol.ts';
import type { LineMediaEvent } from '../lines/line-desk.ts';
import { isLineEvent } from '../lines/line-desk.ts';
import type { MediaEvent } from '../media/media-protocol.ts';
import { wholeEvents } from '../media/whole-events.ts';
import type { UnitParts } from '../unit-parts.ts';
import { atMost } from './at-most.ts';
import type { StartGivenUp } from './start-given-up.ts';

export type MediaHealth = Extract<MediaEvent, { type: 'health' }>;

/** Who is told what the media thread says, beside the log. */
export interface MediaListeners {
  readonly link: (event: LinkEvent) => void;
  readonly call: (event: MediaEvent) => void;
  readonly line: (event: LineMediaEvent) => void;
}

/** How long the media thread may take to open its ports at boot. */
const mediaStartMs = 10_000;

/** The media thread as the rest of the unit sees it: its ports, when it was last heard, and how it is. */
export class UnitMedia {
  readonly #parts: Pick<UnitParts, 'clock' | 'log' | 'media'>;
  readonly #listeners: MediaListeners;
  readonly #ready: Promise<void>;
  #isReady: () => void = () => undefined;
  #isGivenUp: (why: StartGivenUp) => void = () => undefined;
  #rtpPorts: readonly number[] = [];
  #heardMs: MonotonicMs;
  #health: MediaHealth | null = null;

  constructor(parts: Pick<UnitParts, 'clock' | 'log' | 'media'>, startedMs: MonotonicMs, listeners: MediaListeners) {
    this.#parts = parts;
    this.#listeners = listeners;
    this.#heardMs = startedMs;
    this.#ready = new Promise((resolve, reject) => {
      this.#isReady = resolve;
      this.#isGivenUp = reject;
    });
    // Nobody may be waiting when it is given up.
    this.#ready.catch(() => undefined);
    const received = wholeEvents((event) => this.#received(event));
    parts.media.received = (event) => {
      this.#heardMs = parts.clock.monotonic();
      if (isLink(event)) listeners.link(event);
      else received(event);
    };
  }

  /** By voicemail port; empty until they are open. */
  get rtpPorts(): readonly number[] {
    return this.#rtpPorts;
  }

  get heardMs(): MonotonicMs {
    return this.#heardMs;
  }

  /** null = it has not said yet. */
  get health(): MediaHealth | null {
    return this.#health;
  }

  /** Errors: HalError `timed-out`: not all `wanted` ports were opened in time; StartGivenUp. */
  async opened(wanted: number): Promise<void> {
    await atMost(this.#parts.clock, mediaStartMs, this.#ready);
    if (this.#rtpPorts.length < wanted) {
      throw new HalError('timed-out', 'media thread', `${this.#rtpPorts.length} of ${wanted} ports opened within ${mediaStartMs / 1000} s`);
    }
  }

  /** Who waits for the ports is told at once. */
  giveUp(why: StartGivenUp): void {
    this.#isGivenUp(why);
  }

  #received(event: MediaEvent): void {
    if (event.type === 'health') this.#health = event;
    else if (event.type === 'log') this.#parts.log.write(event.severity, event.event, event.text, event.facts);
    else if (isLineEvent(event)) this.#listeners.line(event);
    else if (event.type !== 'ready') this.#listeners.call(event);
    else {
      this.#rtpPorts = event.rtpPorts;
      this.#isReady();
    }
  }
}
