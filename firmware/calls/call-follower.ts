import type { FollowedCall } from './followed-call.ts';

/** A call as whoever follows it sees it. */
export interface FollowableCall {
  /** For the log. */
  readonly id: string;
  /** It stands, and lives on the address of the pair: without it here, it breaks. */
  readonly moves: boolean;
  /** null: it cannot be carried on, or not yet, or no more. */
  record(): FollowedCall | null;
  /** Audio of the message in the making that the store has taken, in bytes. */
  readonly recordedBytes: number;
  /** Has the media thread say where its stream is, and hand over the audio that it has gathered. Resolves when both are here; never rejects. */
  freshen(): Promise<void>;
  /** The partner carries it on: it ends here without a word to the peer. `kept`: how many bytes of its recording the partner has durably, null = unknown. Never rejects. */
  giveAway(kept: Promise<number | null>): void;
  hangUp(text: string): void;
}

/** 'followed': the partner could carry it on; 'carried on': it came from there, and is not followed yet; 'followed, carried on': both. */
export type CallStanding = 'followed' | 'not followed' | 'carried on' | 'followed, carried on';

/** Is told what calls do, so that the partner can carry them on. */
export interface CallFollower {
  /** What `record` gives may be another now. */
  changed(call: FollowableCall): void;
  /** Audio of the message `recording` that the store has taken; `offset` bytes were before it. `bytes` is not to be written to. */
  audio(call: FollowableCall, recording: string, offset: number, bytes: Uint8Array, lostPackets: number): void;
  /** It ended here, and its leg is gone. */
  ended(call: FollowableCall): void;
  /** For the console. */
  standing(call: FollowableCall): CallStanding;
}
