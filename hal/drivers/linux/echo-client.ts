import { randomInt } from 'node:crypto';
import { HalError } from '../../errors.ts';
import { EchoQuestions } from './echo-questions.ts';
import { EchoSocket } from './echo-socket.ts';
import { EpollSet } from './epoll-set.ts';
import type { Libc } from './libc.ts';
import type { Koffi } from './native.ts';
import { addressOf } from './socket-address.ts';

/** Questions that may wait for their replies at the same time. */
const questionLimit = 64;
/** Messages taken per wake-up, so that a flood of them leaves room for timers; the rest wakes again. */
const messagesPerTurn = 32;
/** Other programs' ping sockets are few among 65,535 identifiers. */
const identifierTries = 8;

interface Open {
  readonly socket: EchoSocket;
  readonly set: EpollSet;
  readonly questions: EchoQuestions;
}

/** Asks machines of one address family for echoes. Has a descriptor only while a question is open. */
export class EchoClient {
  readonly #koffi: Koffi;
  readonly #libc: Libc;
  readonly #family: number;
  #open: Open | null = null;

  constructor(koffi: Koffi, libc: Libc, family: number) {
    this.#koffi = koffi;
    this.#libc = libc;
    this.#family = family;
  }

  /** `to`: struct sockaddr. Rejects with permission-denied, unsupported, too-many-open, busy. */
  async ask(to: Buffer, timeoutMs: number): Promise<boolean> {
    this.#open ??= this.#start();
    const { socket, questions } = this.#open;
    return new Promise((resolve, reject) => {
      const finish = (answered: boolean): void => {
        clearTimeout(limit);
        if (echo !== null) questions.close(echo);
        if (questions.count === 0) this.#stop();
        resolve(answered);
      };
      const limit = setTimeout(() => finish(false), timeoutMs);
      const echo = questions.ask(addressOf(to), () => finish(true));
      if (echo !== null) return void (socket.send(echo, to) || finish(false));
      clearTimeout(limit);
      reject(new HalError('busy', 'ICMP echo', `${questionLimit} questions are open`));
    });
  }

  #start(): Open {
    const { socket, identifier } = this.#socket(identifierTries);
    try {
      const set = EpollSet.ofOne(this.#koffi, this.#libc, socket.fd, () => this.#receive());
      return { socket, set, questions: new EchoQuestions(identifier, randomInt(0x1_0000), questionLimit) };
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  #socket(tries: number): { socket: EchoSocket; identifier: number } {
    const identifier = randomInt(1, 0x1_0000); // 0 would let the kernel choose, in order
    try {
      return { socket: new EchoSocket(this.#libc, this.#family, identifier), identifier };
    } catch (error) {
      if (tries > 1 && error instanceof HalError && error.id === 'address-in-use') return this.#socket(tries - 1);
      throw error;
    }
  }

  #stop(): void {
    const open = this.#open;
    this.#open = null;
    open?.set.close();
    open?.socket.close();
  }

  #receive(): void {
    for (let count = 0; count < messagesPerTurn; count++) {
      const open = this.#open; // the last reply may have closed it
      const got = open?.socket.receive() ?? null;
      if (open === null || got === null) return;
      if (got !== 'other') open.questions.reply(got.echo, got.source);
    }
  }
}
