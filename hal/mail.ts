import type { WallMs } from './clock.ts';

/** A way to a mail server that takes what is sent (RFC 6409). One letter at a time, each in a connection of its own. */
export interface MailNet {
  /** Never rejects: what went wrong is part of the outcome. `accepted` only when the server has taken responsibility (RFC 5321 section 4.2.5). Aborting `signal` = temporary, and it may have been sent. */
  send(server: MailServer, letter: Letter, timeoutMs: number, signal?: AbortSignal): Promise<MailOutcome>;
}

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** required: from the first octet. starttls: refused without it. off: in the clear. */
  readonly tls: 'required' | 'starttls' | 'off';
  /** PEM file of who vouches for the server; null = the authorities that the machine trusts. Read at each connection. */
  readonly authorityFile: string | null;
  readonly login: { readonly user: string; readonly password: string } | null;
}

export interface Letter {
  /** The same whenever it is sent again, so that who has it already can tell: '<id@host>' without the brackets. */
  readonly id: string;
  readonly from: string;
  /** Display name of the sender. */
  readonly fromName: string;
  readonly to: string;
  readonly subject: string;
  /** Lines end with '\n'. */
  readonly text: string;
  readonly date: WallMs;
  readonly attachment: Attachment | null;
}

export interface Attachment {
  readonly fileName: string;
  readonly contentType: string;
  /** Read once, from its beginning. A failure ends the attempt as temporary. */
  readonly content: AsyncIterable<Uint8Array>;
}

export type MailOutcome =
  | { readonly kind: 'accepted'; readonly words: string }
  /** `server`: no letter could be sent now (no connection, no TLS, log-in refused), so others need not try; false: this one was put off. */
  | { readonly kind: 'temporary'; readonly words: string; readonly server: boolean }
  /** This letter will never be taken: its address, its size, its contents. */
  | { readonly kind: 'permanent'; readonly words: string };

/** Longest text of an answer that is kept. */
export const mostMailWords = 200;
