/**
 * What the addon is to call when a descriptor is ready. An exception that came back to it would be kept by the addon, which then does not call again: the
 * thread would go on, deaf. Thrown in Node's own turn it ends the thread, as one from a timer does.
 */
export function polled(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  };
}
