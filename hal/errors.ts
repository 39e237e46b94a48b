/** Every way the machine can refuse. errno and vendor codes become one of these at the edge, once; nothing above the HAL sees an errno. */
export type HalErrorId =
  | 'address-in-use' // the address or port is taken by another program
  | 'address-unavailable' // this machine does not own the address
  | 'permission-denied'
  | 'not-found' // path, device or host name does not exist
  | 'already-exists'
  | 'no-space' // disk or quota full
  | 'read-only' // the store went read-only (EROFS)
  | 'io' // the medium failed (EIO); what was being written is lost
  | 'too-many-open' // descriptor limit reached
  | 'connection-refused'
  | 'connection-lost'
  | 'unreachable' // no route to host or network
  | 'timed-out'
  | 'wrong-certificate' // the other end of a secure stream cannot show the certificate that is expected, or does not accept ours
  | 'not-trusted' // signed by nobody whom this machine trusts, or not at all
  | 'damaged' // not what its signature or checksum says: cut off, or changed
  | 'too-large' // datagram or file larger than the medium takes
  | 'closed' // used after close
  | 'unsupported' // this machine or kernel lacks it
  | 'busy'; // held by another process

/** The only error type that leaves `hal/`. `place` names the path, address or device. */
export class HalError extends Error {
  readonly id: HalErrorId;
  readonly place: string;
  constructor(id: HalErrorId, place: string, detail: string, cause?: unknown) {
    super(`${place}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'HalError';
    this.id = id;
    this.place = place;
  }
}
