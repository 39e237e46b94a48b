/** What the flow of a waiting caller asks of the queues. */
export interface QueueRequests {
  /** Comes into the queue, at first; answered when something happens to the caller. */
  readonly 'queue-next': {
    readonly ask: { readonly queue: string; readonly priority: QueuePriority | null };
    readonly answer: QueueNews;
  };
  /** The announcement has been heard; the next one is timed from here. */
  readonly 'queue-announced': { readonly ask: { readonly queue: string }; readonly answer: object };
  /** While somebody else is called for the caller, they keep the place, and no agent is rung. false = an agent has the call already, or they are out. */
  readonly 'queue-hold': { readonly ask: { readonly queue: string; readonly held: boolean }; readonly answer: { readonly held: boolean } };
  /** Leaves the queue of its own accord, for its mailbox. Answered when the caller is out of it: false = an agent has the call already. */
  readonly 'queue-leave': { readonly ask: { readonly queue: string }; readonly answer: { readonly left: boolean } };
}

export type QueuePriority = 'low' | 'medium' | 'high';

export type QueueNews =
  /** An announcement is due. null: nothing can be said of it. */
  | { readonly news: 'announce'; readonly point: 'Queued' | 'Still Queued'; readonly position: number; readonly etaSec: number | null; readonly waitedSec: number }
  /** An agent has answered, and the two hear each other. */
  | { readonly news: 'joined'; readonly agent: string }
  /** The agent has hung up. */
  | { readonly news: 'agent-gone' }
  /** They are out of the queue by their own will, or another question has taken the place of this one: nothing has happened. */
  | { readonly news: 'out' }
  /** `to`: the number at the PBX that gets the caller; null = the mailbox of the queue, or nobody. */
  | { readonly news: 'overflow'; readonly why: 'full' | 'no-port' | 'too-long' | 'no-agents' | 'closed'; readonly to: string | null };
