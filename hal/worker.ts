/** What may go over of `moved`: only memory that holds nothing else. */
export function movable(moved: Uint8Array | undefined): ArrayBuffer[] {
  const whole = moved !== undefined && moved.length > 0 && moved.buffer instanceof ArrayBuffer && moved.length === moved.buffer.byteLength;
  return whole ? [moved.buffer as ArrayBuffer] : none;
}

const none: ArrayBuffer[] = [];

/** One end of the pipe between the control thread and the media thread. Messages are structured-cloned, in order, never lost. */
export interface ThreadPort<In, Out> {
  /** `moved`: octets in it that go over themselves, uncopied, where they have memory to themselves: the sender has none of them any more (length 0). */
  send(message: Out, moved?: Uint8Array): void;
  received: ((message: In) => void) | null;
  /** The other thread ended without being asked; the reason is for the log. */
  lost: ((reason: string) => void) | null;
  close(): void;
}
