import type { Clock, WallMs } from '../../../hal/clock.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Random } from '../../../hal/random.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import type { Folders } from '../folders.ts';
import type { MessageKind } from '../message.ts';
import type { MessageReader } from '../message-store.ts';
import { DamagedLog } from '../read-twice.ts';
import { Serial } from '../serial.ts';
import type { UuidV7 } from '../uuidv7.ts';
import { copyAudio } from './copy-audio.ts';
import type { Delivery, Progress } from './delivery.ts';
import type { SendFault } from './send-fault.ts';
import { SendFiles, sendsFolder } from './send-files.ts';
import type { StoredJob } from './send-files.ts';
import type { SendJob } from './send-job.ts';
import { maxRecipients } from './send-job.ts';

/** Messages on their way, of the whole unit, and those of one sender that wait for their time. */
export const maxJobs = 200;
export const maxWaiting = 20;
const farthestMs = 366 * 24 * 3_600_000;
/** The wall clock may step: it is looked at again so soon. A delivery that the disk refused is tried again after the same time. */
const lookMs = 60_000;
/** A day of them. */
const maxTries = 1440;

export interface SendDeskParts {
  readonly storage: Storage;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ids: UuidV7;
  readonly delivery: Delivery;
  /** Why nothing more can be sent, with so many bytes for each of so many recipients; null = it can. Errors: HalError. */
  readonly refusal: (bytes: number, recipients: number) => Promise<'store-full' | 'store-failed' | null>;
  readonly takenFor: () => string | null;
}

export interface Sending {
  readonly sender: string | null;
  readonly callerNumber: string;
  readonly callerName: string;
  readonly recipients: readonly string[];
  readonly as: Exclude<MessageKind, 'undelivered'>;
  readonly priority: boolean;
  readonly private: boolean;
  readonly introductionMs: number;
  /** 0 = at once. */
  readonly atMs: number;
  /** Opened, and closed, by the desk. Errors: HalError; null = there is nothing. */
  readonly audio: () => Promise<MessageReader | null>;
}

export interface Sent {
  readonly id: string | null;
  readonly fault: SendFault | null;
}

export interface WaitingMessage {
  readonly id: string;
  readonly job: SendJob;
}

/** Messages that owners send: taken when all that is needed to deliver them is durable, delivered in the background, once each. */
export class SendDesk {
  readonly #parts: SendDeskParts;
  readonly #files: SendFiles;
  readonly #jobs = new Map<string, StoredJob>();
  readonly #taking = new Serial();
  readonly #work = new Serial();
  /** Of each job, attempts in this run that the disk refused. */
  readonly #failures = new Map<string, number>();
  #timer: { cancel(): void } | null = null;
  #running = false;

  constructor(parts: SendDeskParts) {
    this.#parts = parts;
    this.#files = new SendFiles(parts.storage, parts.folders, parts.log);
  }

  /** Errors: HalError. */
  async open(): Promise<void> {
    for (const job of await this.#files.open()) this.#jobs.set(job.id, job);
  }

  /** From now on what is due is delivered. */
  start(): void {
    this.#running = true;
    this.#look();
  }

  /** What is being delivered is finished; the rest goes on at the next start. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.cancel();
    this.#timer = null;
    await this.idle();
  }

  async idle(): Promise<void> {
    await this.#taking.idle();
    await this.#work.idle();
  }

  /** Of whomever, also what is being delivered. */
  all(): readonly WaitingMessage[] {
    return [...this.#jobs.values()].map((stored) => ({ id: stored.id, job: jobOf(stored) }));
  }

  /** Of this sender, the next one first. */
  waiting(sender: string): readonly WaitingMessage[] {
    const all = this.all().filter(({ job }) => job.phase === 'waiting' && job.atMs > 0 && job.sender === sender);
    return all.sort((left, right) => left.job.atMs - right.job.atMs);
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** Resolves when everything that is needed to deliver it is durable. Errors: HalError; then nothing is sent. */
  send(sending: Sending): Promise<Sent> {
    return this.#taking.run(() => this.#take(sending));
  }

  /** Whether it was still waiting, and is gone now. Errors: HalError. */
  cancel(sender: string, id: string): Promise<boolean> {
    return this.#work.run(async () => {
      const stored = this.#jobs.get(id);
      if (stored === undefined || jobOf(stored).phase !== 'waiting' || jobOf(stored).sender !== sender) return false;
      await this.#close(stored);
      return true;
    });
  }

  async #take(sending: Sending): Promise<Sent> {
    const { ids, refusal, log } = this.#parts;
    const fault = this.#fault(sending);
    if (fault !== null) return { id: null, fault };
    const audio = await sending.audio();
    if (audio === null || audio.bytes === 0) return { id: null, fault: 'no-content' };
    try {
      const refused = await refusal(audio.bytes, sending.recipients.length + 1);
      if (refused !== null) return { id: null, fault: refused };
      const id = ids.next();
      const job = await this.#store(id, sending, audio);
      this.#jobs.set(id, job);
      log.write('info', 'message-sent', `A message for ${sending.recipients.length} mailboxes was taken.`, { id, sender: sending.sender ?? sending.callerNumber, as: sending.as });
      this.#look();
      return { id, fault: null };
    } finally {
      await audio.close();
    }
  }

