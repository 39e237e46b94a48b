import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import type { Message, MessageState } from '../../firmware/mailbox/message.ts';
import type { MessageReader } from '../../firmware/mailbox/message-store.ts';
import { HalError } from '../../hal/errors.ts';
import { wholeOf } from '../support/store-fixture.ts';

const secondBytes = 8000;

/** What a workload has been told about one message, and what it has only asked for. */
export interface LedgerMessage {
  readonly mailbox: string;
  /** All audio handed over (of a unit: all there was in the end). */
  audio: Buffer;
  /** How much of it had been spoken. */
  spokenBytes: number;
  /** Bytes of it that the store has said are durable. */
  durableBytes: number;
  asked: 'recording' | 'finish' | 'abandon';
  /** The store has said that it is stored (or gone, after abandon). */
  done: boolean;
  /** States it may be in after a crash: the last acknowledged one, and those asked for since. 'purged' = not there. */
  states: (MessageState | 'purged')[];
}

/** Where a workload notes what it is about to ask for, and what it has just been promised. */
export interface Notebook {
  note(change: (ledger: StoreLedger) => void): void;
}

/** What a workload was promised. `greetings`, `wrongTries`, `states`: the last acknowledged value, and those asked for since. */
export class StoreLedger implements Notebook {
  readonly messages = new Map<string, LedgerMessage>();
  /** Audio of the greeting of 201; null = none. */
  greetings: (Buffer | null)[] = [null];
  wrongTries: number[] = [0];
  /** Mailboxes that have a PIN. */
  pinned: readonly string[] = [];

  note(change: (ledger: StoreLedger) => void): void {
    change(this);
  }

  begun(id: string, mailbox: string): LedgerMessage {
    const message: LedgerMessage = { mailbox, audio: Buffer.alloc(0), spokenBytes: 0, durableBytes: 0, asked: 'recording', done: false, states: ['new'] };
    this.messages.set(id, message);
    return message;
  }

  message(id: string): LedgerMessage {
    const known = this.messages.get(id);
    if (known === undefined) throw new Error(`${id} was never begun`);
    return known;
  }
}

/** Every promise that the store, as found after a crash, does not keep. */
export async function brokenPromises(store: FileMessageStore, ledger: StoreLedger): Promise<string[]> {
  const listed = ['201', '202', '203'].flatMap((mailbox) => store.list(mailbox, true).map((message) => ({ mailbox, message })));
  const broken: string[] = [];
  for (const { mailbox, message } of listed) {
    const known = ledger.messages.get(message.id);
    if (known === undefined) broken.push(`${message.id} was never begun`);
    else if (known.mailbox !== mailbox || message.mailbox !== mailbox) broken.push(`${message.id} is in mailbox ${mailbox}`);
  }
  for (const [id, known] of ledger.messages) broken.push(...(await brokenMessage(store, id, known, listed.filter((one) => one.message.id === id).map((one) => one.message))));
  return [...broken, ...(await brokenGreeting(store, ledger)), ...brokenOwner(store, ledger)];
}

async function brokenMessage(store: FileMessageStore, id: string, known: LedgerMessage, found: readonly Message[]): Promise<string[]> {
  const [message, ...doubles] = found;
  if (doubles.length > 0) return [`${id} is there ${found.length} times`];
  if (message === undefined) return mayBeMissing(known) ? [] : [`${id} is lost (${known.asked}, done ${known.done}, ${known.durableBytes} bytes durable)`];
  if (known.asked === 'abandon' && known.done) return [`${id} came back after it was abandoned`];
  const broken: string[] = [];
  if (!known.states.includes(message.state)) broken.push(`${id} is ${message.state}, not ${known.states.join(' or ')}`);
  const whole = await heard(() => store.reader(known.mailbox, id));
  if (whole === null) return [...broken, `${id} is listed and cannot be read`];
  if (!known.audio.subarray(0, whole.length).equals(whole)) broken.push(`${id} has other audio than was recorded`);
  if (whole.length < known.durableBytes) broken.push(`${id} has ${whole.length} of ${known.durableBytes} durable bytes`);
  if (known.asked === 'finish' && known.done && (whole.length !== known.audio.length || message.interrupted)) broken.push(`${id} was stored whole and is not`);
  if (whole.length < known.audio.length && !message.interrupted) broken.push(`${id} is short and not announced as interrupted`);
  return broken;
}

async function heard(open: () => Promise<MessageReader>): Promise<Buffer | null> {
  try {
    return await wholeOf(await open());
  } catch (error) {
    if (error instanceof HalError) return null;
    throw error;
  }
}

function mayBeMissing(known: LedgerMessage): boolean {
  if (known.states.includes('purged') || known.asked === 'abandon') return true;
  return !known.done && known.durableBytes < secondBytes;
}

async function brokenGreeting(store: FileMessageStore, ledger: StoreLedger): Promise<string[]> {
  const current = store.greetings.current('201', 'greeting');
  const whole = current === null ? null : await heard(() => store.greetings.reader('201', 'greeting', current));
  if (current !== null && whole === null) return ['the greeting in force cannot be read'];
  const allowed = ledger.greetings.some((one) => (one === null ? whole === null : whole !== null && one.equals(whole)));
  return allowed ? [] : [`the greeting in force (${whole?.length ?? 'none'}) is none that was asked for`];
}

function brokenOwner(store: FileMessageStore, ledger: StoreLedger): string[] {
  const tries = store.owners.read('201')?.wrongTries ?? -1;
  const unpinned = ledger.pinned.filter((number) => (store.owners.read(number)?.pin ?? null) === null);
  const broken = unpinned.map((number) => `the PIN of ${number} is lost`);
  return ledger.wrongTries.includes(tries) ? broken : [...broken, `${tries} wrong tries, not ${ledger.wrongTries.join(' or ')}`];
}
