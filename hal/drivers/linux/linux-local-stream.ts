import { unlink } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { HalError } from '../../errors.ts';
import type { LocalConnection, LocalListener, LocalStreams } from '../../local-stream.ts';
import { halError } from './errno.ts';
import { LinuxStreamConnection } from './linux-stream-connection.ts';

/** unix(7): sun_path has 108 bytes, the last one is 0. */
const longestPathBytes = 107;
const connectionLimit = 64;

/** Unix stream sockets. */
export class LinuxLocalStreams implements LocalStreams {
  async listen(path: string, accepted: (connection: LocalConnection) => void): Promise<LocalListener> {
    checkLength(path);
    try {
      return await listenAt(path, accepted);
    } catch (refused) {
      if (!(refused instanceof HalError) || refused.id !== 'address-in-use' || (await answers(path))) throw refused;
      await unlink(path).catch((cause: unknown) => Promise.reject(halError(path, cause)));
      return listenAt(path, accepted);
    }
  }

  async connect(path: string): Promise<LocalConnection> {
    checkLength(path);
    return new Promise((resolve, reject) => {
      const socket = createConnection({ path });
      socket.once('error', (cause) => reject(halError(path, cause)));
      socket.once('connect', () => {
        socket.removeAllListeners('error');
        resolve(new LinuxStreamConnection(socket));
      });
    });
  }
}

/** The name appears with mode 0600: the mask holds while it is bound, which happens inside the call. */
function listenAt(path: string, accepted: (connection: LocalConnection) => void): Promise<LocalListener> {
  const server = createServer((socket) => accepted(new LinuxStreamConnection(socket)));
  server.maxConnections = connectionLimit;
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(halError(path, cause)));
    const mask = process.umask(0o177);
    try {
      server.listen({ path }, () => resolve(listenerOf(server)));
    } finally {
      process.umask(mask);
    }
  });
}

function listenerOf(server: Server): LocalListener {
  // After this an error concerns one connection that could not be accepted; the listener stays.
  server.on('error', () => {});
  return { close: () => void server.close() };
}

async function answers(path: string): Promise<boolean> {
  try {
    (await new LinuxLocalStreams().connect(path)).close();
    return true;
  } catch (refused) {
    return !(refused instanceof HalError && refused.id === 'connection-refused');
  }
}

/** The kernel would cut a longer one short and use another name. */
function checkLength(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > longestPathBytes) throw new HalError('too-large', path, `the path of a socket has at most ${longestPathBytes} bytes, this one has ${bytes}`);
}
