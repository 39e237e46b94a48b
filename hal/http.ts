export interface HttpQuestion {
  /** https only. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM file of who vouches for the other side; null = the authorities that the machine trusts. */
  readonly authority: string | null;
  /** For all of it, from the name to the last octet. */
  readonly timeoutMs: number;
  /** Of the body. */
  readonly mostBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Whether it is a URL that can be asked at all. */
export const isHttps = (url: string): boolean => URL.canParse(url) && new URL(url).protocol === 'https:';

/** HTTP/1.1 over TLS (RFC 9110, 9112), for fetching small documents. Redirections are not followed: their answer is told as it is. */
export interface HttpClient {
  /** Errors: not-found (no such host, no such authority file), connection-refused, connection-lost, unreachable, timed-out, wrong-certificate, too-large, permission-denied, unsupported (not https), io. */
  get(question: HttpQuestion): Promise<HttpAnswer>;
}