  #fault({ sender, recipients, atMs }: Sending): SendFault | null {
    const now = this.#parts.clock.wall();
    if (recipients.length > maxRecipients || this.#jobs.size >= maxJobs) return 'too-many';
    if (atMs > 0 && sender !== null && this.waiting(sender).length >= maxWaiting) return 'too-many';
    return atMs > 0 && (atMs <= now || atMs > now + farthestMs) ? 'past' : null;
  }

  /** Its audio first, then what is to be done with it: from the second on it counts. */
  async #store(id: string, sending: Sending, audio: MessageReader): Promise<StoredJob> {
    const { storage, clock, takenFor } = this.#parts;
    const { sender, callerNumber, callerName, recipients, atMs } = sending;
    const facts = { kind: 'draft' as const, id, mailbox: sender ?? '0', callerNumber: '', callerName: '', startedMs: clock.wall(), reason: 'default' as const, codec: audio.codec };
    const body = await copyAudio(this.#parts, sendsFolder, facts, audio);
    await storage.rename(body.path, this.#files.body(id));
    await storage.syncDirectory(sendsFolder);
    const { keepBytes, durationMs } = body.trailer;
    const job: SendJob = {
      version: 1, phase: 'waiting', sender, callerNumber, callerName, recipients: [...recipients], atMs, codec: audio.codec, bytes: keepBytes, durationMs, marks: marksOf(sending),
      takenFor: takenFor(), baseId: '', next: 0, failed: [],
    };
    const document = await this.#files.document(id);
    await document.change((file) => (file.job = job));
    return { id, document };
  }

  /** What is due is delivered, one after another; then waits for the next. */
  #look(): void {
    if (!this.#running) return;
    this.#timer?.cancel();
    this.#timer = null;
    const now = this.#parts.clock.wall();
    for (const job of this.#jobs.values()) if (isDue(job, now)) void this.#work.run(() => this.#deliver(job));
    void this.#work.run(async () => this.#wait());
  }

  #wait(): void {
    if (!this.#running || this.#jobs.size === 0 || this.#timer !== null) return;
    this.#timer = this.#parts.clock.after('send-look', lookMs, () => this.#look());
  }

  async #deliver(stored: StoredJob): Promise<void> {
    const { delivery, ids, clock } = this.#parts;
    if (!this.#running || !this.#jobs.has(stored.id) || !isDue(stored, clock.wall())) return;
    try {
      // Also where it says so already: an earlier attempt may have failed to make it durable.
      const baseId = jobOf(stored).baseId === '' ? ids.next() : jobOf(stored).baseId;
      await change(stored, { phase: 'delivering', baseId });
      const save = (progress: Progress): Promise<void> => change(stored, progress);
      if (await delivery.run({ id: stored.id, job: jobOf(stored), files: this.#files, save, goesOn: () => this.#running })) await this.#close(stored);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      await this.#failed(stored, error);
    }
  }

  /** Errors of the medium pass; audio that is proven to be damaged does not. */
  async #failed(stored: StoredJob, error: HalError): Promise<void> {
    const tries = (this.#failures.get(stored.id) ?? 0) + 1;
    this.#failures.set(stored.id, tries);
    const { id } = stored;
    if (!(error instanceof DamagedLog) && tries < maxTries) {
      this.#parts.log.write('error', 'delivery-refused', `A message could not be delivered and is tried again: ${error.message}`, { id });
      return;
    }
    this.#parts.log.write('alert', 'sending-lost', `A message on its way to other mailboxes was given up; some do not get it: ${error.message}`, { id, sender: jobOf(stored).sender ?? '' });
    await this.#close(stored).catch(() => undefined);
  }

  /** Done is durable before anything goes; what stays then is removed at the next start. */
  async #close(stored: StoredJob): Promise<void> {
    await change(stored, { phase: 'done' });
    this.#jobs.delete(stored.id);
    this.#failures.delete(stored.id);
    await this.#files.remove(stored.id).catch((error: unknown) => this.#parts.log.write('warning', 'file-left', String(error), { path: sendsFolder }));
  }
}

/** No job is in hand whose document says nothing. */
const jobOf = ({ document }: StoredJob): SendJob => document.state.job as SendJob;

const isDue = (stored: StoredJob, now: WallMs): boolean => jobOf(stored).phase === 'delivering' || (jobOf(stored).phase === 'waiting' && jobOf(stored).atMs <= now);

const change = (stored: StoredJob, to: Partial<SendJob>): Promise<void> => stored.document.change(() => void Object.assign(jobOf(stored), to));

function marksOf({ sender, as, priority, private: isPrivate, introductionMs }: Sending): SendJob['marks'] {
  return {
    ...(priority && { priority }),
    ...(isPrivate && { private: isPrivate }),
    ...(as !== 'message' && { sentAs: as }),
    ...(sender !== null && { sender }),
    ...(introductionMs > 0 && { introductionMs }),
  };
}
