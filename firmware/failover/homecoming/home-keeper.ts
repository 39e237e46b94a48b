import { HalError } from '../../../hal/errors.ts';
import type { Log } from '../../log.ts';
import type { MessageTransfer } from '../../mailbox/message-transfer.ts';
import { worthOf } from '../../mailbox/message-transfer.ts';
import type { Message } from '../../mailbox/message.ts';
import type { Answer } from '../../site/channel/channel.ts';
import { ChannelError, refusal } from '../../site/channel/channel-error.ts';
import type { Data } from '../../site/channel/frame.ts';
import { noBody } from '../../site/channel/frame.ts';
import type { Waiting } from './home-protocol.ts';
import { maxLogBytes, pieceBytes, readRequest, requests } from './home-protocol.ts';
import { OnceLog } from './once-log.ts';

export interface KeeperParts {
  readonly log: Log;
  readonly transfer: MessageTransfer;
  /** The mark of this unit. */
  readonly own: () => string;
  /** Whether messages go home at all. */
  readonly on: () => boolean;
}

/** The backup's side: shows what waits, hands it out, and lets go of what has arrived. It is asked, and does nothing by itself. */
export class HomeKeeper {
  readonly #parts: KeeperParts;
  readonly #told: OnceLog;
  #gone = 0;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#told = new OnceLog(parts.log);
  }

  get gone(): number {
    return this.#gone;
  }

  get problem(): string | null {
    return this.#told.last;
  }

  waiting(): Waiting {
    return this.#parts.transfer.taken(this.#parts.own());
  }

  async answer(kind: string, data: Data): Promise<Answer> {
    try {
      return await this.#answer(kind, data);
    } catch (error) {
      if (error instanceof HalError) throw refusal('failed', `the backup's disk: ${error.message}`);
      throw error;
    }
  }

  #answer(kind: string, data: Data): Promise<Answer> {
    if (kind === 'next') return this.#next(readRequest(requests.next, data).after);
    if (kind === 'piece') return this.#piece(readRequest(requests.piece, data));
    if (kind === 'home') return this.#home(readRequest(requests.home, data));
    throw refusal('unknown', `there is no request ${kind.slice(0, 64)}`);
  }

  async #next(after: string): Promise<Answer> {
    const found = this.#parts.on() ? await this.#first(after) : null;
    return { data: { found, waiting: this.waiting() }, body: noBody };
  }

  /** The first that can be offered. A damaged one is found here, before any of its bytes has crossed the line. */
  async #first(after: string): Promise<Data | null> {
    const { transfer, own } = this.#parts;
    const message = await transfer.oldestTaken(own(), after);
    if (message === null) return null;
    const { mailbox, id, state } = message;
    const parcel = await transfer.examine(mailbox, id);
    if (parcel === null) return this.#first(id);
    if (typeof parcel === 'string') return this.#damaged({ mailbox, id, state }, parcel);
    if (parcel.bytes > maxLogBytes) return this.#damaged({ mailbox, id, state }, `${parcel.bytes} bytes are more than any message has`);
    return { mailbox, id, state: parcel.state, bytes: parcel.bytes, worth: worthOf(parcel), fault: null };
  }

  #damaged(message: Pick<Message, 'mailbox' | 'id' | 'state'>, why: string): Data {
    this.#told.tell('message-stays', message, `A message stays on this unit, because it is damaged: ${why}`);
    return { ...message, bytes: 0, fault: why.slice(0, 256) };
  }

  async #piece({ mailbox, id, offset }: { mailbox: string; id: string; offset: number }): Promise<Answer> {
    const body = await this.#parts.transfer.piece(mailbox, id, offset, pieceBytes);
    if (body === null) throw refusal('gone', 'there is no such message any more');
    return { data: {}, body };
  }

  async #home({ mailbox, id, state }: { mailbox: string; id: string; state: Message['state'] }): Promise<Answer> {
    const { transfer, log, own } = this.#parts;
    const found = await transfer.find(mailbox, id);
    // What was not taken for another unit is nobody's to let go.
    if (found !== null && (found.takenFor ?? own()) === own()) throw new ChannelError('refused', 'that message is at home here', 'not-taken');
    const now = await transfer.release(mailbox, id, state);
    if (now === 'gone' && found !== null) {
      this.#gone++;
      this.#told.clear(id);
      log.write('info', 'message-went-home', 'A message that was taken for another unit is there now, and gone from here.', { mailbox, id });
    }
    return { data: { now }, body: noBody };
  }
}
