import type { MessageStore } from '../mailbox/message-store.ts';
import type { PlayItem } from '../media/media-protocol.ts';
import type { MediaChannel } from './media-channel.ts';

/** The body of a message as an item for a channel; null = the mailbox has no such message. Errors: HalError. */
export async function audioOfMessage(store: MessageStore, channel: MediaChannel, mailbox: string, id: string): Promise<PlayItem | null> {
  const message = (await store.messages(mailbox)).find((one) => one.id === id);
  if (message === undefined) return null;
  return channel.stream(message.codec, message.bytes, () => store.reader(mailbox, id));
}
