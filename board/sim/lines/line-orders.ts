/**
 * The far ends of the simulated lines live in the media thread, beside their driver; the console that moves them does not. Orders go
 * one way, news the other, over a channel of their own.
 */
import { BroadcastChannel } from 'node:worker_threads';
import type { CallerId, LineTone } from '../../../hal/line.ts';
import type { SimExchangeNews } from '../../../hal/sim/sim-exchange.ts';
import type { SimTelephoneNews } from '../../../hal/sim/sim-telephone.ts';

const channelName = 'understudy simulated lines';

/** What a far end is to do; `place` is that of the line. Acts of the other kind of far end are ignored. */
export type SimLineOrder = { readonly place: string } & (
  | { readonly act: 'ring'; readonly callerId: CallerId | null }
  | { readonly act: 'connect' | 'lift' | 'put-down' | 'flash' | 'unplug' | 'plug' }
  /** Gives up while it rings. `by` absent: as the line shows it; null: not at all. */
  | { readonly act: 'hang-up'; readonly by?: 'loop' | 'polarity' | 'battery' | 'report' | null; readonly tone?: LineTone | null }
  | { readonly act: 'tone'; readonly tone: LineTone | null }
  /** Codes of the line's law, after what is being said. */
  | { readonly act: 'speak'; readonly codes: Uint8Array }
  | { readonly act: 'keys'; readonly keys: string; readonly via: 'dtmf' | 'pulse' }
  | { readonly act: 'battery'; readonly present: boolean }
  /** Whether what it hears is told, as `heard`. */
  | { readonly act: 'listen'; readonly on: boolean }
  /** Asks for `state`. */
  | { readonly act: 'ask' }
);

export type SimLineNews = { readonly place: string } & (
  | { readonly news: SimExchangeNews | SimTelephoneNews }
  /** 100 ms of what the unit sends. */
  | { readonly news: 'heard'; readonly codes: Uint8Array }
  | { readonly news: 'state'; readonly kind: 'trunk' | 'phone'; readonly offHook: boolean; readonly ringing: boolean; readonly speaking: boolean; readonly lampLit: boolean; readonly callerId: CallerId | null; readonly dialled: string }
);

/** One end of the channel. It keeps no thread alive. */
export class SimLineChannel<In, Out> {
  received: ((message: In) => void) | null = null;
  readonly #channel = new BroadcastChannel(channelName);

  constructor() {
    this.#channel.onmessage = (message) => this.received?.((message as { data: In }).data);
    this.#channel.unref();
  }

  send(message: Out): void {
    this.#channel.postMessage(message);
  }

  close(): void {
    this.#channel.close();
  }
}

/** In the main thread. */
export const simLineOrders = (): SimLineChannel<SimLineNews, SimLineOrder> => new SimLineChannel();
