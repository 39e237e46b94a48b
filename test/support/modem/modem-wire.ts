/** What the emulated modem is plugged into: the host's end is a serial port, real or simulated. Bytes may be torn and joined at will. */
export interface ModemWire {
  /** At most `limit` bytes of the host, valid until the next call. Empty: none now. null: nobody has the port open (DTR is off). */
  read(limit: number): Uint8Array | null;
  /** Returns how many bytes the port took; the rest is offered again. */
  write(bytes: Uint8Array): number;
  /** Pulls the plug: the host's port is gone. */
  close(): void;
}
