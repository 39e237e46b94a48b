/** Where a packet comes from or goes to. `address` is a literal IPv4 or IPv6 address, never a name. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** One bound UDP socket, single use: `close` ends it for good. Used for signalling. */
export interface DatagramSocket {
  readonly local: Endpoint;
  /** Fire and forget, as UDP is; `bytes` may be reused once this returns. A failure goes to `failed`, never thrown. */
  send(bytes: Uint8Array, to: Endpoint): void;
  /** `bytes` is only valid during the call. Set it right after bind. */
  received: ((bytes: Uint8Array, from: Endpoint) => void) | null;
  /** Errors: too-large, unreachable, connection-refused, no-space (send buffer full), io. */
  failed: ((error: import('./errors.ts').HalError, to: Endpoint | null) => void) | null;
  /** Nothing is called after it; what is sent after it is dropped. */
  close(): void;
}

export interface DatagramNet {
  /** port 0 = any free. Errors: address-in-use, address-unavailable, permission-denied. */
  bind(local: Endpoint): Promise<DatagramSocket>;
  /**
   * A socket for one peer: it hears nobody else, sends to nobody else, and learns when nothing listens there (`failed` with
   * connection-refused), which a bound one need not. Several may share a local port, each with a peer of its own.
   * Errors: those of bind; unreachable (no way there now).
   */
  connect(local: Endpoint, peer: Endpoint): Promise<DatagramSocket>;
}

/**
 * Many UDP sockets driven as one, for the media thread: a slot is a small integer chosen by the caller.
 * Sends are queued and leave at `flush`, so that a driver may batch them into one system call. No member allocates per packet
 * where the kernel interface allows it. Nothing throws but `open`.
 */
export interface DatagramBatch {
  /**
   * Binds slot to a local endpoint (port 0 = any); resolves to the bound port. `ahead`: also to an address that the machine may get
   * later, and is heard from that moment on; what is sent before it is lost in IPv4, and leaves in IPv6. A driver that cannot refuses
   * with address-unavailable.
   * Errors: address-in-use, address-unavailable, permission-denied, too-many-open, closed (while it opened).
   */
  open(slot: number, local: Endpoint, ahead?: boolean): Promise<number>;
  /** Where queued packets of this slot go from now on; null = packets are dropped until set again. */
  direct(slot: number, to: Endpoint | null): void;
  /** Queues bytes[0..length); copied or sent before `flush` returns, so the buffer may be reused after `flush`. Up to 4096 packets of up to 2048 bytes may wait; more are refused and counted. */
  queue(slot: number, bytes: Uint8Array, length: number): void;
  flush(): void;
  /** `bytes` valid only during the call. */
  received: ((slot: number, bytes: Uint8Array, length: number, address: string, port: number) => void) | null;
  /** Rises with each turn in which packets are handed over: those of one turn are taken in at one time, and one look at the clock does for all. */
  readonly turn: number;
  /**
   * What has come to the slot and waits goes to `received` before this returns, 1,024 packets at the most: for whoever is about to end something that they belong to. Not from
   * within `received`. A driver that the kernel's packets reach in Node's turn only (dgram) cannot, and does nothing.
   */
  fetch(slot: number): void;
  /** Packets that were refused, here or by the kernel, since start. */
  readonly sendFailures: number;
  close(slot: number): void;
  closeAll(): void;
}
