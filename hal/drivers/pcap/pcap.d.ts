/** What we use of the package, which may be absent: then the driver says so, and everything else compiles and runs. */
declare module 'pcap' {
  /** The addon's side. */
  interface Binding {
    /** Set by the package; called by the loop when there is something to read. */
    read_callback: (() => void) | undefined;
    /** Hands over what is there, one `packet` event each; -2 = it has ended and is closed. */
    dispatch(packet: Buffer, header: Buffer): number;
  }

  export interface PcapSession {
    readonly link_type: string;
    readonly session: Binding;
    readonly buf: Buffer;
    /** Four numbers of 32 bits, little-endian: seconds, microseconds, bytes here, bytes on the wire. */
    readonly header: Buffer;
    on(event: 'packet', listener: (packet: { readonly buf: Buffer; readonly header: Buffer }) => void): void;
    stats(): { readonly ps_recv: number; readonly ps_drop: number };
    close(): void;
  }

  export interface PcapOptions {
    readonly filter: string;
    readonly buffer_size: number;
    readonly snap_length: number;
    readonly buffer_timeout: number;
    readonly promiscuous: boolean;
  }

  const pcap: {
    warningHandler: (text: string) => void;
    createSession(device: string, options: PcapOptions): PcapSession;
  };
  export default pcap;
}
