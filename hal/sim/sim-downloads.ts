import type { Clock } from '../clock.ts';
import type { DownloadQuestion, Downloads, DownloadSink } from '../download.ts';
import { isWebAddress } from '../download.ts';
import { HalError, type HalErrorId } from '../errors.ts';

export interface SimFile {
  readonly content: Uint8Array;
  readonly validator?: string | null;
  /** Breaks off after so many bytes of an answer, this many times. */
  breaksAfter?: { bytes: number; times: number };
}

const pieceBytes = 16_384;

/** A web with files as the test puts them. */
export class SimDownloads implements Downloads {
  readonly files = new Map<string, SimFile>();
  readonly asked: DownloadQuestion[] = [];
  /** Every question fails with this. */
  fails: HalErrorId | null = null;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async fetch(question: DownloadQuestion, sink: DownloadSink, signal: AbortSignal): Promise<void> {
    const { url, from, mostBytes, bytesPerSec } = question;
    this.asked.push(question);
    if (!isWebAddress(url)) throw new HalError('unsupported', url, 'only http and https are spoken');
    if (this.fails !== null) throw new HalError(this.fails, url, 'as the test asked');
    const file = this.files.get(url);
    if (file === undefined) throw new HalError('not-found', url, 'the other side has no such file (404)');
    const validator = file.validator === undefined ? '"1"' : file.validator;
    const offset = validator !== null && validator === question.validator ? from : 0;
    if (file.content.length > mostBytes) throw new HalError('too-large', url, `it has ${file.content.length} bytes, more than ${mostBytes}`);
    await sink.begin({ offset, totalBytes: file.content.length, validator });
    for (let at = offset; at < file.content.length; at += pieceBytes) {
      const piece = file.content.subarray(at, at + pieceBytes);
      await new Promise<void>((resolve) => void this.#clock.after('sim download', Math.max(1, (piece.length / bytesPerSec) * 1000), resolve));
      if (signal.aborted) throw new HalError('closed', url, 'it was broken off');
      await sink.take(piece);
      const breaks = file.breaksAfter;
      if (breaks === undefined || breaks.times === 0 || at + pieceBytes - offset < breaks.bytes) continue;
      breaks.times -= 1;
      throw new HalError('connection-lost', url, 'the connection ended before the file did');
    }
  }
}
