/** Where the chunks of a running recording go: a message or a greeting in the making. */
export interface RecordingSink {
  /** false = its queue is full or the store refused: the recording should end. */
  append(bytes: Uint8Array, lostPackets: number): boolean;
  readonly failed: boolean;
}
