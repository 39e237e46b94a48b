import type { FileMessageStore } from '../../mailbox/file-message-store.ts';
import type { Verification } from '../verification.ts';

/** Areas whose contents lie in the documents of a mailbox: `<area>/<mailbox>`, `<area>/<mailbox>/<kind>`. */
const areas = ['owner', 'greeting', 'choice'];

/** Of mailboxes that a start knows from their summary alone. */
export const mailboxVerification = (store: Pick<FileMessageStore, 'verify' | 'verifyAll'>): Verification => ({
  of: async (name) => {
    const [area = '', mailbox = ''] = name.split('/');
    return areas.includes(area) && store.verify(mailbox);
  },
  all: () => store.verifyAll(),
});
