import { request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { DownloadHead, DownloadQuestion, Downloads, DownloadSink } from '../../download.ts';
import { isWebAddress } from '../../download.ts';
import { HalError } from '../../errors.ts';
import { asHalError } from './http-error.ts';

const mostRedirections = 5;
/** The pace is kept over spans of this length. */
const paceMs = 100;

/** Fetches by Node's own HTTP, a connection each, one piece at a time: what is not taken yet waits in the network. */
export class WebDownloads implements Downloads {
  async fetch(question: DownloadQuestion, sink: DownloadSink, signal: AbortSignal): Promise<void> {
    const whole = AbortSignal.any([signal, AbortSignal.timeout(question.wholeMs)]);
    try {
      const response = await this.#answer(question, whole);
      await sink.begin(headOf(question, response));
      await drain(response, question, sink, whole);
    } catch (error) {
      if (signal.aborted) throw new HalError('closed', question.url, 'it was broken off', error);
      if (whole.aborted) throw new HalError('timed-out', question.url, `it was not here within ${Math.round(question.wholeMs / 60_000)} min`, error);
      throw asHalError(question.url, error);
    }
  }

  async #answer(question: DownloadQuestion, signal: AbortSignal): Promise<IncomingMessage> {
    let { url } = question;
    let asked = question;
    for (let left = mostRedirections; ; left--) {
      const response = await ask(url, asked, signal);
      const status = response.statusCode ?? 0;
      // It broke off at the very end, or the file is shorter now: all of it is asked for anew.
      if (status === 416 && asked.from > 0) {
        response.destroy();
        asked = { ...question, from: 0 };
        continue;
      }
      const { location } = response.headers;
      if (status < 300 || status > 399 || location === undefined) return taken(response, question);
      response.destroy();
      const next = URL.canParse(location, url) ? new URL(location, url).href : '';
      if (left === 0 || !isWebAddress(next) || (url.startsWith('https:') && !next.startsWith('https:'))) throw new HalError('unsupported', question.url, 'it leads on to somewhere that is not followed');
      url = next;
    }
  }
}

function ask(url: string, { from, validator, silentMs }: DownloadQuestion, signal: AbortSignal): Promise<IncomingMessage> {
  if (!isWebAddress(url)) throw new HalError('unsupported', url, 'only http and https are spoken');
  const headers = from === 0 || validator === null ? {} : { range: `bytes=${from}-`, 'if-range': validator };
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = (url.startsWith('https:') ? secureRequest : plainRequest)(url, { method: 'GET', headers: { ...headers, 'accept-encoding': 'identity' }, agent: false, signal });
    // Of the connection: no octet in either direction for so long.
    asked.setTimeout(silentMs, () => asked.destroy(new HalError('timed-out', url, `nothing came for ${silentMs / 1000} s`)));
    asked.once('error', (error) => reject(asHalError(url, error)));
    asked.once('response', resolve);
    asked.end();
  });
}

function taken(response: IncomingMessage, question: DownloadQuestion): IncomingMessage {
  const status = response.statusCode ?? 0;
  if (status === 200 || status === 206) return response;
  response.destroy();
  if (status === 404 || status === 410) throw new HalError('not-found', question.url, `the other side has no such file (${status})`);
  if (status === 401 || status === 403) throw new HalError('permission-denied', question.url, `the other side does not give it (${status})`);
  // RFC 9110, 15.6; RFC 6585, 4: of the moment, so that asking again may help.
  if (status === 408 || status === 429 || status > 499) throw new HalError('connection-lost', question.url, `the other side cannot give it now (${status})`);
  throw new HalError('unsupported', question.url, `the other side answers with ${status}`);
}

/** Errors: too-large, unsupported. */
function headOf({ url, from, mostBytes }: DownloadQuestion, { statusCode, headers }: IncomingMessage): DownloadHead {
  const validator = headers.etag !== undefined && !headers.etag.startsWith('W/') ? headers.etag : (headers['last-modified'] ?? null);
  const length = Number(headers['content-length'] ?? NaN);
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '');
  if (statusCode === 206 && Number(range?.[1]) !== from) throw new HalError('unsupported', url, 'the other side continues elsewhere than it was asked');
  const offset = statusCode === 206 ? from : 0;
  const totalBytes = statusCode === 206 ? Number(range?.[2]) : Number.isSafeInteger(length) ? length : null;
  if ((totalBytes ?? 0) > mostBytes) throw new HalError('too-large', url, `it has ${totalBytes} bytes, more than ${mostBytes}`);
  return { offset, totalBytes, validator };
}

async function drain(response: IncomingMessage, { url, from, mostBytes, bytesPerSec, silentMs }: DownloadQuestion, sink: DownloadSink, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  let bytes = 0;
  response.setTimeout(silentMs, () => response.destroy(new HalError('timed-out', url, `nothing came for ${silentMs / 1000} s`)));
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes + (response.statusCode === 206 ? from : 0) > mostBytes) throw new HalError('too-large', url, `it has more than ${mostBytes} bytes`);
    await sink.take(piece);
    const aheadMs = (bytes / bytesPerSec) * 1000 - (performance.now() - began);
    if (aheadMs > paceMs) await pause(aheadMs, undefined, { signal });
  }
  if (!response.complete) throw new HalError('connection-lost', url, 'the connection ended before the file did');
}
