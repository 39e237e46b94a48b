import type { Clock, MonotonicMs, Timer } from '../../../hal/clock.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Log } from '../../log.ts';
import { ChannelError } from '../../site/channel/channel-error.ts';
import type { Ask } from '../homecoming/home-fetcher.ts';
import { readAnswer } from '../homecoming/home-protocol.ts';
import { OnceLog } from '../homecoming/once-log.ts';
import type { MirrorCompare } from './mirror-compare.ts';
import type { MirrorInbox } from './mirror-inbox.ts';
import type { MirrorEffect, MirrorInput, MirrorState } from './mirror-machine.ts';
import { calmMs, mirrorStep } from './mirror-machine.ts';
import { answers } from './mirror-protocol.ts';
import type { Offer, Ref, Task, Want } from './mirror-work.ts';

export interface TakerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly compare: MirrorCompare;
  readonly inbox: MirrorInbox;
  /** Calls are so many that logs wait. */
  readonly busy: () => boolean;
  /** How far this unit is behind has changed. */
  readonly moved: () => void;
}

/** How far this unit is behind its partner. */
export interface Behind {
  /** Known of and not here yet. */
  readonly messages: number;
  /** Since it last had all; null = not in this run. */
  readonly seconds: number | null;
}

/** Brings here what the partner has: runs the machine. One task is under way at a time. */
export class MirrorTaker {
  readonly #parts: TakerParts;
  readonly #told: OnceLog;
  #state: MirrorState = { name: 'paused' };
  #ask: Ask | null = null;
  /** What a task of an earlier connection comes to is not heard. */
  #run = 0;
  #waking: Timer | null = null;
  #calming: Timer | null = null;
  #inStepMs: MonotonicMs | null = null;
  #isInStep = false;
  #took = 0;

  constructor(parts: TakerParts) {
    this.#parts = parts;
    this.#told = new OnceLog(parts.log);
  }

  get state(): MirrorState['name'] {
    return this.#state.name;
  }

  get took(): number {
    return this.#took;
  }

  get problem(): string | null {
    return this.#told.last;
  }

