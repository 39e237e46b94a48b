import type { Message } from '../mailbox/message.ts';

/** Enough of an id to tell the messages of a mailbox apart: its last digits are random, its first ones are the time. */
export const shortIdLength = 8;

export function shortId(id: string): string {
  return id.slice(-shortIdLength);
}

/** The message whose id is `text` or ends in it; 'none' or 'several' otherwise. At least four digits are wanted, so that a slip finds none. */
export function findMessage<Kind extends Pick<Message, 'id'>>(messages: readonly Kind[], text: string): Kind | 'none' | 'several' {
  const wanted = text.toLowerCase();
  const exact = messages.find((message) => message.id === wanted);
  if (exact !== undefined) return exact;
  if (wanted.length < 4) return 'none';
  const [first, second] = messages.filter((message) => message.id.endsWith(wanted));
  if (first === undefined) return 'none';
  return second === undefined ? first : 'several';
}
