import type { Flow } from '../transaction-layer.ts';
import { serverInvite } from './server-invite.ts';
import { serverNonInvite } from './server-non-invite.ts';
import type { RunParts, TransactionEffects } from './transaction-run.ts';
import { TransactionRun } from './transaction-run.ts';

/** The same for all transactions of a layer. */
export interface ServerAnswersParts extends RunParts {
  readonly send: (bytes: Uint8Array, flow: Flow, retransmission: boolean) => void;
  /** It may be forgotten. */
  readonly terminated: (answers: ServerAnswers) => void;
}

/** Who answers, as long as it may still be told something. */
export interface AnsweringUser {
  /** By CANCEL, before a final answer. */
  tellCancelled(): void;
  /** No ACK came for a refusal. */
  tellFailed(): void;
  /** Nothing more is sent. */
  ended(): void;
}

/**
 * The machine of a server transaction and its last answer, from which repeats are answered. It stays for 32 s after the last word, when a busy
 * unit has thousands: so it holds neither request nor user any longer than they can be told something.
 */
export class ServerAnswers implements TransactionEffects {
  readonly key: string;
  /** What tells the same request by another way; null = nothing does. */
  readonly merge: string | null;
  localTag = '';
  readonly #parts: ServerAnswersParts;
  readonly #replies: Flow;
  readonly #invite: boolean;
  readonly #run: TransactionRun;
  #user: AnsweringUser | null = null;
  /** Octet by character: a buffer would hold what the buffers beside it were cut from, twice as much. */
  #last: string | null = null;

  constructor(parts: ServerAnswersParts, { key, merge, invite, replies }: { readonly key: string; readonly merge: string | null; readonly invite: boolean; readonly replies: Flow }) {
    this.#parts = parts;
    this.key = key;
    this.merge = merge;
    this.#invite = invite;
    this.#replies = replies;
    this.#run = new TransactionRun(invite ? serverInvite : serverNonInvite, parts, replies.transport === 'tcp', this);
  }

  set user(user: AnsweringUser) {
    this.#user = user;
  }

  /** Whether an answer with this status is sent; after a final one only a 2xx to INVITE is, again. */
  takes(status: number): boolean {
    const { state } = this.#run;
    if (state === 'accepted') return status >= 200 && status <= 299;
    return state !== 'completed' && state !== 'confirmed' && state !== 'terminated';
  }

  answer(bytes: Uint8Array, status: number): void {
    this.#last = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    this.#run.input(status < 200 ? 'provisional' : status < 300 ? 'success' : 'failure');
    this.#letGo();
  }

  /** The request came again. */
  again(): void {
    this.#run.input('request');
  }

  /** An ACK of this branch; true when it was for a non-2xx final response and is done with. */
  acknowledged(): boolean {
    const mine = this.#run.state === 'completed' || this.#run.state === 'confirmed';
    this.#run.input('ack');
    this.#letGo();
    return mine;
  }

  /** CANCEL reaches only what has no final response yet. */
  cancel(): void {
    if (this.#run.state === 'proceeding') this.#user?.tellCancelled();
  }

  end(): void {
    this.#run.end();
  }

  send(retransmission: boolean): void {
    if (this.#last !== null) this.#parts.send(Buffer.from(this.#last, 'latin1'), this.#replies, retransmission);
  }

  pass(): void {}

  acknowledge(): void {}

  fail(): void {
    this.#user?.tellFailed();
  }

  terminated(): void {
    this.#user?.ended();
    this.#user = null;
    this.#parts.terminated(this);
  }

  /** A refused INVITE may still miss its ACK. */
  #letGo(): void {
    const { state } = this.#run;
    if (state === 'accepted' || state === 'confirmed' || (state === 'completed' && !this.#invite)) this.#user = null;
  }
}
