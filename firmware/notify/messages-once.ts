import { crc32c } from '../mailbox/crc32c.ts';
import type { Message } from '../mailbox/message.ts';
import type { MessageStore } from '../mailbox/message-store.ts';

/** The messages of one mailbox, deleted ones too. Errors: HalError. */
export type MessagesOf = () => Promise<readonly Message[]>;

/** Another number, as good as always, when a message has come, gone or has another state. Asks for no message, and opens no mailbox. */
export function markOf(store: MessageStore, mailbox: string): number {
  const { counts, messages, bytes, newestId, newestNewId, sinceMs } = store.figures(mailbox);
  return crc32c(new TextEncoder().encode(JSON.stringify([counts, messages, bytes, newestId, newestNewId, sinceMs])));
}

/**
 * For several who ask one after another: the store is asked again only when the mailbox has changed meanwhile. Who decided by an outdated list would
 * take a message for gone that is told already, and tell it again.
 */
export function messagesOnce(store: MessageStore, mailbox: string): MessagesOf {
  let kept: { readonly mark: number; readonly messages: readonly Message[] } | null = null;
  return async () => {
    const mark = markOf(store, mailbox);
    if (kept?.mark !== mark) kept = { mark, messages: await store.messages(mailbox, true) };
    return kept.messages;
  };
}
