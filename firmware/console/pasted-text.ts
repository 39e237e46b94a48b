import type { Clock } from '../../hal/clock.ts';
import type { RawChannel } from './zmodem/raw-channel.ts';

/** A person who has gone does not keep the terminal. */
const patienceMs = 120_000;
const interrupt = 0x03;

export type Pasted = { readonly text: string } | 'stopped' | 'too-large';

export interface PasteParts {
  readonly clock: Clock;
  readonly channel: RawChannel;
  /** The session ends. */
  readonly signal: AbortSignal;
}

/** Lines as they are pasted, up to one with a single dot; Ctrl-C, two minutes without a sign, or more than `mostBytes` end it. What comes is echoed. */
export function pastedText({ clock, channel, signal }: PasteParts, mostBytes: number): Promise<Pasted> {
  return new Promise((resolve) => {
    const bytes: number[] = [];
    let lineAt = 0;
    let before = 0;
    const end = (pasted: Pasted): void => {
      wait.cancel();
      [channel.received, channel.closed] = [null, null];
      channel.write(Uint8Array.of(13, 10));
      resolve(pasted);
    };
    const stop = (): void => end('stopped');
    let wait = clock.after('pasted text', patienceMs, stop);
    const take = (byte: number): boolean => {
      if (byte === interrupt) return stop(), true;
      const ends = byte === 13 || byte === 10;
      const pair = byte === 10 && before === 13;
      before = byte;
      if (pair) return false;
      if (ends && bytes.length - lineAt === 1 && bytes[lineAt] === 0x2e) return end({ text: Buffer.from(bytes.slice(0, lineAt)).toString('utf8') }), true;
      bytes.push(ends ? 10 : byte);
      if (ends) lineAt = bytes.length;
      if (bytes.length > mostBytes + 2) return end('too-large'), true;
      return false;
    };
    channel.received = (pasted) => {
      wait.cancel();
      wait = clock.after('pasted text', patienceMs, stop);
      channel.write(echo(pasted));
      pasted.some(take);
    };
    channel.closed = stop;
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Nothing that is pasted can move the cursor. */
const echo = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes].flatMap((byte, at) => (byte === 10 && bytes[at - 1] === 13 ? [] : byte === 13 || byte === 10 ? [13, 10] : byte < 32 || byte === 127 ? [] : [byte])));
