import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HttpAnswer, HttpClient, HttpQuestion } from '../../hal/http.ts';
import { refusal, result, type Passing } from './passing.ts';

/** What the other side does with a question; `afterMs` before it says a word. */
export interface Page {
  readonly answer: (question: Pick<HttpQuestion, 'headers'>) => Partial<HttpAnswer>;
  readonly afterMs?: number;
}

export interface HttpWorld {
  readonly client: HttpClient;
  readonly passing: Passing;
  /** Of a page. */
  url(path: string): string;
  /** Who vouches for the pages. */
  readonly authority: string | null;
  /** What is at no path that was put is not found (404). */
  put(path: string, page: Page): void;
  end(): Promise<void>;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array): string => new TextDecoder().decode(body);

/** What every `HttpClient` does. */
export function httpContract(driver: string, make: () => Promise<HttpWorld>): void {
  const check = (name: string, body: (world: HttpWorld, get: (path: string, more?: Partial<HttpQuestion>) => Promise<HttpAnswer>) => Promise<void>): void => {
    test(`http ${driver}: ${name}`, async () => {
      const world = await make();
      try {
        await body(world, (path, more = {}) => world.client.get({ url: world.url(path), headers: {}, authority: world.authority, timeoutMs: 2000, mostBytes: 1000, ...more }));
      } finally {
        await world.end();
      }
    });
  };

  check('a page arrives with status, headers and body, and the other side has the headers of the question', async ({ put, passing }, get) => {
    put('/flow', { answer: ({ headers }) => ({ headers: { 'x-version': '7' }, body: bytes(`for ${headers['authorization']}: Grüße`) }) });
    const { status, headers, body } = await result(passing, get('/flow', { headers: { authorization: 'Bearer walnut' } }));
    assert.equal([status, headers['x-version'], text(body)], [200, '7', 'for Bearer walnut: Grüße']);
  });

  check('a page that is not there, one that is forbidden, and a redirection are told as they are', async ({ put, passing }, get) => {
    put('/forbidden', { answer: () => ({ status: 403 }) });
    put('/moved', { answer: () => ({ status: 301, headers: { location: '/forbidden' } }) });
    assert.is((await result(passing, get('/nowhere'))).status, 404);
    assert.is((await result(passing, get('/forbidden'))).status, 403);
    const { status, headers } = await result(passing, get('/moved'));
    assert.equal([status, headers['location']], [301, '/forbidden']);
  });

  check('an answer of the most bytes is taken, one byte more is too large', async ({ put, passing }, get) => {
    for (const size of [1000, 1001]) put(`/${size}`, { answer: () => ({ body: new Uint8Array(size).fill(120) }) });
    assert.is((await result(passing, get('/1000'))).body.length, 1000);
    assert.is(await refusal(passing, get('/1001')), 'too-large');
  });

  check('an answer that does not come in time is a time-out', async ({ put, passing }, get) => {
    put('/slow', { answer: () => ({ body: bytes('late') }), afterMs: 900 });
    assert.is(await refusal(passing, get('/slow', { timeoutMs: 200 })), 'timed-out');
    assert.is(text((await result(passing, get('/slow'))).body), 'late');
  });

  check('what is not https, or no URL, is refused', async ({ url, passing }, get) => {
    assert.is(await refusal(passing, get('/', { url: url('/').replace('https:', 'http:') })), 'unsupported');
    assert.is(await refusal(passing, get('/', { url: 'the flow of the house' })), 'unsupported');
  });
}
