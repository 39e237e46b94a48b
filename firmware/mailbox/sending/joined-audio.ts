import { alawToUlaw, ulawToAlaw } from '../../../hal/g711.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { CodecName } from '../../media/media-protocol.ts';
import type { MessageReader } from '../message-store.ts';
import { RecordingReader } from '../recording-reader.ts';

/** A log and how many bytes of its audio count. */
export interface AudioPiece {
  readonly path: string;
  readonly bytes: number;
}

/** Several recordings, heard as one: in the codec of the last, into which the others are brought by table. */
export class JoinedAudio implements MessageReader {
  readonly codec: CodecName;
  readonly bytes: number;
  readonly #readers: readonly MessageReader[];

  constructor(readers: readonly MessageReader[]) {
    this.#readers = readers;
    this.codec = readers.at(-1)?.codec ?? 'PCMU';
    this.bytes = readers.reduce((sum, reader) => sum + reader.bytes, 0);
  }

  /** Errors: HalError; then none is left open. */
  static async open(storage: Storage, pieces: readonly AudioPiece[], last?: MessageReader): Promise<JoinedAudio> {
    const readers: MessageReader[] = [];
    try {
      for (const { path, bytes } of pieces) readers.push(await RecordingReader.open(storage, path, bytes));
    } catch (error) {
      for (const reader of [...readers, ...(last === undefined ? [] : [last])]) await reader.close();
      throw error;
    }
    return new JoinedAudio(last === undefined ? readers : [...readers, last]);
  }

  get damaged(): boolean {
    return this.#readers.some((reader) => reader.damaged);
  }

  /** Stops at the end of a piece: who reads goes on from there. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    let begin = 0;
    for (const reader of this.#readers) {
      if (offset < begin + reader.bytes) return this.#inMyCodec(reader, await reader.read(offset - begin, length));
      begin += reader.bytes;
    }
    return new Uint8Array(0);
  }

  async close(): Promise<void> {
    for (const reader of this.#readers) await reader.close();
  }

  #inMyCodec(reader: MessageReader, audio: Uint8Array): Uint8Array {
    if (reader.codec === this.codec) return audio;
    const table = this.codec === 'PCMA' ? ulawToAlaw : alawToUlaw;
    return audio.map((code) => table[code] as number);
  }
}
