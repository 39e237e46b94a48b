import type { Clock, Timer } from '../../../hal/clock.ts';
import type { RawChannel } from './raw-channel.ts';
import type { ReceiveEffect, ReceiveInput, ReceiveState, TransferEnd } from './receive-machine.ts';
import { receiveStart, receiveStep } from './receive-machine.ts';
import type { SendEffect, SendEnd, SendInput, SendState } from './send-machine.ts';
import { sendStart, sendStep } from './send-machine.ts';
import { crc32, frame, subpacketEnd } from './zmodem-bytes.ts';
import { ZmodemDecoder } from './zmodem-decoder.ts';
import { binaryHeader, cancelSequence, fileInfo, hexHeader, subpacket } from './zmodem-encode.ts';

/** Nothing good came for so long. */
const lateMs = 10_000;
/** In a file silence is trouble sooner: what is on its way is lost. */
const lateInFileMs = 3000;
/** Data wait for the line in such amounts, so that a ZRPOS does not have to wait for much that is out of date. */
const aheadBytes = 4096;
const roomMs = 5;
/** After the end, what still comes ("OO", a cancel that crossed ours) is not taken for keys. */
const settleMs = 300;

export interface ReceivedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Transfer {
  readonly clock: Clock;
  readonly channel: RawChannel;
  readonly signal: AbortSignal;
}

type Ended<End> = (end: End) => void;

/** What sending and receiving have in common: octets to events, one timer, and an end that comes once. */
abstract class Exchange<Input, End> {
  protected readonly parts: Transfer;
  protected readonly decoder = new ZmodemDecoder();
  readonly #ended: Ended<End>;
  readonly #aborted: () => void;
  #timer: Timer | null = null;
  #over = false;

  constructor(parts: Transfer, ended: Ended<End>, cancelled: End) {
    this.parts = parts;
    this.#ended = ended;
    parts.channel.received = (bytes) => this.#received(bytes);
    parts.channel.closed = () => this.finish(cancelled, 0);
    this.#aborted = () => {
      this.say(cancelSequence());
      this.finish(cancelled);
    };
    parts.signal.addEventListener('abort', this.#aborted);
  }

  protected abstract step(input: Input): void;
  /** How long may pass without anything good. */
  protected abstract patienceMs(): number;
  protected abstract readonly lateInput: Input;

  protected say(bytes: Uint8Array): void {
    this.parts.channel.write(bytes);
  }

  protected get over(): boolean {
    return this.#over;
  }

  protected finish(end: End, afterMs = settleMs): void {
    if (this.#over) return;
    this.#over = true;
    this.parts.signal.removeEventListener('abort', this.#aborted);
    this.#timer?.cancel();
    if (afterMs === 0) return this.#ended(end);
    this.parts.clock.after('zmodem end', afterMs, () => this.#ended(end));
  }

  /** Time begins anew. */
  protected touch(): void {
    if (this.#over) return;
    this.#timer?.cancel();
    this.#timer = this.parts.clock.after('zmodem', this.patienceMs(), () => {
      this.step(this.lateInput);
      this.touch();
    });
  }

  #received(bytes: Uint8Array): void {
    for (let at = 0; !this.#over; ) {
      const found = this.decoder.next(bytes, at);
      if (found === null) return;
      at = found.at;
      this.step(found.event as Input);
      this.touch();
    }
  }
}

/** Takes a file as it comes, in place of memory; copies what it is given. A sentence on what is wrong ends the transfer; null = goes on. */
export type FileSink = (bytes: Uint8Array) => string | null;

class Receiving extends Exchange<ReceiveInput, TransferEnd> {
  protected readonly lateInput = { kind: 'late' } as const;
  #state: ReceiveState = receiveStart;
  readonly #accepts: (name: string, bytes: number | null) => boolean;
  readonly #mostBytes: number;
  readonly files: ReceivedFile[] = [];
  readonly #sink: FileSink | null;
  #name = '';
  #pieces: Uint8Array[] = [];
  #crc = 0;

  constructor(parts: Transfer, accepts: (name: string, bytes: number | null) => boolean, mostBytes: number, ended: Ended<TransferEnd>, sink: FileSink | null = null) {
    super(parts, ended, 'cancelled');
    this.#accepts = accepts;
    this.#mostBytes = mostBytes;
    this.#sink = sink;
    this.step({ kind: 'start' });
    this.touch();
  }

  protected patienceMs(): number {
    return this.#state.place === 'file' || this.#state.place === 'summing' ? lateInFileMs : lateMs;
  }

