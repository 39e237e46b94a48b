import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';

interface Granted {
  readonly topic: string;
  /** 128 and more: refused. */
  readonly qos: number;
}

/** What is used of the package's client. */
export class MqttClient {
  constructor(socket: () => Socket, options: object);
  readonly connected: boolean;
  /** Called behind each message; the next one waits for `taken`. */
  handleMessage: (packet: unknown, taken: () => void) => void;
  on(event: 'error', heard: (cause: unknown) => void): this;
  on(event: 'message', heard: (topic: string, payload: Buffer, packet: { readonly retain: boolean }) => void): this;
  on(event: 'disconnect', heard: (packet: { readonly reasonCode?: number }) => void): this;
  on(event: 'packetreceive', heard: () => void): this;
  once(event: 'connect' | 'close', heard: () => void): this;
  removeListener(event: 'close', heard: () => void): this;
  publish(topic: string, payload: Buffer, options: { readonly qos: 0 | 1; readonly retain: boolean }, done: (error?: unknown) => void): this;
  subscribe(filters: string[], options: { readonly qos: 0 | 1 }, done: (error: unknown, granted?: readonly Granted[]) => void): this;
  end(force: boolean, options?: object, done?: () => void): this;
}
