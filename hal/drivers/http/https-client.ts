import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { HalError } from '../../errors.ts';
import { isHttps, type HttpAnswer, type HttpClient, type HttpQuestion } from '../../http.ts';
import { halError } from '../linux/errno.ts';
import { asHalError } from './http-error.ts';

/** Fetches by Node's own HTTPS, a connection each. */
export class HttpsClient implements HttpClient {
  async get(question: HttpQuestion): Promise<HttpAnswer> {
    if (!isHttps(question.url)) throw new HalError('unsupported', question.url, 'only https is spoken');
    const ca = question.authority === null ? undefined : await readFile(question.authority).catch((error: unknown) => Promise.reject(halError(question.authority as string, error)));
    return new Promise((resolve, reject) => {
      const { url, headers, timeoutMs } = question;
      const asked = request(url, { method: 'GET', headers, agent: false, ...(ca === undefined ? {} : { ca }) });
      const limit = setTimeout(() => asked.destroy(new HalError('timed-out', url, `there was no whole answer within ${timeoutMs} ms`)), timeoutMs);
      const over = <Outcome>(tell: (outcome: Outcome) => void) => (outcome: Outcome): void => {
        clearTimeout(limit);
        tell(outcome);
      };
      const refused = over((error: unknown) => reject(asHalError(url, error)));
      asked.on('error', refused);
      asked.on('response', (response) => bodyOf(response, question).then(over((body: Uint8Array) => resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body })), refused));
      asked.end();
    });
  }
}

async function bodyOf(response: IncomingMessage, { url, mostBytes }: HttpQuestion): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) throw new HalError('too-large', url, `the answer has more than ${mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const headersOf = ({ headers }: IncomingMessage): Record<string, string> => Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
