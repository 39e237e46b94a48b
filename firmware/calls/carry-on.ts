import type { FollowedRecordings } from '../mailbox/followed-recordings.ts';
import type { MessageWriter } from '../mailbox/message-store.ts';
import type { RecordingCopy } from '../mailbox/recording-copy.ts';
import type { Log } from '../log.ts';
import type { Call } from './call.ts';
import type { CallTable } from './call-table.ts';
import type { FollowedCall } from './followed-call.ts';
import { messageFactsOf } from './followed-call.ts';

/** A call of the partner, as this unit kept it. */
export interface KeptCall {
  readonly call: FollowedCall;
  readonly ageMs: number;
  readonly recording: RecordingCopy | null;
}

export interface CarriedOn {
  readonly call: Call;
  readonly durable: Promise<number | null>;
}

export interface CarryOnParts {
  readonly calls: CallTable;
  readonly recordings: FollowedRecordings;
  readonly log: Log;
  /** Of each port. */
  readonly rtpPorts: readonly number[];
}

/**
 * A call of the partner goes on here, with its recording. A text says why it cannot: what was recorded is then delivered as interrupted,
 * under the id that it has at the partner.
 */
export function carryOn({ calls, recordings, log, rtpPorts }: CarryOnParts, { call, ageMs, recording }: KeptCall): CarriedOn | string {
  const facts = messageFactsOf(call);
  const adopted = recording === null ? null : recordings.adopt(recording);
  const { port, rtpPort } = call.media;
  const elsewhere = rtpPorts[port] === rtpPort ? null : `its caller sends audio to port ${rtpPort}, and port ${port} of this unit listens on ${rtpPorts[port] ?? 'none'}; set rtp.firstPort and ports the same on both units`;
  const result = elsewhere ?? calls.carryOn({ followed: call, ageMs, recording: adopted === null || facts === null ? null : { writer: adopted.writer, facts, bytes: recording?.bytes ?? 0 } });
  if (typeof result !== 'string') return { call: result, durable: adopted?.durable ?? Promise.resolve(0) };
  if (adopted !== null) void keep(adopted.writer, log);
  return result;
}

async function keep(writer: MessageWriter, log: Log): Promise<void> {
  try {
    await writer.cutOff('moved');
  } catch (error) {
    log.write('error', 'recording-not-kept', `What the partner had recorded could not be delivered here: ${String(error)}`, { id: writer.id });
  }
}
