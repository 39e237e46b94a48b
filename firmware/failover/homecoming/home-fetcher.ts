import type { Clock, Timer } from '../../../hal/clock.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Log } from '../../log.ts';
import type { Answer } from '../../site/channel/channel.ts';
import { ChannelError } from '../../site/channel/channel-error.ts';
import type { Data } from '../../site/channel/frame.ts';
import type { Arrivals } from './arrivals.ts';
import type { HomeEffect, HomeInput, HomeState } from './home-machine.ts';
import { homeStep } from './home-machine.ts';
import type { Offer, Waiting } from './home-protocol.ts';
import { answers, readAnswer } from './home-protocol.ts';
import { OnceLog } from './once-log.ts';

export interface FetcherParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly arrivals: Arrivals;
  /** Whether messages may come now: asked before each message and each piece, and every 5 s while they may not. */
  readonly mayCome: () => boolean;
  /** What the log calls the other unit; left out: 'the backup'. */
  readonly keeper?: string;
}

export type Ask = (kind: string, data: Data) => Promise<Answer>;

export interface Coming {
  readonly mailbox: string;
  readonly id: string;
  readonly fetched: number;
  readonly bytes: number;
}

/** While messages may not come, whether they may is looked at this often. */
export const mayComeMs = 5000;

/** The primary's side: runs the machine. One thing is under way at a time. */
export class HomeFetcher {
  readonly #parts: FetcherParts;
  readonly #told: OnceLog;
  #state: HomeState = { name: 'paused' };
  #ask: Ask | null = null;
  /** What an effect of an earlier run comes to is not heard. */
  #run = 0;
  #resting: Timer | null = null;
  #hurried = false;
  #checking: Timer | null = null;
  #waiting: Waiting | null = null;
  #came = 0;
  #cameBytes = 0;

  constructor(parts: FetcherParts) {
    this.#parts = parts;
    this.#told = new OnceLog(parts.log);
  }

  /** As last heard; null = never. */
  get waiting(): Waiting | null {
    return this.#waiting;
  }

