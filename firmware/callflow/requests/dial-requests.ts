/** Digits into the call, as its peer takes them: RFC 4733 events, else tones in the audio. */
export interface DialRequests {
  /** '0'-'9', '*', '#', 'A'-'D', at most 64; `sentMs`: how long it takes from now. */
  readonly 'send-digits': { readonly ask: { readonly digits: string }; readonly answer: { readonly sentMs: number } };
}
