import type { Storage } from '../../hal/storage.ts';
import { crc32c } from './crc32c.ts';
import { mailboxFolder, messageFolder } from './mailbox-paths.ts';

/** The index is left out: it follows the messages. */
const stamped = (number: string): string[] => [messageFolder(number), ...['mailbox.a', 'mailbox.b', 'choices.a', 'choices.b'].map((name) => `${mailboxFolder(number)}/${name}`)];

/** Of a mailbox's files: another when a message has come, gone or has another state, or a document was written, by whomever. Errors: HalError io. */
export async function stampOf(storage: Storage, number: string): Promise<number> {
  const found = await Promise.all(stamped(number).map((path) => storage.stat(path)));
  return crc32c(new TextEncoder().encode(found.map((file) => (file === null ? '-' : `${file.bytes} ${file.modifiedMs}`)).join()));
}
