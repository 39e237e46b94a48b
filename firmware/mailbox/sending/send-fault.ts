/**
 * Why a message is not sent, or not to somebody. disabled: the mailbox takes none; private: it must not be forwarded; not-allowed: broadcasts
 * are for those whose mailbox says so; no-content: there is no such message, or nothing was recorded; too-many: recipients, or messages that
 * wait; past: the time of delivery lies behind, or more than a year ahead.
 */
export type SendFault = 'no-such-mailbox' | 'no-such-list' | 'mailbox-full' | 'disabled' | 'private' | 'not-allowed' | 'no-content' | 'too-many' | 'past' | 'store-full' | 'store-failed';
