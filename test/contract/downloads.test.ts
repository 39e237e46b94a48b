import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DownloadHead, DownloadQuestion, Downloads } from '../../hal/download.ts';
import { WebDownloads } from '../../hal/drivers/http/web-downloads.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimDownloads } from '../../hal/sim/sim-downloads.ts';
import { realTime, refusal, result, virtualTime, type Passing } from './passing.ts';

interface World {
  readonly downloads: Downloads;
  readonly passing: Passing;
  url(path: string): string;
  put(path: string, content: Uint8Array, more?: { validator?: string; breaksAfter?: { bytes: number; times: number } }): void;
  end(): Promise<void>;
}

const content = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);

async function sim(): Promise<World> {
  const clock = new SimClock();
  const downloads = new SimDownloads(clock);
  const url = (path: string): string => `http://files.example${path}`;
  return { downloads, passing: virtualTime(clock), url, put: (path, bytes, more = {}) => void downloads.files.set(url(path), { content: bytes, ...more }), end: async () => undefined };
}

async function web(): Promise<World> {
  const files = new Map<string, { content: Uint8Array; validator: string; breaksAfter?: { bytes: number; times: number } }>();
  const server = createServer((request, response) => serve(files.get(request.url ?? ''), request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    downloads: new WebDownloads(), passing: realTime,
    url: (path) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    put: (path, bytes, more = {}) => void files.set(path, { content: bytes, validator: '"1"', ...more }),
    end: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}

function serve(file: { content: Uint8Array; validator: string; breaksAfter?: { bytes: number; times: number } } | undefined, { url, headers }: IncomingMessage, response: ServerResponse): void {
  if (url === '/moved') return void response.writeHead(302, { location: '/file' }).end();
  if (url === '/round') return void response.writeHead(302, { location: '/round' }).end();
  if (url === '/silent') return void response.writeHead(200, { 'content-length': 10 }).write('abc');
  if (url === '/forbidden') return void response.writeHead(403).end();
  if (url?.startsWith('/status/') === true) return void response.writeHead(Number(url.slice('/status/'.length))).end();
  if (url === '/whole' && headers.range !== undefined) return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
  if (file === undefined) return void response.writeHead(404).end();
  const from = headers['if-range'] === file.validator ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
  const body = file.content.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, { etag: file.validator, 'content-length': body.length, ...(from > 0 ? { 'content-range': `bytes ${from}-${file.content.length - 1}/${file.content.length}` } : {}) });
  if (file.breaksAfter === undefined || file.breaksAfter.times-- <= 0) return void response.end(body);
  response.write(body.subarray(0, file.breaksAfter.bytes), () => setTimeout(() => response.destroy(), 50));
}

for (const [name, make] of [['sim', sim], ['web', web]] as const) {
  const check = (what: string, body: (world: World, fetch: (path: string, more?: Partial<DownloadQuestion>, signal?: AbortSignal) => { done: Promise<void>; heads: DownloadHead[]; bytes: () => Buffer }) => Promise<void>): void => {
    test(`downloads ${name}: ${what}`, async () => {
      const world = await make();
      try {
        await body(world, (path, more = {}, signal = new AbortController().signal) => {
          const heads: DownloadHead[] = [];
          const parts: Uint8Array[] = [];
          const done = world.downloads.fetch({ url: world.url(path), from: 0, validator: null, mostBytes: 1_000_000, silentMs: 300, wholeMs: 5000, bytesPerSec: 10_000_000, ...more }, {
            begin: async (head) => void heads.push(head),
            take: async (piece) => void parts.push(piece.slice()),
          }, signal);
          return { done, heads, bytes: () => Buffer.concat(parts) };
        });
      } finally {
        await world.end();
      }
    });
  };

  check('a file arrives whole, with its size and what it is called', async ({ put, passing }, fetch) => {
    put('/file', content);
    const { done, heads, bytes } = fetch('/file');
    await result(passing, done);
    assert.equal(heads, [{ offset: 0, totalBytes: 100_000, validator: '"1"' }]);
    assert.ok(bytes().equals(content));
  });

  check('what broke off goes on where it was', async ({ put, passing }, fetch) => {
    put('/file', content, { breaksAfter: { bytes: 40_000, times: 1 } });
    const first = fetch('/file');
    assert.is(await refusal(passing, first.done), 'connection-lost');
    const had = first.bytes().length;
    assert.ok(had >= 40_000 && had < 100_000);
    const second = fetch('/file', { from: had, validator: first.heads[0]?.validator ?? null });
    await result(passing, second.done);
    assert.equal(second.heads, [{ offset: had, totalBytes: 100_000, validator: '"1"' }]);
    assert.ok(Buffer.concat([first.bytes(), second.bytes()]).equals(content));
  });

  check('a file that has changed meanwhile begins anew', async ({ put, passing }, fetch) => {
    put('/file', content, { validator: '"2"' });
    const { done, heads, bytes } = fetch('/file', { from: 40_000, validator: '"1"' });
    await result(passing, done);
    assert.equal([heads[0]?.offset, bytes().length], [0, 100_000]);
  });

  check('what is too large, not there, or no web address is refused before a byte', async ({ put, passing }, fetch) => {
    put('/file', content);
    for (const [path, more, id] of [['/file', { mostBytes: 99_999 }, 'too-large'], ['/nothing', {}, 'not-found'], ['/file', { url: 'ftp://files.example/file' }, 'unsupported']] as const) {
      const { done, bytes } = fetch(path, more);
      assert.is(await refusal(passing, done), id);
      assert.is(bytes().length, 0);
    }
  });

  check('it is broken off by who asked', async ({ put, passing }, fetch) => {
    put('/file', content);
    const stop = new AbortController();
    const { done } = fetch('/file', { bytesPerSec: 20_000 }, stop.signal);
    done.catch(() => undefined);
    await passing.pass(300);
    stop.abort();
    assert.is(await refusal(passing, done), 'closed');
  });
}

const withWeb = async (body: (world: World) => Promise<void>): Promise<void> => {
  const world = await web();
  await body(world).finally(() => world.end());
};

const question = { from: 0, validator: null, mostBytes: 1_000_000, silentMs: 300, wholeMs: 5000, bytesPerSec: 10_000_000 };
const nowhere = { begin: async () => undefined, take: async () => undefined };
const never = new AbortController().signal;

test('web: what the other side cannot do now may be asked for again, what it will not do may not', () => withWeb(async ({ downloads, url }) => {
  for (const [status, id] of [[500, 'connection-lost'], [502, 'connection-lost'], [503, 'connection-lost'], [429, 'connection-lost'], [400, 'unsupported'], [418, 'unsupported']] as const) {
    assert.is(await refusal(realTime, downloads.fetch({ ...question, url: url(`/status/${status}`) }, nowhere, never)), id, String(status));
  }
}));

test('web: where nothing is left to go on with, the file begins anew', () => withWeb(async ({ downloads, url, put }) => {
  put('/whole', content);
  const heads: DownloadHead[] = [];
  let bytes = 0;
  await downloads.fetch({ ...question, url: url('/whole'), from: content.length, validator: '"1"' }, { begin: async (head) => void heads.push(head), take: async (piece) => void (bytes += piece.length) }, never);
  assert.equal([heads.map(({ offset }) => offset), bytes], [[0], content.length]);
}));

test('web: a redirection is followed, a circle is not, and what is forbidden is told', () => withWeb(async ({ downloads, url, put }) => {
  put('/file', content);
  let bytes = 0;
  await downloads.fetch({ ...question, url: url('/moved') }, { ...nowhere, take: async (piece) => void (bytes += piece.length) }, never);
  assert.is(bytes, 100_000);
  assert.is(await refusal(realTime, downloads.fetch({ ...question, url: url('/round') }, nowhere, never)), 'unsupported');
  assert.is(await refusal(realTime, downloads.fetch({ ...question, url: url('/forbidden') }, nowhere, never)), 'permission-denied');
}));

test('web: a side that falls silent is left, and so is one that takes too long', () => withWeb(async ({ downloads, url, put }) => {
  assert.is(await refusal(realTime, downloads.fetch({ ...question, url: url('/silent') }, nowhere, never)), 'timed-out');
  put('/file', content);
  assert.is(await refusal(realTime, downloads.fetch({ ...question, url: url('/file'), bytesPerSec: 1000, wholeMs: 400 }, nowhere, never)), 'timed-out');
}));

test('web: the pace is kept', () => withWeb(async ({ downloads, url, put }) => {
  put('/file', content);
  const began = performance.now();
  await downloads.fetch({ ...question, url: url('/file'), bytesPerSec: 100_000 }, nowhere, never);
  assert.ok(performance.now() - began > 700, `${performance.now() - began}`);
}));

test('web: what the sink refuses ends it with the same error', () => withWeb(async ({ downloads, url, put }) => {
  put('/file', content);
  const refused = await downloads.fetch({ ...question, url: url('/file') }, { ...nowhere, take: () => Promise.reject(new Error('no room')) }, never).catch((error: unknown) => error);
  assert.match(String((refused as Error).message), 'no room');
}));

test.run();
