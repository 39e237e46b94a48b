import { HalError } from '../../hal/errors.ts';
import type { Letter } from '../../hal/mail.ts';
import { mailboxOf } from '../config/mailbox-of.ts';
import type { EmailMode, MailSettings } from '../config/notify-settings.ts';
import type { AudioSource } from '../calls/media-channel.ts';
import { mailAddress } from '../config/text-forms.ts';
import { inTurn } from '../mailbox/in-turn.ts';
import { UuidV7 } from '../mailbox/uuidv7.ts';
import { wavOf } from '../mailbox/wav.ts';
import { letterText } from './letter-text.ts';
import type { MailEntry } from './mail-entry.ts';
import type { MailOutbox } from './mail-outbox.ts';
import type { MailSender } from './mail-sender.ts';
import type { MessagesOf } from './messages-once.ts';
import type { NotifyParts } from './notify-parts.ts';
import type { NotifyRecords } from './notify-records.ts';
import { untold, withTold } from './untold.ts';

const wavFrom = (source: AudioSource): AsyncGenerator<Uint8Array> => wavOf({ ...source, read: (offset, length) => source.read(offset, length), damaged: false, close: async () => undefined });

type TextLetter = Pick<MailEntry, 'to' | 'subject' | 'text'>;
type TextOutcome = 'ok' | 'no-server' | 'bad-address' | 'full';

/** Which messages are mailed, and what a mail says. */
export class MailDesk {
  readonly #parts: NotifyParts;
  readonly #records: NotifyRecords;
  readonly #outbox: MailOutbox;
  readonly #ids: UuidV7;
  readonly #inTurn = inTurn();
  #kick: () => void = () => undefined;

  constructor(parts: NotifyParts, records: NotifyRecords, outbox: MailOutbox) {
    this.#parts = parts;
    this.#records = records;
    this.#outbox = outbox;
    this.#ids = new UuidV7(parts.clock, parts.random);
    for (const { id } of outbox.all()) this.#ids.observe(id);
  }

  /** Who is told that something is in the outbox. */
  set sender(sender: Pick<MailSender, 'kick'>) {
    this.#kick = () => sender.kick();
  }

  /** null = nowhere: no address is set, or the unit sends no mail. */
  address(mailbox: string): string | null {
    const settings = this.#parts.settings();
    return settings.mail === null ? null : (mailboxOf(settings, mailbox)?.email ?? null);
  }

  mode(mailbox: string): EmailMode {
    return this.#records.choices(mailbox).email ?? mailboxOf(this.#parts.settings(), mailbox)?.emailMode ?? 'off';
  }

  /** Puts what is to be told into the outbox. Errors: HalError; then it is looked at again later. */
  look(mailbox: string, messages: MessagesOf): Promise<void> {
    return this.#inTurn(mailbox, () => this.#look(mailbox, messages));
  }

