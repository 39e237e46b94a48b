import { HalError } from '../../../hal/errors.ts';
import type { Log } from '../../log.ts';
import type { MessageMirror } from '../../mailbox/message-mirror.ts';
import type { MessageTransfer } from '../../mailbox/message-transfer.ts';
import { worthOf } from '../../mailbox/message-transfer.ts';
import type { Answer } from '../../site/channel/channel.ts';
import { refusal } from '../../site/channel/channel-error.ts';
import type { Data } from '../../site/channel/frame.ts';
import { noBody } from '../../site/channel/frame.ts';
import { maxLogBytes, readRequest } from '../homecoming/home-protocol.ts';
import { OnceLog } from '../homecoming/once-log.ts';
import { bodyOf, listedAtOnce, mailboxesAtOnce, pieceBytes, requests, rowOfListed, rowOfStanding, unreadSum } from './mirror-protocol.ts';

export interface GiverParts {
  readonly log: Log;
  readonly mirror: MessageMirror;
  readonly transfer: MessageTransfer;
  readonly on: () => boolean;
}

interface Place {
  readonly mailbox: string;
  readonly id: string;
}

/** Shows the partner what is here and hands it out. It is asked, and does nothing by itself. */
export class MirrorGiver {
  readonly #parts: GiverParts;
  readonly #told: OnceLog;

  constructor(parts: GiverParts) {
    this.#parts = parts;
    this.#told = new OnceLog(parts.log);
  }

  get problem(): string | null {
    return this.#told.last;
  }

  async answer(kind: string, data: Data): Promise<Answer> {
    const on = this.#parts.on();
    if (kind === 'begin') return { data: { on }, body: noBody };
    if (!on) throw refusal('off', 'messages are not mirrored here');
    try {
      return await this.#answer(kind, data);
    } catch (error) {
      if (error instanceof HalError) throw refusal('failed', `the partner's disk: ${error.message}`);
      throw error;
    }
  }

  async #answer(kind: string, data: Data): Promise<Answer> {
    const { mirror } = this.#parts;
    switch (kind) {
      case 'shelf':
        return { data: { sum: (await mirror.sumOfShelf(readRequest(requests.shelf, data).shelf)) ?? unreadSum }, body: noBody };
      case 'mailboxes':
        return this.#mailboxes(readRequest(requests.mailboxes, data));
      case 'list':
        return this.#list(readRequest(requests.list, data));
      case 'about':
        return this.#about(readRequest(requests.about, data));
      case 'log':
        return this.#log(readRequest(requests.log, data));
      case 'piece':
        return this.#piece(readRequest(requests.piece, data));
      default:
        throw refusal('unknown', `there is no request ${kind.slice(0, 64)}`);
    }
  }

  async #mailboxes({ shelf, after }: { shelf: number; after: string }): Promise<Answer> {
    const rows = (await this.#parts.mirror.shelf(shelf)).filter(([mailbox]) => mailbox > after);
    return { data: {}, body: bodyOf(rows.slice(0, mailboxesAtOnce).map(([mailbox, sum]) => [mailbox, sum ?? unreadSum])) };
  }

  async #list({ mailbox, after }: { mailbox: string; after: string }): Promise<Answer> {
    return { data: {}, body: bodyOf((await this.#parts.mirror.list(mailbox, after, listedAtOnce)).map(rowOfListed)) };
  }

  async #about({ mailbox, ids }: { mailbox: string; ids: string[] }): Promise<Answer> {
    return { data: {}, body: bodyOf((await this.#parts.mirror.standings(mailbox, ids)).map(rowOfStanding)) };
  }

  /** Damage is found here, before any byte has crossed the line. */
  async #log({ mailbox, id }: Place): Promise<Answer> {
    const parcel = await this.#parts.transfer.examine(mailbox, id);
    if (parcel === null) throw refusal('gone', 'there is no such message any more');
    if (typeof parcel === 'string') return this.#damaged({ mailbox, id }, parcel);
    if (parcel.bytes > maxLogBytes) return this.#damaged({ mailbox, id }, `${parcel.bytes} bytes are more than any message has`);
    this.#told.clear(id);
    return { data: { bytes: parcel.bytes, worth: worthOf(parcel), fault: null }, body: noBody };
  }

  #damaged(place: Place, why: string): Answer {
    this.#told.tell('message-not-mirrored', place, `A message is only on this unit, because it is damaged: ${why}`);
    return { data: { bytes: 0, worth: { interrupted: true, bytes: 0 }, fault: why.slice(0, 256) }, body: noBody };
  }

  async #piece({ mailbox, id, offset }: Place & { offset: number }): Promise<Answer> {
    const body = await this.#parts.transfer.piece(mailbox, id, offset, pieceBytes);
    if (body === null) throw refusal('gone', 'there is no such message any more');
    return { data: {}, body };
  }
}
