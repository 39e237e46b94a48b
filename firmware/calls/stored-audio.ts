import type { MessageStore } from '../mailbox/message-store.ts';
import type { PlayItem } from '../media/media-protocol.ts';
import type { MediaChannel } from './media-channel.ts';

/** The body of a message as an item for a channel; null = the mailbox has no such message. */
export function audioOfMessage(store: MessageStore, channel: MediaChannel, mailbox: string, id: string): PlayItem | null {
  const message = store.list(mailbox).find((one) => one.id === id);
  if (message === undefined) return null;
  return channel.stream(message.codec, message.bytes, () => store.reader(mailbox, id));
}
