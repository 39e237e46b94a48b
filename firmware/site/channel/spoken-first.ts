import type { Clock } from '../../../hal/clock.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import { helloLimitMs } from './channel.ts';

/**
 * Leaves a connection alone until the other end has spoken, since whoever handed it over may still have a word of its own to say
 * on it; then `use` takes it, first bytes included. Who never speaks is left. Returns how to give it up before.
 */
export function spokenFirst(connection: StreamConnection, clock: Clock, use: (connection: StreamConnection) => void): () => void {
  let spoken = false;
  const silence = clock.after('channel-first-word', helloLimitMs, () => connection.close());
  connection.received = (bytes) => {
    silence.cancel();
    spoken = true;
    // Whoever turns it away leaves it so; else this would be called by itself.
    connection.received = null;
    use(connection);
    (connection as StreamConnection).received?.(bytes);
  };
  connection.closed = () => silence.cancel();
  return () => {
    silence.cancel();
    if (!spoken) connection.close();
  };
}
