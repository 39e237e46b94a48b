/** What leaves the unit by itself: mail, and calls of its own. */

export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** required = TLS from the first octet (RFC 8314); starttls = it begins in the clear and goes on only with TLS (RFC 3207); off = in the clear. */
  readonly tls: 'required' | 'starttls' | 'off';
  /** PEM file of who vouches for the server; null = the authorities that the machine trusts. */
  readonly authority: string | null;
  readonly user: string | null;
  readonly password: string | null;
  /** Sender of every mail. */
  readonly from: string;
  readonly mostPerHour: number;
}

export const emailModes = ['off', 'copy', 'forward', 'alert'] as const;
/** off; copy = the message goes by mail and stays; forward = it goes by mail and is deleted here once the server has it; alert = a mail without the audio. */
export type EmailMode = (typeof emailModes)[number];

/** Part of the settings of a mailbox. */
export interface MailboxEmailSettings {
  /** Where its messages are mailed; null = nowhere. */
  readonly email: string | null;
  /** Until the owner chooses another. */
  readonly emailMode: EmailMode;
}

export interface OutgoingSettings {
  /** Patterns of numbers outside that may be called (`calls/outgoing-rules.ts`); numbers of mailboxes always may. */
  readonly allow: readonly string[];
  /** Name of the peer that is called; null = the first in use that has a host. */
  readonly peer: string | null;
  /** Calls to numbers outside. */
  readonly mostPerMailboxPerDay: number;
  readonly mostPerDay: number;
  /** At the same time, by type; more wait. 0 = none of this type. */
  readonly outcalls: number;
  readonly callbacks: number;
  readonly alarms: number;
}

export interface HoursSettings {
  /** 'mon' to 'sun'. */
  readonly days: readonly Weekday[];
  /** 'HH:MM' in the zone of the unit; `to` is not part of it any more. */
  readonly from: string;
  readonly to: string;
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Hours that owners may choose for calls about their messages. */
export interface OutcallingSettings {
  readonly prime: HoursSettings;
  readonly peak: HoursSettings;
}

export interface NotifySettings {
  /** null = the unit sends no mail. */
  readonly mail: MailSettings | null;
  readonly outgoing: OutgoingSettings;
  readonly outcalling: OutcallingSettings;
}
