/** One SIP message that sipp sent or received, from its message log. */
export interface TracedMessage {
  readonly atMs: number;
  readonly sent: boolean;
  readonly text: string;
}

const mark = /^-{20,} (\d{4}-\d{2}-\d{2})\s+(\d{2}:\d{2}:\d{2}\.\d+)\s*$/m;

/** Reads what `sipp -trace_msg` writes: a dashed line with the time, a line that tells the direction, the message. */
export function tracedMessages(log: string): TracedMessage[] {
  const parts = log.split(mark);
  const messages: TracedMessage[] = [];
  for (let at = 1; at + 2 < parts.length; at += 3) {
    const [day = '', time = '', body = ''] = parts.slice(at, at + 3);
    const kind = /^\s*(?:UDP|TCP)?\s*message (sent|received)/m.exec(body);
    if (kind === null) continue;
    messages.push({ atMs: Date.parse(`${day}T${time.slice(0, 12)}Z`), sent: kind[1] === 'sent', text: body.slice(body.indexOf('\n\n') + 2).replaceAll('\r', '') });
  }
  return messages;
}

/** First lines of what was received, in order. */
export const received = (messages: readonly TracedMessage[], start: string): TracedMessage[] => messages.filter(({ sent, text }) => !sent && text.startsWith(start));

/** A header field's value; '' = not there. */
export const field = (message: TracedMessage | undefined, name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(message?.text ?? '')?.[1] ?? '';
