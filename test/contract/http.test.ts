import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { createServer as createPlain } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Server } from 'node:tls';
import { createServer } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ed25519Key, selfSigned } from '../../firmware/failover/identity-certificate.ts';
import { HttpsClient } from '../../hal/drivers/http/https-client.ts';
import type { HttpQuestion } from '../../hal/http.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimHttp } from '../../hal/sim/sim-http.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { bytes, httpContract, type HttpWorld, type Page } from './http-contract.ts';
import { realTime, refusal, result, until, virtualTime } from './passing.ts';

httpContract('sim', async () => {
  const clock = new SimClock();
  const client = new SimHttp(clock);
  const url = (place: string): string => `https://flows.example${place}`;
  const slow = new Map<string, number>();
  const get = client.get.bind(client);
  client.get = (question) => {
    client.slowMs = slow.get(question.url) ?? 0;
    return get(question);
  };
  const put = (place: string, { answer, afterMs = 0 }: Page): void => {
    slow.set(url(place), afterMs);
    client.page(url(place), answer);
  };
  return { client, passing: virtualTime(clock), url, authority: null, put, end: async () => undefined };
});

const folder = mkdtempSync(path.join(tmpdir(), 'http-'));
test.after(() => rmSync(folder, { recursive: true }));

const pem = (label: string, der: Uint8Array): string => [`-----BEGIN ${label}-----`, ...(Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? []), `-----END ${label}-----`, ''].join('\n');

/** Somebody of that name, who vouches for themselves; `file` holds the certificate. */
function somebody(name: string, seed: number): { readonly key: string; readonly cert: string; readonly file: string } {
  const random = new SimRandom(seed);
  const privateKey = ed25519Key(random.bytes(32));
  const certificate = selfSigned(privateKey, name, random.bytes(16));
  const cert = pem('CERTIFICATE', certificate);
  const file = path.join(folder, `${createHash('sha256').update(certificate).digest('hex')}.pem`);
  writeFileSync(file, cert);
  assert.is(new X509Certificate(cert).subject, `CN=${name}`);
  return { key: pem('PRIVATE KEY', privateKey), cert, file };
}

const home = somebody('localhost', 1);
const elsewhere = somebody('flows.example', 2);

interface TlsWorld extends HttpWorld {
  readonly sockets: readonly Socket[];
}

/** A server that is written down here, octet by octet. `talk` has each connection instead of the pages. */
async function tls(who = home, talk?: (socket: Socket) => void): Promise<TlsWorld> {
  const pages = new Map<string, Page>();
  const sockets: Socket[] = [];
  const server = createServer({ key: who.key, cert: who.cert }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined); // it is left in the middle, which is what is tested
    if (talk !== undefined) {
      socket.resume(); // or it would never hear that it was left
      return talk(socket);
    }
    let asked = '';
    socket.on('data', (part) => {
      asked += part.toString('latin1');
      if (asked.includes('\r\n\r\n')) void answer(socket, asked, pages);
    });
  });
  server.on('tlsClientError', () => undefined);
  const port = await listening(server);
  const end = (): Promise<void> => closed(server, sockets);
  return { client: new HttpsClient(), passing: realTime, url: (place) => `https://localhost:${port}${place}`, authority: who.file, put: (place, page) => void pages.set(place, page), end, sockets };
}

