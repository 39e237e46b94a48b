import type { QueuePriority } from '../callflow/requests/queue-requests.ts';
import type { Flow, FlowState } from '../callflow/flow.ts';
import type { MessageFacts } from '../mailbox/message.ts';
import type { MessageWriter } from '../mailbox/message-store.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { CallFacts, DiversionReason, Leg } from '../sip/leg.ts';
import type { FlowRecord } from './flow-record.ts';
import type { MediaChannel } from './media-channel.ts';

/** The call that a flow serves. */
export interface FlowCall {
  readonly id: string;
  readonly leg: Leg;
  /** The mailbox that a message would be for; null in Collect. */
  readonly mailbox: string | null;
  readonly callerNumber: string;
  readonly callerName: string;
  readonly reason: DiversionReason;
  readonly codec: CodecName;
  readonly channel: MediaChannel;
  /** Language to begin with; null = the unit's. */
  readonly language: string | null;
  /** `back`: to the queue of the PBX. */
  hangUp(text: string, back: boolean): void;
  /** The owner logged in from the greeting: Collect takes over, for this mailbox. */
  collect(mailbox: string): Flow<FlowState>;
  /** The caller waits in a queue of this unit from now on. */
  queue(number: string, priority: QueuePriority | null): Flow<FlowState>;
  /** The flow has nothing left to do. */
  done(): void;
  /** What `record` gives is another now. */
  changed(): void;
  /** Audio of the message `id` that the store has taken; `offset` bytes were before it. */
  recorded(id: string, offset: number, bytes: Uint8Array, lostPackets: number): void;
}

/** Who calls for which mailbox. */
export const callerOf = ({ caller, reason }: CallFacts, mailbox: string | null): Pick<FlowCall, 'mailbox' | 'callerNumber' | 'callerName' | 'reason'> => ({
  mailbox,
  callerNumber: caller.number,
  callerName: caller.name,
  reason,
});

/** What was written down of a flow by another unit, and the recording that came with it. */
export interface CarriedFlow {
  readonly record: FlowRecord;
  readonly recording: { readonly writer: MessageWriter; readonly facts: MessageFacts; readonly bytes: number } | null;
}
