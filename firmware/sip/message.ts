/** One header field. `name` is canonical ('Via', 'Call-ID', compact forms expanded, unknown ones as received); `value` is unfolded and trimmed. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** Header fields in order. Look-ups ignore case and know compact forms (RFC 3261 7.3.3). */
export interface Headers {
  readonly fields: readonly HeaderField[];
  /** First value, or undefined. */
  get(name: string): string | undefined;
  /** Every value, one per field line. */
  all(name: string): string[];
  /** Every value with comma lists split (quotes and <> respected), for the headers that are lists. At most 64. */
  list(name: string): string[];
  has(name: string): boolean;
  /** Replaces all of that name by one, in the place of the first. */
  set(name: string, value: string): void;
  append(name: string, value: string): void;
  prepend(name: string, value: string): void;
  remove(name: string): void;
  /** Removes the first value of a list header (the topmost Via of a response), keeping the rest. */
  removeFirst(name: string): void;
}

export interface SipRequest {
  readonly kind: 'request';
  /** Case-sensitive, never un-escaped (RFC 3261 7.1; RFC 4475 3.1.1.5). */
  readonly method: string;
  /** Request-URI as received. */
  uri: string;
  readonly headers: Headers;
  body: Uint8Array;
}

export interface SipResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  body: Uint8Array;
}

export type SipMessage = SipRequest | SipResponse;

/**
 * What the parser makes of bytes. `refused`: malformed, but Via, From, To, Call-ID and CSeq could be read, so `request` can be
 * answered with `status` (400, 413, 414, 505 ...); an ACK is never answered. `dropped`: nothing can or should be answered.
 * The parser never throws and takes at most 5 ms for any input within its limits.
 */
export type ParseResult =
  | { readonly outcome: 'message'; readonly message: SipMessage }
  | { readonly outcome: 'refused'; readonly request: SipRequest; readonly status: number; readonly reason: string }
  | { readonly outcome: 'dropped'; readonly reason: string };

/** Limits applied before and while parsing; beyond them the message is refused (or dropped when it cannot be answered). */
export const sipLimits = {
  udpBytes: 8192,
  streamBytes: 65536,
  headerFields: 64,
  listEntries: 64,
  lineBytes: 4096,
} as const;
