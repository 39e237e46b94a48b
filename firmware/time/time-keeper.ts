import type { Clock, MonotonicMs, Timer, WallMs } from '../../hal/clock.ts';
import type { ClockSetter } from '../../hal/clock-setter.ts';
import type { DatagramNet, DatagramSocket } from '../../hal/datagram.ts';
import type { Net } from '../../hal/net.ts';
import type { Random } from '../../hal/random.ts';
import type { Log } from '../log.ts';
import { correction, pollSec, retrySec } from './correction.ts';
import { ntpAnswer, ntpQuestion } from './sntp-packet.ts';

export interface TimeKeeperParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  readonly datagram: DatagramNet;
  readonly net: Net;
  readonly setter: ClockSetter;
  /** Names or addresses, best first; asked for anew each time, since DHCP may come late. */
  readonly servers: () => Promise<readonly string[]>;
}

/** What is known of the time of day. */
export interface TimeStatus {
  /** Who told it last; null = nobody has yet. */
  readonly server: string | null;
  /** By how much it was off then. */
  readonly offsetMs: number;
  readonly toldMs: MonotonicMs | null;
}

interface Sample {
  readonly offsetMs: number;
  readonly delayMs: number;
}

const ntpPort = 123;
const answerMs = 2000;
/** Of so many answers the quickest is believed: it waited least in queues. */
const questions = 3;
/** The network is set up a while after it was asked for: so many rounds after that are soon followed by another, though a server of the old one may have answered. */
const hastyRounds = 2;
/** When this version of the unit was made: a clock or a server that says less has not been told the time. */
export const earliestMs = Date.UTC(2026, 0, 1);

/** Keeps the time of day by NTP: one question after another to the first server that answers; never a step when a slew will do. */
export class TimeKeeper {
  readonly #parts: TimeKeeperParts;
  #status: TimeStatus = { server: null, offsetMs: 0, toldMs: null };
  #successes = 0;
  #failures = 0;
  #steppedMs = 0;
  #timer: Timer | null = null;
  #running = false;
  #asking = false;
  #anew = false;
  #hasty = 0;

  constructor(parts: TimeKeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = true;
    void this.#round();
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
  }

  /** Other servers are named, or there is another way to them: they are asked at once, or when the answers of a round are there, and soon again. */
  askAnew(): void {
    if (!this.#running) return;
    this.#anew = true;
    if (this.#asking) return;
    this.#timer?.cancel();
    void this.#round();
  }

  status(): TimeStatus {
    return this.#status;
  }

  /** By how much it has moved the time of day in all: whoever looks for moves of others leaves these out. */
  get steppedMs(): number {
    return this.#steppedMs;
  }

  async #round(): Promise<void> {
    this.#asking = true;
    if (this.#anew) [this.#successes, this.#failures, this.#hasty] = [0, 0, hastyRounds];
    this.#anew = false;
    const told = await this.#askAll().catch((error: unknown) => this.#refused(error));
    this.#asking = false;
    const wasHasty = this.#hasty > 0;
    if (wasHasty) this.#hasty--;
    this.#successes = told && !wasHasty ? this.#successes + 1 : 0;
    this.#failures = told ? 0 : this.#failures + 1;
    if (this.#failures === 6) this.#parts.log.write('warning', 'time-untold', 'No time server answers, or none is known: the time of day is as good as the machine\'s own clock.');
    if (!this.#running) return;
    if (this.#anew) return this.#round();
    const sec = told && !wasHasty ? pollSec(this.#successes) : retrySec(Math.max(1, this.#failures));
    this.#timer = this.#parts.clock.after('time', sec * 1000, () => void this.#round());
  }

  async #askAll(): Promise<boolean> {
    for (const server of await this.#parts.servers()) {
      const sample = await this.#ask(server).catch(() => null);
      if (sample === null || !this.#running) continue;
      await this.#correct(server, sample);
      return true;
    }
    return false;
  }

  async #correct(server: string, { offsetMs }: Sample): Promise<void> {
    const { clock, log, setter } = this.#parts;
    const isFirst = this.#status.server === null;
    const todo = correction(offsetMs, isFirst);
    if (todo.kind === 'step') {
      await setter.step(todo.byMs);
      this.#steppedMs += todo.byMs;
    } else if (todo.kind === 'slew') await setter.slew(todo.byMs);
    this.#status = { server, offsetMs, toldMs: clock.monotonic() };
    setter.told();
    if (todo.kind === 'step') log.write('notice', 'clock-set', `The time of day was set by ${server}: it was ${Math.abs(offsetMs / 1000).toFixed(1)} s ${offsetMs > 0 ? 'late' : 'early'}.`);
    else if (isFirst) log.write('notice', 'clock-told', `The time of day is told by ${server}.`);
  }

  /** The best of some answers; null = there was none. Errors: HalError of the network. */
  async #ask(server: string): Promise<Sample | null> {
    const [address] = await this.#parts.net.resolve(server);
    if (address === undefined) return null;
    const local = { address: address.includes(':') ? '::' : '0.0.0.0', port: 0 };
    const socket = await this.#parts.datagram.connect(local, { address, port: ntpPort });
    try {
      let best: Sample | null = null;
      for (let at = 0; at < questions && this.#running; at++) {
        const sample = await this.#question(socket, { address, port: ntpPort });
        // One that does not answer the first question is not asked again.
        if (sample === null) break;
        if (best === null || sample.delayMs < best.delayMs) best = sample;
      }
      return best;
    } finally {
      socket.close();
    }
  }

  #question(socket: DatagramSocket, to: { readonly address: string; readonly port: number }): Promise<Sample | null> {
    const { clock, random } = this.#parts;
    const nonce = random.bytes(8);
    return new Promise((resolve) => {
      const [askedMs, askedWallMs] = [clock.monotonic(), clock.wall()];
      const timer = clock.after('time answer', answerMs, () => resolve(null));
      const end = (sample: Sample | null): void => {
        timer.cancel();
        resolve(sample);
      };
      socket.received = (bytes) => {
        const answer = ntpAnswer(bytes, nonce);
        if (answer === null || answer.sentMs < earliestMs) return;
        end(sampleOf(answer, askedWallMs, clock.monotonic() - askedMs));
      };
      socket.failed = () => end(null);
      socket.send(ntpQuestion(nonce), to);
    });
  }

  #refused(error: unknown): false {
    if (this.#failures === 0) this.#parts.log.write('error', 'clock-not-set', `The time of day cannot be set: ${String(error)}`);
    return false;
  }
}

/** RFC 5905, 8: half of what the server's clock and ours disagree by, both ways; the way there and back taken as equal. */
function sampleOf({ receivedMs, sentMs }: { readonly receivedMs: WallMs; readonly sentMs: WallMs }, askedMs: WallMs, tookMs: number): Sample {
  const answeredMs = askedMs + tookMs;
  return { offsetMs: (receivedMs - askedMs + (sentMs - answeredMs)) / 2, delayMs: tookMs - (sentMs - receivedMs) };
}
