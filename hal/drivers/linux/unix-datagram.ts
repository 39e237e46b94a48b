import { HalError } from '../../errors.ts';
import { fromErrno } from './errno.ts';
import { loadLibc, type Libc } from './libc.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const pathLimitBytes = 108;

/** Sends datagrams to one AF_UNIX address, which Node cannot. */
export class UnixDatagram {
  readonly #libc: Libc;
  readonly #path: string;
  readonly #address: Uint8Array;
  readonly #fd: number;

  private constructor(libc: Libc, path: string) {
    this.#libc = libc;
    this.#path = path;
    this.#address = socketAddress(path);
    this.#fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (this.#fd < 0) throw fromErrno(path, 'socket', libc.errno());
  }

  /** `path`: a file name, or '@' and an abstract name. Errors: unsupported, too-many-open. */
  static async to(path: string): Promise<UnixDatagram> {
    return new UnixDatagram(await loadLibc(), path);
  }

  /** Returns why it could not be sent, without waiting; null = sent. */
  send(text: string): HalError | null {
    const bytes = Buffer.from(text);
    const sent = this.#libc.sendto(this.#fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, this.#address, this.#address.length);
    return sent === bytes.length ? null : fromErrno(this.#path, 'sendto', this.#libc.errno());
  }

  close(): void {
    this.#libc.close(this.#fd);
  }
}

/** struct sockaddr_un (unix(7)): family, then the name; an abstract name begins with a zero byte and has no end mark. */
function socketAddress(path: string): Uint8Array {
  const abstract = path.startsWith('@');
  if (!abstract && !path.startsWith('/')) throw new HalError('unsupported', path, 'neither a path nor an abstract name');
  const name = abstract ? `\0${path.slice(1)}` : `${path}\0`;
  const bytes = Buffer.from(`\0\0${name}`);
  if (bytes.length - 2 > pathLimitBytes) throw new HalError('unsupported', path, `longer than ${pathLimitBytes} bytes`);
  bytes.writeUInt16LE(AF_UNIX, 0); // every Linux machine that Node 20 runs on here is little-endian
  return bytes;
}
