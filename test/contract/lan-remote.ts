import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import type { AddressHolder, InterfaceAddress } from '../../hal/address-holder.ts';
import type { DatagramNet, DatagramSocket, Endpoint } from '../../hal/datagram.ts';
import { HalError } from '../../hal/errors.ts';
import type { Reachability } from '../../hal/reachability.ts';
import { companion } from './companion.ts';
import type { Ask, Tell } from './lan-talk.ts';

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

export interface Move {
  readonly addMs: number;
  readonly announceMs: number;
  readonly firstMs: number;
}

/** The Linux drivers as they run in a namespace, in a process of their own. */
export class LanRemote {
  readonly holder: AddressHolder;
  readonly reachability: Reachability;
  readonly datagram: Pick<DatagramNet, 'bind'>;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #waiting = new Map<number, (told: Tell) => void>();
  readonly #watchers = new Map<number, (told: Tell) => void>();
  #ids = 0;

  /** `prefix`: what to run it with, as `setpriv` and its options. */
  constructor(namespace: string, prefix: readonly string[] = []) {
    const args = ['netns', 'exec', namespace, ...prefix, process.execPath, companion('test/contract/lan-machine.child.ts')];
    this.#process = spawn('ip', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process.on('message', (told: Tell) => this.#told(told));
    this.#ended = new Promise((resolve) => this.#process.on('exit', () => resolve(this.#end())));
    const change = (method: 'add' | 'announce' | 'remove') => (address: InterfaceAddress): Promise<void> => this.#ask({ kind: 'holder', method, address });
    this.holder = { add: change('add'), announce: change('announce'), remove: change('remove'), held: (address) => this.#ask({ kind: 'holder', method: 'held', address }) };
    this.reachability = { answers: (address, timeoutMs) => this.#ask({ kind: 'answers', address, timeoutMs }), interfaceTowards: (address) => this.#ask({ kind: 'towards', address }), watchCarrier: (name, changed) => this.#watch(name, changed) };
    this.datagram = { bind: (local) => this.#bind(local) };
  }

  /** See `lan-machine.child.ts`. */
  move(address: InterfaceAddress, port: number): Promise<Move> {
    return this.#ask({ kind: 'move', address, port });
  }

  /** Descriptors that its process holds. */
  openFiles(): number {
    return readdirSync(`/proc/${this.#process.pid}/fd`).length;
  }

  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#ended;
  }

  async #bind(local: Endpoint): Promise<DatagramSocket> {
    const id = this.#ids + 1;
    const proxy: DatagramSocket = {
      local: await this.#ask<Endpoint>({ kind: 'bind', local }, (told) => {
        if (told.kind === 'heard') proxy.received?.(Buffer.from(told.text, 'latin1'), told.from);
      }),
      received: null,
      failed: null,
      send: (bytes, to) => void this.#ask({ kind: 'send', socket: id, text: Buffer.from(bytes).toString('latin1'), to }).catch(() => {}),
      close: () => this.#close(id),
    };
    return proxy;
  }

  async #watch(name: string, changed: (up: boolean) => void): Promise<{ close(): void }> {
    const id = this.#ids + 1;
    await this.#ask({ kind: 'watch', name }, (told) => {
      if (told.kind === 'carrier') changed(told.up);
    });
    return { close: () => this.#close(id) };
  }

  #close(id: number): void {
    this.#watchers.delete(id);
    this.#ask({ kind: 'close', what: id }).catch(() => {});
  }

  #ask<T>(ask: Unnumbered<Ask>, watcher?: (told: Tell) => void): Promise<T> {
    const id = ++this.#ids;
    if (watcher !== undefined) this.#watchers.set(id, watcher);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (told) => {
        if (told.kind === 'done') resolve(told.value as T);
        else if (told.kind === 'refused') reject(new HalError(told.error.id, told.error.place, told.error.message.slice(told.error.place.length + 2)));
      });
      if (this.#process.connected) this.#process.send({ id, ...ask });
      else this.#end();
    });
  }

  #told(told: Tell): void {
    // An answer and the news behind it may come in one piece: whoever awaits the answer must have it first.
    if (told.kind !== 'done' && told.kind !== 'refused') return void setImmediate(() => this.#watchers.get(told.id)?.(told));
    this.#waiting.get(told.id)?.(told);
    this.#waiting.delete(told.id);
  }

  #end(): void {
    for (const id of [...this.#waiting.keys()]) this.#told({ kind: 'refused', id, error: { id: 'closed', place: 'lan machine', message: 'lan machine: its process has ended' } });
  }
}
