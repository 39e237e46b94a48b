/** What the thread that speaks is asked, and answers. */
export interface SpeechOrder {
  readonly text: string;
  readonly language: string;
}

export type SpeechAnswer =
  | { readonly type: 'spoken'; readonly ulaw: Uint8Array }
  /** `unsupported`: no voice of that language here; else the text could not be spoken. */
  | { readonly type: 'refused'; readonly unsupported: boolean; readonly detail: string };
