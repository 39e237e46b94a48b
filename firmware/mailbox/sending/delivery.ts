import type { Clock, WallMs } from '../../../hal/clock.ts';
import type { Closed } from '../intake.ts';
import type { Mailbox } from '../mailbox.ts';
import { folderOf } from '../mailbox-paths.ts';
import { messageOf } from '../message-index.ts';
import type { MessageMarks } from '../message.ts';
import type { RecordingFacts } from '../recording.ts';
import { maxNotFor } from '../recording.ts';
import { RecordingReader } from '../recording-reader.ts';
import type { CopyParts } from './copy-audio.ts';
import { copyAudio } from './copy-audio.ts';
import type { SendFiles } from './send-files.ts';
import type { SendJob } from './send-job.ts';
import { recordingId } from './send-job.ts';

/** So many recipients between two saves of how far it is; those after the last one are recognised by their ids. */
const saveEvery = 8;

export interface DeliveryParts extends CopyParts {
  readonly clock: Clock;
  /** Why the mailbox takes nothing now, for good; null = it does. Errors: HalError. */
  readonly closed: (mailbox: string) => Promise<Closed | null>;
  /** Opens the mailbox for as long as `work` lasts. Errors: HalError; those of `work`. */
  readonly use: <T>(mailbox: string, work: (mailbox: Mailbox) => Promise<T>) => Promise<T>;
  /** A message has come into it. */
  readonly changed: (mailbox: string) => void;
}

export type Progress = Partial<Pick<SendJob, 'next' | 'failed'>>;

export interface Run {
  readonly id: string;
  readonly job: SendJob;
  readonly files: SendFiles;
  readonly save: (progress: Progress) => Promise<void>;
  /** false: the unit stops; what is begun is finished. */
  readonly goesOn: () => boolean;
}

/** Brings a message to its recipients, one after another. */
export class Delivery {
  readonly #parts: DeliveryParts;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Whether it is through; else the unit stops. Errors: HalError; what was delivered then stays. */
  async run({ id, job, files, save, goesOn }: Run): Promise<boolean> {
    let { next } = job;
    const failed = [...job.failed];
    for (; next < job.recipients.length; next++) {
      if (!goesOn()) break;
      if (next > job.next && next % saveEvery === 0) await save({ next, failed: [...failed] });
      const recipient = job.recipients[next] as string;
      if (!(await this.#deliver(files, id, job, recipient, next, job.marks))) failed.push(recipient);
    }
    if (next < job.recipients.length) {
      await save({ next, failed });
      return false;
    }
    await this.#tellSender(files, id, job, failed);
    return true;
  }

  /** Whether the recipient has it. */
  async #deliver(files: SendFiles, id: string, job: SendJob, recipient: string, place: number, marks: MessageMarks): Promise<boolean> {
    const { closed, use, changed } = this.#parts;
    // One that is not configured is not to be made.
    const refused = await closed(recipient);
    if (refused !== null) return this.#refused(refused, id, job, recipient);
    return use(recipient, async (mailbox) => {
      const recording = recordingId(job.baseId, recipient, place);
      if (mailbox.index.has(recording)) return true;
      // Only now what it holds is known for certain.
      const full = await closed(recipient);
      if (full !== null) return this.#refused(full, id, job, recipient);
      await this.#copy(files, id, mailbox, this.#factsOf(job, recording, recipient, marks), job.bytes);
      changed(recipient);
      return true;
    });
  }

  #refused(why: Closed, id: string, { sender, callerNumber }: SendJob, recipient: string): false {
    this.#parts.log.write('warning', 'message-undelivered', `A message for mailbox ${recipient} was not delivered: ${why}.`, { mailbox: recipient, id, sender: sender ?? callerNumber });
    return false;
  }

  async #copy(files: SendFiles, id: string, mailbox: Mailbox, facts: RecordingFacts, bytes: number): Promise<void> {
    const { storage } = this.#parts;
    await files.removeCopy(facts.id);
    const audio = await RecordingReader.open(storage, files.body(id), bytes);
    try {
      const { path, trailer } = await copyAudio(this.#parts, folderOf(files.body(id)), facts, audio);
      await mailbox.deliver(path, messageOf(facts, trailer, 'new'));
    } finally {
      await audio.close();
    }
  }

  #factsOf({ callerNumber, callerName, codec, takenFor, atMs }: SendJob, id: string, mailbox: string, marks: MessageMarks): RecordingFacts {
    const startedMs = (atMs > 0 ? atMs : this.#parts.clock.wall()) as WallMs;
    return { kind: 'message', id, mailbox, callerNumber, callerName, startedMs, reason: 'default', codec, ...(takenFor !== null && { takenFor }), ...marks };
  }

  /** Who did not get it is told by the message itself, which comes back; not to a caller, and not where the sender's mailbox takes nothing. */
  async #tellSender(files: SendFiles, id: string, job: SendJob, failed: readonly string[]): Promise<void> {
    if (failed.length === 0 || job.sender === null) return;
    await this.#deliver(files, id, job, job.sender, job.recipients.length, { sentAs: 'undelivered', sender: job.sender, notFor: failed.slice(0, maxNotFor) });
  }
}