async function answer(socket: Socket, asked: string, pages: ReadonlyMap<string, Page>): Promise<void> {
  const [first = '', ...lines] = asked.split('\r\n');
  const [method, place = ''] = first.split(' ');
  assert.is(method, 'GET');
  const headers = Object.fromEntries(lines.filter((line) => line.includes(': ')).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
  const page = pages.get(place);
  await realTime.pass(page?.afterMs ?? 0);
  const { status = 200, headers: more = {}, body = new Uint8Array(0) } = page?.answer({ headers }) ?? { status: 404 };
  const named = Object.entries({ 'Content-Length': String(body.length), ...more }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} so\r\n${named.join('')}\r\n`);
  socket.end(body);
}

const listening = (server: Server | NetServer): Promise<number> => new Promise((resolve) => server.listen(0, 'localhost', () => resolve((server.address() as AddressInfo).port)));

function closed(server: Server | NetServer, sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

httpContract('https', () => tls());

const question = (url: string, more: Partial<HttpQuestion> = {}): HttpQuestion => ({ url, headers: {}, authority: home.file, timeoutMs: 2000, mostBytes: 1000, ...more });

async function within(world: Promise<TlsWorld>, body: (world: TlsWorld, why: (more?: Partial<HttpQuestion>) => Promise<string>) => Promise<void>): Promise<void> {
  const made = await world;
  try {
    made.put('/flow', { answer: () => ({ body: bytes('{}') }) });
    await body(made, (more) => refusal(realTime, made.client.get(question(made.url('/flow'), more))));
  } finally {
    await made.end();
  }
}

test('http https: untrusted-authority: a certificate that nobody vouches for, or only somebody else, does not count, and nothing is asked', () =>
  within(tls(), async ({ client, url, sockets }, why) => {
    assert.is(await why({ authority: null }), 'wrong-certificate');
    assert.is(await why({ authority: elsewhere.file }), 'wrong-certificate');
    assert.ok(sockets.every((socket) => socket.bytesRead === 0));
    assert.is((await result(realTime, client.get(question(url('/flow'))))).status, 200);
  }));

test('http https: wrong-name: the certificate of another host does not count, whoever vouches for it', () =>
  within(tls(elsewhere), async (_, why) => assert.is(await why({ authority: elsewhere.file }), 'wrong-certificate')));

test('http https: an authority file that is not there, or is none, is told before anybody is asked', () =>
  within(tls(), async ({ sockets }, why) => {
    assert.is(await why({ authority: path.join(folder, 'nowhere.pem') }), 'not-found');
    writeFileSync(path.join(folder, 'none.pem'), 'walnut');
    assert.is(await why({ authority: path.join(folder, 'none.pem') }), 'wrong-certificate');
    assert.is(sockets.length, 0);
  }));

test('http https: no-host: a name that nobody has, and a port where nobody listens', async () => {
  const { url, end, client } = await tls();
  await end();
  assert.is(await refusal(realTime, client.get(question(url('/flow')))), 'connection-refused');
  assert.is(await refusal(realTime, client.get(question('https://nobody.invalid/flow', { timeoutMs: 10_000 })), 12_000), 'not-found');
});

test('http https: a server that says half of its answer and then nothing more is a time-out, and is left', () =>
  within(tls(home, (socket) => void socket.write('HTTP/1.1 200 so\r\nContent-Length: 10\r\n\r\nhalf')), async ({ sockets }, why) => {
    const began = performance.now();
    assert.is(await why({ timeoutMs: 300 }), 'timed-out');
    assert.ok(performance.now() - began < 1500);
    await until(realTime, 'left', () => sockets[0]?.destroyed ?? false);
  }));

test('http https: a server that drips a byte now and then has no more time than one that is silent', () =>
  within(tls(home, (socket) => {
    socket.write('HTTP/1.1 200 so\r\nContent-Length: 900\r\n\r\n');
    const drip = setInterval(() => socket.write('x'), 50);
    socket.on('close', () => clearInterval(drip));
  }), async (_, why) => assert.is(await why({ timeoutMs: 400 }), 'timed-out')));

test('http https: a server that never stops is left at the first byte too many', () =>
  within(tls(home, (socket) => {
    socket.write('HTTP/1.1 200 so\r\n\r\n');
    const pour = setInterval(() => socket.write(Buffer.alloc(10_000, 'x')), 5);
    socket.on('close', () => clearInterval(pour));
  }), async ({ sockets }, why) => {
    assert.is(await why(), 'too-large');
    await until(realTime, 'left', () => sockets[0]?.destroyed ?? false);
  }));

test('http https: a connection that is lost in the middle of the answer is no answer', () =>
  within(tls(home, (socket) => {
    socket.write('HTTP/1.1 200 so\r\nContent-Length: 10\r\n\r\nhalf');
    setTimeout(() => socket.destroy(), 50);
  }), async (_, why) => assert.is(await why(), 'connection-lost')));

test('http https: a server that speaks no TLS, or no HTTP, is an error of its own', async () => {
  const sockets: Socket[] = [];
  const plain = createPlain((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write('220 mail.example ESMTP\r\n');
  });
  const port = await listening(plain);
  assert.is(await refusal(realTime, new HttpsClient().get(question(`https://localhost:${port}/`))), 'io');
  await closed(plain, sockets);
  await within(tls(home, (socket) => void socket.end('220 mail.example ESMTP\r\n')), async (_, why) => assert.is(await why(), 'io'));
});

test('http https: a server that says nothing to the greeting of TLS is a time-out', async () => {
  const sockets: Socket[] = [];
  const mute = createPlain((socket) => void sockets.push(socket));
  const port = await listening(mute);
  assert.is(await refusal(realTime, new HttpsClient().get(question(`https://localhost:${port}/`, { timeoutMs: 300 }))), 'timed-out');
  await closed(mute, sockets);
});

test.run();
