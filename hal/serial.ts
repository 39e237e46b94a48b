import type { HalError } from './errors.ts';

export interface SerialSettings {
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
  /** 'hardware': RTS and CTS. */
  readonly flow: 'none' | 'hardware';
  /** Breaks are told by `broke`; without it a break is a byte 0, as any other. */
  readonly breaks?: boolean;
}

/** What the other end shows by its lines; a three-wire cable shows none of them, ever. */
export interface ModemLines {
  /** Data set ready: a terminal program is there. */
  readonly dsr: boolean;
  /** Carrier. */
  readonly dcd: boolean;
}

/** Eight bits, no parity, one stop bit, no flow control: what nearly everything speaks. */
export const plainSerial = (baud: number): SerialSettings => ({ baud, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' });

/** Bytes that may wait to be sent. */
export const serialQueueBytes = 4096;

/** An open serial line, single use: `close` ends it for good. Bytes come as the line has them: torn, joined, garbled, or not at all. */
export interface SerialPort {
  /** Queues a copy and returns at once. False = `serialQueueBytes` would be exceeded, or the line is closed: nothing was taken. */
  write(bytes: Uint8Array): boolean;
  /** `bytes` is only valid during the call. Set it right after `open`: what comes while nobody listens is lost. */
  received: ((bytes: Uint8Array) => void) | null;
  /** The other end holds the line down for longer than a byte, to call for attention. Only where `breaks` was asked for. */
  broke: (() => void) | null;
  /** The device is gone or hung up; nothing is called after it. Not called for `close`. */
  closed: ((error: HalError) => void) | null;
  /** From now on, both directions. Errors: unsupported (the device has no such rate), closed. */
  setBaud(baud: number): Promise<void>;
  /** As they are now. Errors: unsupported (a pseudo-terminal has none), closed. */
  modemLines(): Promise<ModemLines>;
  /** A break of about so long, as a reset or attention signal. Errors: unsupported (a pseudo-terminal), closed. */
  sendBreak(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface SerialPorts {
  /** Takes the device for this program alone. Errors: not-found, busy, permission-denied, unsupported, io. */
  open(device: string, settings: SerialSettings): Promise<SerialPort>;
}
