import type { RecordingPlace } from '../callflow/flow.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { RecordingSink } from './recording-sink.ts';

/** Recordings of flows that are neither messages nor greetings. */
export interface FlowRecordings {
  /** Errors: HalError too-large (as many as there may be), no-space, read-only, io. */
  begin(place: RecordingPlace, codec: CodecName): Promise<FlowRecording>;
  /** The call is over: what it kept for itself goes. Never throws. */
  forget(ids: readonly string[]): void;
}

/** One being made: finished, then (a prompt) committed, or abandoned. */
export interface FlowRecording extends RecordingSink {
  /** Durable when resolved. Errors: HalError; then nothing is left. */
  finish(keepMs: number): Promise<{ readonly id: string; readonly durationMs: number }>;
  /** After `finish`: in force and durable when resolved. Nothing to do for one of the call. */
  commit(): Promise<void>;
  abandon(): Promise<void>;
}
