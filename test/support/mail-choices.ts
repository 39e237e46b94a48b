import type { SampleChoices } from '../../firmware/config/sample.ts';

type Mailbox = NonNullable<SampleChoices['mailboxes']>[number];

/** A mailbox whose messages are mailed. */
export const mailboxEntry = (number: string, email: string, emailMode: 'off' | 'copy' | 'forward' | 'alert'): Mailbox => ({ number, email, emailMode });
