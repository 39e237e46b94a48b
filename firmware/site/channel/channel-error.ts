/** Every way a channel, or what was asked over it, can fail. */
export type ChannelErrorId =
  | 'closed' // by either side, in good order
  | 'lost' // the connection broke
  | 'timed-out' // no answer, no greeting, or no sign of life in time
  | 'stalled' // a frame was begun and not ended in time
  | 'malformed' // bytes that are no frame of this protocol
  | 'unexpected' // a good frame where it may not come
  | 'version' // the two speak no common version
  | 'foreign' // the other end belongs to another site, or is not the partner
  | 'busy' // as much is under way as may be
  | 'too-large' // head or body beyond the limit
  | 'refused'; // the other end answered no; `code` says why

export class ChannelError extends Error {
  readonly id: ChannelErrorId;
  /** Of a refusal: the word the other end gave; else ''. */
  readonly code: string;

  constructor(id: ChannelErrorId, detail: string, code = '') {
    super(detail);
    this.name = 'ChannelError';
    this.id = id;
    this.code = code;
  }
}

/** What a handler throws to answer no. */
export const refusal = (code: string, detail: string): ChannelError => new ChannelError('refused', detail, code);
