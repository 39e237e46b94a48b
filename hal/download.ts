export interface DownloadQuestion {
  /** http or https. */
  readonly url: string;
  /** So much is here already, of the content that `validator` names; 0 = nothing. */
  readonly from: number;
  /** What the other side called the content then (RFC 9110 8.8); null = nothing is known. */
  readonly validator: string | null;
  readonly mostBytes: number;
  /** Nothing came for so long. */
  readonly silentMs: number;
  /** For all of it. */
  readonly wholeMs: number;
  /** Asked of the network, at most. */
  readonly bytesPerSec: number;
}

export interface DownloadHead {
  /** Where the bytes that follow belong; 0 where the content has changed, or the other side does not continue. */
  readonly offset: number;
  /** null = the other side does not tell. */
  readonly totalBytes: number | null;
  readonly validator: string | null;
}

export interface DownloadSink {
  /** Once, before the first byte. */
  begin(head: DownloadHead): Promise<void>;
  /** The next piece waits until this resolves. What it rejects with ends the download. */
  take(bytes: Uint8Array): Promise<void>;
}

/** Fetches large files, to be continued where they broke off (RFC 9110 section 14). Redirections are followed, five at most, and never from https to http. */
export interface Downloads {
  /**
   * Errors: not-found (no such host or file), permission-denied, connection-refused, connection-lost, unreachable, timed-out, wrong-certificate, too-large,
   * unsupported (no http, or an answer that is none), closed (aborted), io, and what the sink rejects with.
   */
  fetch(question: DownloadQuestion, sink: DownloadSink, signal: AbortSignal): Promise<void>;
}

export const isWebAddress = (text: string): boolean => URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