  /** Copies of all messages; how many. Errors: HalError. */
  async sendAll(mailbox: string): Promise<{ outcome: 'ok' | 'no-address' | 'full'; messages: number }> {
    const to = this.address(mailbox);
    if (to === null) return { outcome: 'no-address', messages: 0 };
    let messages = 0;
    for (const { id } of await this.#parts.store.messages(mailbox)) {
      if (this.#outbox.full) return { outcome: 'full', messages };
      await this.#outbox.add(this.#entry({ mailbox, message: id, mode: 'copy', to }));
      messages += 1;
    }
    this.#kick();
    return { outcome: 'ok', messages };
  }

  /** The recording is closed in any case. Errors: HalError. */
  async sendText(letter: TextLetter, recording: AudioSource | null): Promise<TextOutcome> {
    try {
      return await this.#sendText(letter, recording);
    } finally {
      await recording?.close();
    }
  }

  async #sendText(letter: TextLetter, recording: AudioSource | null): Promise<TextOutcome> {
    if (this.#parts.settings().mail === null) return 'no-server';
    if (!mailAddress.accepts(letter.to)) return 'bad-address';
    if (this.#outbox.full) return 'full';
    const entry = { ...this.#entry({ mailbox: null, message: null, mode: 'text', to: letter.to }), subject: letter.subject.slice(0, 200), text: letter.text.slice(0, 4000), recording: recording !== null };
    await this.#outbox.add(entry, recording === null ? null : wavFrom(recording));
    this.#kick();
    return 'ok';
  }

  /** What goes to the server; null = the message is gone, or was deleted, by its owner or by the partner that forwarded it; or its owner has turned mail off. */
  async letter(entry: MailEntry, { from }: MailSettings): Promise<Letter | null> {
    const { settings, clock } = this.#parts;
    const { unit } = settings();
    const head = { id: `${entry.id}@${from.slice(from.indexOf('@') + 1)}`, from, fromName: unit.name, to: entry.to, date: clock.wall() };
    if (entry.mode === 'text') {
      const attachment = entry.recording ? { fileName: 'recording.wav', contentType: 'audio/wav', content: this.#outbox.recording(entry.id) } : null;
      return { ...head, subject: entry.subject, text: entry.text, attachment };
    }
    const mailbox = entry.mailbox ?? '';
    // A copy may have been asked for by its owner, whatever the mode is.
    if (entry.mode !== 'copy' && this.mode(mailbox) === 'off') return null;
    const message = (await this.#parts.store.messages(mailbox)).find(({ id }) => id === entry.message);
    if (message === undefined) return null;
    const owner = mailboxOf(settings(), mailbox);
    const { subject, text, fileName } = letterText(owner?.language ?? unit.language, { message, mailbox, owner: owner?.name ?? '', unit: unit.name, timeZone: unit.timeZone, mode: entry.mode });
    const attachment = entry.mode === 'alert' ? null : { fileName: `${fileName}.wav`, contentType: 'audio/wav', content: this.#audio(mailbox, message.id) };
    return { ...head, subject, text, attachment };
  }

  /** Only now a forwarded message goes; but not one that its owner has saved meanwhile, and none where forwarding was turned off. Errors: HalError. */
  async accepted({ mode, mailbox, message }: MailEntry): Promise<void> {
    if (mode !== 'forward' || mailbox === null || message === null || this.mode(mailbox) !== 'forward') return;
    const { store } = this.#parts;
    const found = (await store.messages(mailbox)).find(({ id }) => id === message);
    if (found !== undefined && found.state !== 'saved') await store.mark(mailbox, message, 'deleted');
  }

  async #look(mailbox: string, messagesOf: MessagesOf): Promise<void> {
    const { clock, settings, takenFor, serves } = this.#parts;
    const [to, mode] = [this.address(mailbox), this.mode(mailbox)];
    const on = to !== null && mode !== 'off';
    // What is off asks for no messages, and opens no mailbox.
    const all = on ? await messagesOf() : [];
    const before = this.#records.telling(mailbox, 'mail');
    const { telling, messages } = untold({ on, telling: before, messages: all, takenFor: takenFor(), inPair: settings().pair !== null, nowMs: clock.wall() });
    if (!serves()) return telling.on === before.on ? undefined : this.#records.tell(mailbox, 'mail', telling);
    const told: string[] = [];
    try {
      for (const { id } of messages) {
        if (to === null || mode === 'off' || this.#outbox.full) break;
        // One that a power cut kept from being noted down is there already.
        const waits = this.#outbox.all().some((entry) => entry.message === id && entry.mode === mode);
        if (!waits) await this.#outbox.add(this.#entry({ mailbox, message: id, mode, to }));
        told.push(id);
      }
    } finally {
      // Also where the outbox took only some: these are not to be mailed again.
      const after = told.length === 0 ? telling : withTold(telling, told);
      if (after !== before) await this.#records.tell(mailbox, 'mail', after);
      if (told.length > 0) this.#kick();
    }
    if (told.length < messages.length && to !== null) throw new HalError('busy', 'outbox', `${messages.length - told.length} messages of mailbox ${mailbox} wait until there is room for their mails`);
  }

  #entry(facts: Pick<MailEntry, 'mailbox' | 'message' | 'mode' | 'to'>): MailEntry {
    const at = this.#parts.clock.wall();
    return { form: 1, id: this.#ids.next(), at, ...facts, subject: '', text: '', recording: false, tries: 0, nextMs: at, words: '' };
  }

  async *#audio(mailbox: string, id: string): AsyncGenerator<Uint8Array> {
    const reader = await this.#parts.store.reader(mailbox, id);
    try {
      yield* wavOf(reader);
    } finally {
      await reader.close();
    }
  }
}
