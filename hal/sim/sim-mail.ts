import type { Clock } from '../clock.ts';
import type { Letter, MailNet, MailOutcome, MailServer } from '../mail.ts';

/** A letter as the simulated server has it. */
export interface TakenLetter extends Omit<Letter, 'attachment'> {
  readonly attachment: { readonly fileName: string; readonly contentType: string; readonly bytes: Uint8Array } | null;
}

/** A mail server with faults as options. A letter takes `takesMs`; it is with the server from half of that time on. */
export class SimMail implements MailNet {
  readonly taken: TakenLetter[] = [];
  /** What is answered to the next attempts, first to last; then all are accepted. */
  readonly answers: MailOutcome[] = [];
  takesMs = 20;
  /** Nobody listens. */
  down = false;
  attempts = 0;
  lastServer: MailServer | null = null;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async send(server: MailServer, letter: Letter, timeoutMs: number, signal?: AbortSignal): Promise<MailOutcome> {
    this.attempts += 1;
    this.lastServer = server;
    const half = Math.min(this.takesMs, timeoutMs) / 2;
    await this.#pass(half);
    if (signal?.aborted === true) return { kind: 'temporary', words: 'the attempt was given up', server: true };
    if (this.down) return { kind: 'temporary', words: 'connection refused', server: true };
    const refused = this.answers.shift();
    if (refused !== undefined && refused.kind !== 'accepted') return refused;
    try {
      this.taken.push(await received(letter));
    } catch (error) {
      return { kind: 'temporary', words: String(error), server: false };
    }
    await this.#pass(half);
    return { kind: 'accepted', words: refused?.words ?? '250 OK' };
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after('sim-mail', ms, resolve));
  }
}

async function received({ attachment, ...letter }: Letter): Promise<TakenLetter> {
  if (attachment === null) return { ...letter, attachment };
  const parts: Uint8Array[] = [];
  for await (const part of attachment.content) parts.push(part);
  return { ...letter, attachment: { fileName: attachment.fileName, contentType: attachment.contentType, bytes: Buffer.concat(parts) } };
}