  /** null = not known yet, since nothing was ever agreed on. */
  get partnerMirrors(): boolean | null {
    if (this.#state.name === 'turned-away') return false;
    return this.#inStepMs !== null || (this.#state.name === 'working' && this.#state.task.type !== 'begin') || this.#state.name === 'resting' ? true : null;
  }

  get coming(): { readonly mailbox: string; readonly id: string; readonly fetched: number; readonly bytes: number } | null {
    const coming = 'todo' in this.#state ? this.#state.todo.coming : null;
    return coming === null ? null : { mailbox: coming.offer.mailbox, id: coming.offer.id, fetched: coming.at, bytes: coming.offer.bytes };
  }

  behind(): Behind {
    const now = this.#parts.clock.monotonic();
    if (this.#isInStep) return { messages: 0, seconds: 0 };
    return { messages: this.#waiting(), seconds: this.#inStepMs === null ? null : Math.ceil((now - this.#inStepMs) / 1000) };
  }

  connected(ask: Ask): void {
    this.disconnected();
    this.#ask = ask;
    this.#input({ type: 'go' });
  }

  disconnected(): void {
    this.#leaveStep();
    this.#ask = null;
    this.#run++;
    this.#input({ type: 'halt' });
  }

  /** The partner says that it has something new about a message. */
  hinted(hint: Ref): void {
    this.#leaveStep();
    this.#input({ type: 'hinted', hint });
  }

  #waiting(): number {
    if (!('todo' in this.#state)) return 0;
    const { hints, wants, coming } = this.#state.todo;
    const inHand = this.#state.name === 'working' && this.#state.task.type === 'weigh' ? 1 : 0;
    return hints.length + wants.length + (coming === null ? 0 : 1) + inHand;
  }

  #leaveStep(): void {
    if (this.#isInStep) this.#inStepMs = this.#parts.clock.monotonic();
    this.#isInStep = false;
  }

  #input(input: MirrorInput): void {
    const { state, effects } = mirrorStep(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: MirrorEffect): void {
    const { clock } = this.#parts;
    switch (effect.type) {
      case 'do':
        return this.#start(effect.task);
      case 'wake':
        this.#waking?.cancel();
        this.#waking = clock.after('mirror-wake', effect.ms, () => this.#input({ type: 'due' }));
        return this.#isInStep ? undefined : this.#parts.moved();
      case 'calm-down':
        this.#calming?.cancel();
        this.#calming = clock.after('mirror-calm', calmMs, () => this.#input({ type: 'calm' }));
        return;
      case 'stop':
        this.#waking?.cancel();
        this.#calming?.cancel();
        return;
      case 'took':
        return this.#tookOne(effect.offer);
      case 'in-step':
        this.#isInStep = true;
        this.#inStepMs = clock.monotonic();
        this.#told.clearAll();
        return this.#parts.moved();
      case 'report-mailbox':
        return this.#told.tell('mailbox-not-mirrored', { mailbox: effect.mailbox, id: `mailbox ${effect.mailbox}` }, `What the partner has in a mailbox cannot be compared for now: ${effect.why}`);
      case 'report':
        return this.#report(effect.message, effect.why);
    }
  }

  /** What keeps all copies away leaves the pair with one of each: that is an alarm. */
  #report(message: Ref | null, why: string): void {
    if (message === null) this.#told.tell('mirror-waits', null, `Copies of messages do not come from the partner for now: ${why}`, 'alert');
    else this.#told.tell('message-not-mirrored', message, `A message of the partner has no copy here for now: ${why}`);
  }

  #tookOne({ mailbox, id }: Offer): void {
    this.#took++;
    this.#told.clear(id);
    this.#told.clear('');
    this.#parts.log.write('debug', 'message-mirrored', 'A message of the partner has a copy here now.', { mailbox, id });
    this.#parts.moved();
  }

  #start(task: Task): void {
    const run = this.#run;
    const isLog = task.type === 'weigh' || task.type === 'fetch';
    const outcome = isLog && this.#parts.busy() ? Promise.resolve<MirrorInput>({ type: 'busy' }) : this.#outcome(task);
    void outcome.catch((error: unknown) => failureOf(error, task, this.#parts.log)).then((input) => (run === this.#run ? this.#input(input) : undefined));
  }

  async #outcome(task: Task): Promise<MirrorInput> {
    const ask = this.#ask;
    if (ask === null) return { type: 'halt' };
    const { compare, inbox } = this.#parts;
    switch (task.type) {
      case 'begin':
        return readAnswer(answers.begin, (await ask('begin', {})).data).on ? { type: 'agreed' } : { type: 'off' };
      case 'compare':
        return { type: 'compared', ...(await compare.about(ask, task.mailbox, task.ids)) };
      case 'shelf':
        return { type: 'differing', mailboxes: await compare.shelf(ask, task.shelf) };
      case 'list':
        return { type: 'listed', ...(await compare.list(ask, task.mailbox, task.after)) };
      case 'weigh':
        return this.#weigh(ask, task.want);
      case 'fetch':
        return this.#fetch(ask, task.offer, task.at);
      case 'import':
        return inbox.finish(task.offer);
    }
  }

  async #weigh(ask: Ask, want: Want): Promise<MirrorInput> {
    const { inbox } = this.#parts;
    if (await inbox.waits(want)) return { type: 'in-hand' };
    const { fault, bytes, worth } = readAnswer(answers.log, (await ask('log', { mailbox: want.mailbox, id: want.id })).data);
    if (fault !== null) return { type: 'damaged', why: fault };
    const weighed = await inbox.weigh(want, worth, bytes);
    return weighed.type === 'begun' ? { type: 'begun', offer: { ...want, bytes, worth }, at: weighed.bytes } : weighed;
  }

  async #fetch(ask: Ask, offer: Offer, at: number): Promise<MirrorInput> {
    const { body } = await ask('piece', { mailbox: offer.mailbox, id: offer.id, offset: at });
    if (body.length === 0) return { type: 'not-whole', why: 'it ends before its end' };
    // The file may be longer than its log.
    const piece = body.subarray(0, offer.bytes - at);
    await this.#parts.inbox.add(offer, piece, at);
    return { type: 'fetched', at: at + piece.length };
  }
}

/** A defect is told as one, and tried again like any failure: the unit's calls are worth more than this. */
function failureOf(error: unknown, task: Task, log: Log): MirrorInput {
  if (isOfOneMailbox(error, task)) return { type: 'unread', why: error.message };
  if (error instanceof HalError) return { type: 'refused', why: error.id === 'no-space' ? 'store-full' : 'store-failed' };
  if (error instanceof ChannelError) return failureOfChannel(error);
  log.write('error', 'mirror-defect', `Mirroring messages met with a defect: ${String(error)}`);
  return { type: 'failed', why: String(error) };
}

/** Neither a disk that takes no writes, nor the line: what is asked about one mailbox could not be read, here or there. */
function isOfOneMailbox(error: unknown, { type }: Task): error is HalError | ChannelError {
  if (type !== 'list' && type !== 'compare') return false;
  return (error instanceof HalError && error.id !== 'no-space' && error.id !== 'read-only') || (error instanceof ChannelError && error.code === 'failed');
}

function failureOfChannel({ id, code, message }: ChannelError): MirrorInput {
  if (code === 'gone' || code === 'off') return { type: code };
  // Without a connection there is nothing to report: the next one starts anew.
  return id === 'closed' || id === 'lost' ? { type: 'halt' } : { type: 'failed', why: message };
}
