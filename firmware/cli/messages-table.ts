import { formatDuration, formatTime } from '../console/format.ts';
import { table } from '../console/table.ts';
import type { Message, MessageKind, MessageState } from '../mailbox/message.ts';

/** What `messages` prints for people: whole ids, local time. Lines without their ends. */
export function messagesTable(messages: readonly Message[], timeZone: string): string[] {
  const columns = [{ title: 'ID' }, { title: 'MAILBOX' }, { title: 'RECEIVED' }, { title: 'FROM' }, { title: 'NAME' }, { title: 'LENGTH', right: true }, { title: 'STATE' }];
  const rows = messages.map((message) => [
    message.id,
    message.mailbox,
    formatTime(message.startedMs, timeZone),
    message.callerNumber === '' ? 'withheld' : message.callerNumber,
    message.callerName,
    formatDuration(message.durationMs),
    message.interrupted ? `${message.state}, interrupted` : message.state,
  ]);
  return table(columns, rows, 'no messages');
}

/** One message as `messages --json` prints it. Fields are added, never renamed or removed. */
export interface MessageJson {
  readonly id: string;
  readonly mailbox: string;
  readonly state: MessageState;
  /** ISO 8601, UTC. */
  readonly received: string;
  /** '' = withheld. */
  readonly callerNumber: string;
  readonly callerName: string;
  readonly reason: 'busy' | 'no-answer' | 'out-of-hours' | 'default';
  readonly durationMs: number;
  readonly codec: 'PCMU' | 'PCMA';
  readonly bytes: number;
  readonly interrupted: boolean;
  readonly lostPackets: number;
  readonly priority: boolean;
  readonly private: boolean;
  /** 'message', 'forwarded', 'reply', 'broadcast' or 'undelivered'. */
  readonly sentAs: MessageKind;
  /** Mailbox that sent it; null = a caller. */
  readonly sender: string | null;
}

/** What `messages --json` prints: { "messages": [...] }, oldest first as given. */
export function messagesJson(messages: readonly Message[]): string {
  return `${JSON.stringify({ messages: messages.map(messageJson) }, null, 2)}\n`;
}

function messageJson(message: Message): MessageJson {
  const { id, mailbox, state, callerNumber, callerName, reason, durationMs, codec, bytes, interrupted, lostPackets } = message;
  return { id, mailbox, state, received: new Date(message.startedMs).toISOString(), callerNumber, callerName, reason, durationMs, codec, bytes, interrupted, lostPackets, ...marksJson(message) };
}

const marksJson = ({ priority, private: isPrivate, sentAs, sender }: Message): Pick<MessageJson, 'priority' | 'private' | 'sentAs' | 'sender'> => ({
  priority: priority === true, private: isPrivate === true, sentAs: sentAs ?? 'message', sender: sender ?? null,
});
