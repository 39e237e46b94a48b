/** Campaigns: sets of recorded answers that callers leave, and that somebody reviews. */
export interface CampaignRequests {
  /** Recordings of this call, by the ids of `kept`, become one entry: durable when answered. full: the campaign holds as many as it may. */
  readonly 'campaign-leave': { readonly ask: { readonly campaign: string; readonly recordings: readonly string[] }; readonly answer: { readonly outcome: 'ok' | 'full' } };
  /** The oldest first; new ones before those that were saved. */
  readonly 'campaign-entries': { readonly ask: { readonly campaign: string }; readonly answer: { readonly entries: readonly CampaignEntry[] } };
  readonly 'campaign-mark': { readonly ask: { readonly campaign: string; readonly id: string; readonly as: 'saved' | 'deleted' }; readonly answer: { readonly ok: boolean } };
}

export interface CampaignEntry {
  readonly id: string;
  readonly leftMs: number;
  /** Number of who called; '' = withheld. */
  readonly caller: string;
  /** What the phrase `recording` takes. */
  readonly answers: readonly string[];
  readonly saved: boolean;
}
