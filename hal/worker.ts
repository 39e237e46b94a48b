/** One end of the pipe between the control thread and the media thread. Messages are structured-cloned, in order, never lost. */
export interface ThreadPort<In, Out> {
  send(message: Out): void;
  received: ((message: In) => void) | null;
  /** The other thread ended without being asked; the reason is for the log. */
  lost: ((reason: string) => void) | null;
  close(): void;
}
