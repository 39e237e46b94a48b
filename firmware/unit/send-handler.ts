import type { AnswerOf, AskOf } from '../callflow/requests/requests.ts';
import type { Recipient, RefusedRecipient } from '../callflow/requests/mailbox-requests.ts';
import type { AskingCall } from '../calls/request-desk.ts';
import { HalError } from '../../hal/errors.ts';
import type { Closed } from '../mailbox/intake.ts';
import type { Message } from '../mailbox/message.ts';
import { maxListEntries } from '../mailbox/lists/distribution-list.ts';
import { pieceOf } from '../mailbox/sending/drafts.ts';
import type { SendFault } from '../mailbox/sending/send-fault.ts';
import { JoinedAudio } from '../mailbox/sending/joined-audio.ts';
import { makeVoice } from './make-voice.ts';
import type { WholeUnit } from './whole-unit.ts';

type Ask = AskOf<'send-message'>;
type Answer = AnswerOf<'send-message'>;

/** Refusals that are named one by one; the rest is counted by what is missing from `accepted`. */
const maxNamed = 40;

/** Sends what a caller or an owner has recorded or has in the mailbox. Errors: HalError. */
export async function sendMessage(unit: WholeUnit, ask: Ask, call: AskingCall): Promise<Answer> {
  const { store, settings } = unit;
  const original = await originalOf(unit, ask.content);
  const fault = faultOf(unit, ask, original);
  if (fault !== null) return nothing(fault);
  const wanted = recipients(unit, ask);
  if (typeof wanted === 'string') return nothing(wanted);
  const { accepted, refused } = await sorted(unit, wanted);
  if (accepted.length === 0) return { accepted: 0, refused: refused.slice(0, maxNamed), fault: null, id: null };
  const sent = await store.sending.send({
    ...senderOf(settings.mailboxes, ask.from, original, call),
    recipients: accepted,
    as: ask.as,
    priority: ask.priority === true,
    private: ask.private === true,
    introductionMs: introductionMs(unit, ask, original, call),
    atMs: ask.atMs ?? 0,
    audio: () => audioOf(unit, ask, original, call),
  });
  if (sent.fault !== null) return nothing(sent.fault);
  return { accepted: accepted.length, refused: refused.slice(0, maxNamed), fault: null, id: sent.id };
}

/** The message that is sent on; null = there is none. */
async function originalOf({ store }: WholeUnit, content: Ask['content']): Promise<Message | null> {
  if ('message' in content) return store.transfer.find(content.message.mailbox, content.message.id);
  return 'recording' in content ? store.transfer.findAnywhere(content.recording) : null;
}

const nothing = (fault: SendFault): Answer => ({ accepted: 0, refused: [], fault, id: null });

function faultOf({ settings }: WholeUnit, { from, to, content, as }: Ask, original: Message | null): SendFault | null {
  if (from !== null && !settings.mailboxes.some(({ number }) => number === from)) return 'no-such-mailbox';
  if ('message' in content && original === null) return 'no-content';
  if (original?.private === true) return 'private';
  const toAll = as === 'broadcast' || to.some((one) => 'all' in one);
  return toAll && settings.mailboxes.find(({ number }) => number === from)?.mayBroadcast !== true ? 'not-allowed' : null;
}

/** Each once, in the order they were named. */
function recipients(unit: WholeUnit, { from, to }: Ask): readonly string[] | SendFault {
  const found = to.map((one) => numbersOf(unit, from, one));
  const missing = found.find((one) => one === null);
  if (missing !== undefined) return 'no-such-list';
  const numbers = [...new Set((found as readonly (readonly string[])[]).flat())];
  return numbers.length > maxListEntries && !to.some((one) => 'all' in one) ? 'too-many' : numbers;
}

/** null = there is no such list, or it is somebody else's and not public. */
function numbersOf({ settings, store }: WholeUnit, from: string | null, to: Recipient): readonly string[] | null {
  if ('mailbox' in to) return [to.mailbox];
  if ('all' in to) return settings.mailboxes.map(({ number }) => number).filter((number) => number !== from);
  if ('group' in to) return settings.mailboxes.find(({ number }) => number === to.group)?.members.filter((number) => number !== from) ?? [to.group];
  const list = store.lists.find(to.list.mailbox, to.list.number);
  return list === null || (to.list.mailbox !== from && !list.public) ? null : list.entries;
}

async function sorted(unit: WholeUnit, wanted: readonly string[]): Promise<{ accepted: string[]; refused: RefusedRecipient[] }> {
  const [accepted, refused]: [string[], RefusedRecipient[]] = [[], []];
  for (const mailbox of wanted) {
    const fault = await closed(unit, mailbox);
    if (fault === null) accepted.push(mailbox);
    else refused.push({ mailbox, fault });
  }
  return { accepted, refused };
}

/** A mailbox that cannot be looked at now is left to the delivery, which tries again. */
async function closed({ store }: WholeUnit, mailbox: string): Promise<Closed | null> {
  try {
    return await store.intake.closed(mailbox);
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    return null;
  }
}

/** A forwarded message still tells who left it. */
function senderOf(mailboxes: WholeUnit['settings']['mailboxes'], from: string | null, original: Message | null, call: AskingCall): { sender: string | null; callerNumber: string; callerName: string } {
  if (original !== null) return { sender: from, callerNumber: original.callerNumber, callerName: original.callerName };
  if (from === null) return { sender: null, callerNumber: call.callerNumber, callerName: call.callerName };
  return { sender: from, callerNumber: from, callerName: mailboxes.find(({ number }) => number === from)?.name ?? '' };
}

function introductionMs({ store }: WholeUnit, { content }: Ask, original: Message | null, call: AskingCall): number {
  const introduced = 'introduced' in content && content.introduced;
  return (introduced ? store.drafts.durationMs(call.id) : 0) + (original?.introductionMs ?? 0);
}

/** Errors: HalError. */
async function flowRecording(unit: WholeUnit, id: string): Promise<JoinedAudio | null> {
  const source = await makeVoice(unit).recording(id);
  return source === null ? null : new JoinedAudio([{ codec: source.codec, bytes: source.bytes, damaged: false, read: (offset, length) => source.read(offset, length), close: () => source.close() }]);
}

/** Errors: HalError. */
async function audioOf(unit: WholeUnit, { content }: Ask, original: Message | null, call: AskingCall): Promise<JoinedAudio | null> {
  const { store, parts } = unit;
  const pieces = store.drafts.piecesOf(call.id).map(pieceOf);
  if ('draft' in content) return pieces.length === 0 ? null : JoinedAudio.open(parts.storage, pieces);
  if ('recording' in content && original === null) return flowRecording(unit, content.recording);
  if (original === null) return null;
  try {
    return await JoinedAudio.open(parts.storage, 'introduced' in content && content.introduced ? pieces : [], await store.reader(original.mailbox, original.id));
  } catch (error) {
    if (error instanceof HalError && error.id === 'not-found') return null;
    throw error;
  }
}
