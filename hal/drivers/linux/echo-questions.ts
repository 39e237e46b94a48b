import type { Echo } from './icmp-echo.ts';

interface Question {
  readonly address: Buffer;
  readonly answered: () => void;
}

/** Echo requests whose replies are awaited, of one identifier. A reply counts when identifier, sequence and source are those of a question. */
export class EchoQuestions {
  readonly identifier: number;
  readonly #limit: number;
  readonly #open = new Map<number, Question>();
  #sequence: number;

  /** `first`: the sequence number to begin with. */
  constructor(identifier: number, first: number, limit: number) {
    this.identifier = identifier;
    this.#sequence = first;
    this.#limit = limit;
  }

  get count(): number {
    return this.#open.size;
  }

  /** The echo to send; null when `limit` questions are open. */
  ask(address: Buffer, answered: () => void): Echo | null {
    if (this.#open.size >= this.#limit) return null;
    do this.#sequence = (this.#sequence + 1) & 0xffff;
    while (this.#open.has(this.#sequence));
    this.#open.set(this.#sequence, { address: Buffer.from(address), answered });
    return { identifier: this.identifier, sequence: this.#sequence };
  }

  /** Tells the one who asked; the question is closed. Others' replies, late ones and those of another machine are passed over. */
  reply({ identifier, sequence }: Echo, source: Buffer): void {
    const question = this.#open.get(sequence);
    if (identifier !== this.identifier || question === undefined || !question.address.equals(source)) return;
    this.#open.delete(sequence);
    question.answered();
  }

  close({ sequence }: Echo): void {
    this.#open.delete(sequence);
  }
}