  protected step(input: ReceiveInput): void {
    const { state, effects } = receiveStep(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: ReceiveEffect): void {
    switch (effect.do) {
      case 'header':
        return this.say(hexHeader(effect.header));
      case 'expect-data':
        return this.decoder.expectData();
      case 'offered':
        this.#name = effect.name;
        this.#pieces = [];
        this.#crc = 0;
        return this.step({ kind: this.#accepts(effect.name, effect.bytes) ? 'accepted' : 'refused' });
      case 'store':
        return this.#store(effect.bytes);
      case 'whole':
        return this.#whole(effect.checksum);
      case 'cancel':
        return this.say(cancelSequence());
      case 'end':
        return this.finish(effect.end);
    }
  }

  #whole(checksum: number | null): void {
    const bytes = Buffer.concat(this.#pieces.splice(0));
    if (checksum === null || checksum === this.#crc) return void this.files.push({ name: this.#name, bytes });
    this.say(cancelSequence());
    this.finish({ failed: 'the file came damaged: send it again' });
  }

  /** The size that was offered is only a promise. */
  #store(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
    if (this.#sink === null) this.#pieces.push(bytes);
    const wrong = this.#state.offset > this.#mostBytes ? `the file is larger than ${this.#mostBytes} bytes` : (this.#sink?.(bytes) ?? null);
    if (wrong === null) return;
    this.#pieces = [];
    this.say(cancelSequence());
    this.finish({ failed: wrong });
  }
}

class Sending extends Exchange<SendInput, SendEnd> {
  protected readonly lateInput = { kind: 'late' } as const;
  readonly #file: ReceivedFile;
  #state: SendState;
  #room: Timer | null = null;

  constructor(parts: Transfer, file: ReceivedFile, ended: Ended<SendEnd>) {
    super(parts, ended, 'cancelled');
    this.#file = file;
    this.#state = sendStart(file.bytes.length);
    this.step({ kind: 'start' });
    this.touch();
  }

  protected patienceMs(): number {
    return lateMs;
  }

  protected step(input: SendInput): void {
    const { state, effects } = sendStep(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#do(effect);
    if (!this.over && this.#state.place === 'streaming') this.#whenRoom();
  }

  /** Data go as fast as the line takes them. */
  #whenRoom(): void {
    this.#room ??= this.parts.clock.after('zmodem room', this.parts.channel.waitingBytes < aheadBytes ? 0 : roomMs, () => {
      this.#room = null;
      if (this.over || this.#state.place !== 'streaming') return;
      if (this.parts.channel.waitingBytes >= aheadBytes) return this.#whenRoom();
      this.step({ kind: 'room' });
      this.touch();
    });
  }

  #do(effect: SendEffect): void {
    const { name, bytes } = this.#file;
    switch (effect.do) {
      case 'invite':
        return this.say(Buffer.concat([Buffer.from('rz\r'), hexHeader({ type: frame.rqinit, value: 0 })]));
      case 'header':
        return this.say(hexHeader(effect.header));
      case 'offer':
        return this.say(Buffer.concat([binaryHeader({ type: frame.file, value: 0 }, effect.wide), subpacket(fileInfo(name, bytes.length, this.parts.clock.wall() / 1000), subpacketEnd.overAck, effect.wide)]));
      case 'drop-waiting':
        return this.parts.channel.drop();
      case 'data-from':
        return this.say(binaryHeader({ type: frame.data, value: effect.offset }, effect.wide));
      case 'data':
        return this.say(subpacket(bytes.subarray(effect.from, effect.to), effect.end, effect.wide));
      case 'checksum':
        return this.say(hexHeader({ type: frame.crc, value: crc32(bytes) }));
      case 'over-and-out':
        return this.say(Buffer.from('OO'));
      case 'cancel':
        return this.say(cancelSequence());
      case 'end':
        return this.finish(effect.end);
    }
  }
}

/** Offers one file to whoever runs `rz` at the other end; resolves when it is there, or will not be. */
export function sendFile(transfer: Transfer, file: ReceivedFile): Promise<SendEnd> {
  return new Promise((resolve) => void new Sending(transfer, file, resolve));
}

/** Takes what `sz` offers at the other end. `accepts`: whether a file of that name and size is wanted. Files larger than `mostBytes` end it. With a sink the files that are told are empty. */
export function receiveFiles(transfer: Transfer, accepts: (name: string, bytes: number | null) => boolean, mostBytes: number, sink: FileSink | null = null): Promise<{ readonly end: TransferEnd; readonly files: readonly ReceivedFile[] }> {
  return new Promise((resolve) => {
    const receiving: Receiving = new Receiving(transfer, accepts, mostBytes, (end) => resolve({ end, files: receiving.files }), sink);
  });
}
