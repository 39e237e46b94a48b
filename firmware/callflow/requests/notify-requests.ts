import type { EmailMode, Weekday } from '../../config/notify-settings.ts';

/** What flows ask about things that leave the unit by themselves: mail, calls about messages, alarm calls. All of it is durable when answered. */
export interface NotifyRequests {
  /** `address`: null = the administrator has set none, or the unit sends no mail. */
  readonly 'get-email': { readonly ask: { readonly mailbox: string }; readonly answer: { readonly mode: EmailMode; readonly address: string | null } };
  /** `mode`: null = as the administrator set it; alert where that is off. */
  readonly 'set-email': { readonly ask: { readonly mailbox: string; readonly mode: EmailMode | null }; readonly answer: { readonly outcome: 'ok' | 'no-address' } };
  /** Copies of all messages that are new, old or saved, whatever the mode; `messages`: how many are on their way. */
  readonly 'email-all': { readonly ask: { readonly mailbox: string }; readonly answer: { readonly outcome: 'ok' | 'no-address' | 'full'; readonly messages: number } };
  /** The action eMail: `recording` is what $RES names, recorded in this call; null = text only. full: the outbox is. */
  readonly 'send-mail': {
    readonly ask: { readonly to: string; readonly subject: string; readonly text: string; readonly recording: string | null };
    readonly answer: { readonly outcome: 'ok' | 'no-server' | 'bad-address' | 'full' | 'no-recording' };
  };
  readonly 'get-outcalling': { readonly ask: { readonly mailbox: string }; readonly answer: OutcallingOptions };
  /** What is left out stays as it is. not-allowed: a number may not be called (`calls/outgoing-rules.ts`); nothing has changed then. */
  readonly 'set-outcalling': { readonly ask: { readonly mailbox: string; readonly options: Partial<OutcallingOptions> }; readonly answer: { readonly outcome: 'ok' | 'not-allowed' | 'bad' } };
  readonly 'set-alarm': { readonly ask: AlarmWish; readonly answer: { readonly outcome: 'ok' | 'not-allowed' | 'bad' | 'full'; readonly id: string; readonly nextMs: number } };
  /** Of the call itself, where the unit placed it: what its hearer did. Flows of such calls ask it (`notice-flow.ts`, `alarm-flow.ts`). */
  readonly 'notice-heard': { readonly ask: { readonly what: 'reached' | 'stop' | 'cancelled' }; readonly answer: Record<string, never> };
}

/** As VoiceMail Pro names them; its Secretary is Delegate. */
export const destinationNames = ['desk', 'home', 'mobile', 'delegate', 'other'] as const;
export type DestinationName = (typeof destinationNames)[number];

export const windowNames = ['any', 'prime', 'peak', 'own'] as const;
export type WindowName = (typeof windowNames)[number];

export interface Destination {
  readonly number: string;
  /** 5 to 120. */
  readonly ringSec: number;
}

export interface OutcallingOptions {
  readonly on: boolean;
  /** Desk is the mailbox's own number where nothing else is set. */
  readonly destinations: Readonly<Partial<Record<DestinationName, Destination>>>;
  /** Called one after another, 1 to 9, all of them before the next retry. */
  readonly escalation: readonly DestinationName[];
  /** 0 to 10 further rounds. */
  readonly retries: number;
  /** Minutes before each retry, 0 to 60, 1 to 5 of them; the last one holds for all further ones. */
  readonly intervalsMin: readonly number[];
  readonly window: WindowName;
  /** For window 'own': 'HH:MM' in the zone of the unit. */
  readonly own: { readonly days: readonly Weekday[]; readonly from: string; readonly to: string };
}

export interface CallbackOptions {
  /** The extension rings when it becomes idle, as long as there are new messages. */
  readonly ringback: boolean;
  /** Called about new messages; null = none. */
  readonly callback: string | null;
}

export interface AlarmWish {
  /** What rings. */
  readonly number: string;
  /** Whose alarm it is, for language and budget; null = nobody's. */
  readonly mailbox: string | null;
  /** 'HH:MM' in the zone of the unit. */
  readonly time: string;
  readonly repeat: 'single' | 'daily' | 'weekly';
  /** Of weekly and single alarms; null: single = the next such time, weekly = today's. */
  readonly day: Weekday | null;
  /** Name of a recorded prompt of the site; null = the standard words. */
  readonly prompt: string | null;
  /** Spoken in its place, at most 128 characters; '' = nothing. */
  readonly text: string;
  /** 5 to 120. */
  readonly ringSec: number;
  /** 0 to 10, and minutes between them, 1 to 60. */
  readonly retries: number;
  readonly intervalMin: number;
  /** Up to 4 digits or '*' and '#', without which an answered alarm counts as unanswered; '' = the answer is enough. */
  readonly cancelCode: string;
}

export interface AlarmView extends AlarmWish {
  readonly id: string;
  readonly nextMs: number;
}
