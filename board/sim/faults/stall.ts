import { BroadcastChannel } from 'node:worker_threads';

const everyMs = 4000;
const stallMs = 3000;
const channelName = 'understudy stall';

/** What the main thread tells the media thread. */
type Order = 'off' | 'stalls' | 'hang';

/** Stops the thread that calls it. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Stops its thread for 3 s out of 4 while it is on. */
export class Staller {
  #timer: NodeJS.Timeout | null = null;

  set on(on: boolean) {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = on ? setInterval(() => standStill(stallMs), everyMs) : null;
  }
}

/** In the media thread: obeys the orders of the main thread. A thread that hangs hears nothing any more. */
export function obeyStallOrders(): void {
  const staller = new Staller();
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = (message) => {
    const order = (message as { data: Order }).data;
    staller.on = order === 'stalls';
    if (order === 'hang') standStill(Infinity);
  };
  channel.unref();
}

/** In the main thread. */
export function stallOrders(): (order: Order) => void {
  const channel = new BroadcastChannel(channelName);
  channel.unref();
  return (order) => channel.postMessage(order);
}