  get came(): Waiting {
    return { messages: this.#came, bytes: this.#cameBytes };
  }

  get problem(): string | null {
    return this.#told.last;
  }

  get state(): HomeState['name'] {
    return this.#state.name;
  }

  get coming(): Coming | null {
    if (!('offer' in this.#state)) return null;
    const { mailbox, id, bytes } = this.#state.offer;
    return { mailbox, id, bytes, fetched: this.#state.name === 'fetching' ? this.#state.at : bytes };
  }

  connected(ask: Ask): void {
    this.#halt();
    this.#ask = ask;
    this.check();
  }

  disconnected(): void {
    this.#ask = null;
    this.#halt();
  }

  stop(): void {
    this.disconnected();
    this.#checking?.cancel();
  }

  /** Looks at once whether messages may come; else that takes up to 5 s. */
  check(): void {
    this.#checking?.cancel();
    if (this.#ask === null) return;
    if (!this.#parts.mayCome()) this.#halt();
    else if (this.#state.name === 'paused') this.#input({ type: 'go' });
    this.#checking = this.#parts.clock.after('homecoming-check', mayComeMs, () => this.check());
  }

  /** A message has just been left there: looked for at once, not at the end of the rest. */
  hurry(): void {
    this.#hurried = true;
    this.#wakeUp();
  }

  #wakeUp(): void {
    if (!this.#hurried || this.#state.name !== 'resting') return;
    this.#hurried = false;
    this.#resting?.cancel();
    this.#input({ type: 'due' });
  }

  get #keeper(): string {
    return this.#parts.keeper ?? 'the backup';
  }

  #halt(): void {
    this.#run++;
    this.#input({ type: 'halt' });
  }

  #input(input: HomeInput): void {
    const { state, effects } = homeStep(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: HomeEffect): void {
    switch (effect.type) {
      case 'rest':
        this.#resting = this.#parts.clock.after('homecoming-rest', effect.ms, () => this.#input({ type: 'due' }));
        void Promise.resolve().then(() => this.#wakeUp());
        return this.#flush();
      case 'stop-resting':
        return this.#resting?.cancel();
      case 'came-home':
        return this.#cameHome(effect.offer);
      case 'report':
        return this.#told.tell(effect.message === null ? 'messages-stay-away' : 'message-stays-away', effect.message, effect.message === null ? `Messages stay on ${this.#keeper} for now: ${effect.why}` : `A message stays on ${this.#keeper} for now: ${effect.why}`);
      default:
        return this.#start(effect);
    }
  }

  #start(effect: Exclude<HomeEffect, { type: 'rest' | 'stop-resting' | 'came-home' | 'report' }>): void {
    const run = this.#run;
    if ((effect.type === 'look' || effect.type === 'fetch') && !this.#parts.mayCome()) return this.#later({ type: 'halt' }, run);
    void this.#outcome(effect)
      .catch((error: unknown) => failureOf(error, this.#parts.log))
      .then((input) => this.#later(input, run));
  }

  #later(input: HomeInput, run: number): void {
    void Promise.resolve().then(() => (run === this.#run ? this.#input(input) : undefined));
  }

  #outcome(effect: Exclude<HomeEffect, { type: 'rest' | 'stop-resting' | 'came-home' | 'report' }>): Promise<HomeInput> {
    switch (effect.type) {
      case 'look':
        return this.#look(effect.after);
      case 'weigh':
        return this.#parts.arrivals.weigh(effect.offer);
      case 'fetch':
        return this.#fetch(effect.offer, effect.at);
      case 'import':
        return this.#parts.arrivals.finish(effect.offer);
      case 'settle':
        return this.#parts.arrivals.settle(effect.offer).then(() => ({ type: 'settled' }));
      case 'acknowledge':
        return this.#acknowledge(effect.offer);
    }
  }

  async #look(after: string): Promise<HomeInput> {
    const { found, waiting } = readAnswer(answers.next, (await this.#asked('next', { after })).data);
    this.#waiting = waiting;
    if (waiting.messages === 0) this.#told.clearAll();
    if (found === null) return this.#nothing(waiting.messages);
    const { fault, ...offer } = found;
    return fault === null ? { type: 'offered', offer } : { type: 'damaged', mailbox: offer.mailbox, id: offer.id, why: fault };
  }

  #nothing(left: number): HomeInput {
    this.#told.clear('');
    if (left === 0) this.#parts.arrivals.allConfirmed();
    return { type: 'nothing', left };
  }

  async #fetch(offer: Offer, at: number): Promise<HomeInput> {
    const { body } = await this.#asked('piece', { mailbox: offer.mailbox, id: offer.id, offset: at });
    if (body.length === 0) return { type: 'failed', why: 'a message ends before its end' };
    // The file may be longer than its log.
    const piece = body.subarray(0, offer.bytes - at);
    await this.#parts.arrivals.add(offer, piece, at);
    return { type: 'fetched', at: at + piece.length };
  }

  async #acknowledge({ mailbox, id, state }: Offer): Promise<HomeInput> {
    const { now } = readAnswer(answers.home, (await this.#asked('home', { mailbox, id, state })).data);
    if (now === 'gone') this.#parts.arrivals.confirmed(id);
    return { type: 'released', now };
  }

  #asked(kind: string, data: Data): Promise<Answer> {
    return this.#ask === null ? Promise.reject(new ChannelError('closed', 'there is no connection')) : this.#ask(kind, data);
  }

  #cameHome({ mailbox, id, bytes }: Offer): void {
    this.#came++;
    this.#cameBytes += bytes;
    this.#told.clear(id);
    this.#told.clear('');
    this.#parts.log.write('info', 'message-came-home', `A message that ${this.#keeper} took has come home.`, { mailbox, id });
  }

  #flush(): void {
    // What is not written is written with the next change.
    void this.#parts.arrivals.flush().catch((error: unknown) => failureOf(error, this.#parts.log));
  }
}

/** A defect is told as one, and tried again like any failure: the unit's calls are worth more than this. */
function failureOf(error: unknown, log: Log): HomeInput {
  if (error instanceof HalError) return { type: 'refused', why: error.id === 'no-space' ? 'store-full' : 'store-failed' };
  if (error instanceof ChannelError) return failureOfChannel(error);
  log.write('error', 'homecoming-defect', `Bringing messages home met with a defect: ${String(error)}`);
  return { type: 'failed', why: String(error) };
}

function failureOfChannel({ id, code, message }: ChannelError): HomeInput {
  if (code === 'gone') return { type: 'gone' };
  // Without a connection there is nothing to report: the next one starts anew.
  return id === 'closed' || id === 'lost' ? { type: 'halt' } : { type: 'failed', why: message };
}
