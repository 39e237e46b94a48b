import type { SipMessage } from '../message.ts';

/** What a peer has said about itself, by its latest message that says it. */
export class PeerWords {
  /** Its Allow; none = it has not said. */
  allows: readonly string[] = [];
  /** Its Supported, in small letters. */
  supports: readonly string[] = [];

  heard({ headers }: SipMessage): void {
    if (headers.has('Allow')) this.allows = headers.list('Allow');
    if (headers.has('Supported')) this.supports = headers.list('Supported').map((one) => one.toLowerCase());
  }
}
