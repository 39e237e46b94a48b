import type { NotifyDesk } from '../../notify/notify-desk.ts';

/** What the console may do of `NotifyDesk`, which is one. */
export type NotifyConsole = Pick<NotifyDesk, 'mail' | 'outbox' | 'deliveries' | 'sender' | 'outgoing' | 'ledger' | 'records' | 'alarms' | 'outcalling' | 'setOutcalling' | 'callback' | 'setCallback' | 'setEmail'>;
