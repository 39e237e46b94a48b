// Calls again and again and hangs up when answered: node invite-probe.child.mjs ADDRESS EVERY_MS OWN_ADDRESS
// Prints a line for each INVITE, "ASKED 0 0", and one for each answer: milliseconds at which it left, at which the answer came, its status.
import { createSocket } from 'node:dgram';

const [target = '', every = '100', own = ''] = process.argv.slice(2);
const uri = `sip:208@${target}`;
const socket = createSocket('udp4');
const series = `${Date.now()}${process.pid}`;
const sentAt = new Map<number, number>();
/** A call that is not answered by then is forgotten; one that is answered later is hung up all the same. */
const remembered = 1000;
let count = 0;

const body = (): string => ['v=0', `o=probe 1 1 IN IP4 ${own}`, 's=-', `c=IN IP4 ${own}`, 't=0 0', 'm=audio 40000 RTP/AVP 0', ''].join('\r\n');

interface Request {
  readonly method: 'INVITE' | 'ACK' | 'BYE';
  readonly uri: string;
  readonly cseq: number;
  readonly to: string;
  readonly routes?: readonly string[];
  readonly content?: string;
  /** Of the transaction, where it is not one of its own. */
  readonly branch?: string;
}

function message(number: number, { method, uri, cseq, to, routes = [], content = '', branch = method }: Request): string {
  const { port } = socket.address();
  return [
    `${method} ${uri} SIP/2.0`, `Via: SIP/2.0/UDP ${own}:${port};branch=z9hG4bK${series}-${number}-${branch};rport`, ...routes, `From: <sip:301@${own}>;tag=p${number}`, `To: ${to}`,
    `Call-ID: ${series}-${number}`, `CSeq: ${cseq} ${method}`, `Contact: <sip:301@${own}:${port}>`, 'Max-Forwards: 70',
    ...(content === '' ? [] : ['Content-Type: application/sdp']), `Content-Length: ${content.length}`, '', content,
  ].join('\r\n');
}

const placeOf = (uri: string): { host: string; port: number } => {
  const [, host = target, port = '5060'] = /sips?:(?:[^@>]*@)?([\d.]+)(?::(\d+))?/.exec(uri) ?? [];
  return { host, port: Number(port) };
};

const all = (text: string, name: string): string[] => [...text.matchAll(new RegExp(`^${name}: *(.*)$`, 'gim'))].map(([, value = '']) => value.trim());

/**
 * ACK, and BYE at once, by the way the call came (RFC 3261 12.2.1.1). A PBX that rings two units may bring two answers, each of which
 * is a call (13.2.2.4); an answer that is repeated gets both again.
 */
function hangUp(text: string, number: number): void {
  const to = all(text, 'To')[0] ?? '';
  const contact = /<([^>]+)>/.exec(all(text, 'Contact')[0] ?? '')?.[1] ?? '';
  const routes = all(text, 'Record-Route').flatMap((value) => value.split(',')).reverse().map((value) => `Route: ${value.trim()}`);
  const { host, port } = placeOf(routes[0] ?? contact);
  const tag = /;tag=([^;\s]+)/.exec(to)?.[1] ?? '';
  for (const [method, cseq] of [['ACK', 1], ['BYE', 2]] as const) socket.send(message(number, { method, uri: contact, cseq, to, routes, branch: `${method}-${tag}` }), port, host, () => undefined);
}

/** The ACK of a refusal belongs to the INVITE itself (RFC 3261 17.1.1.3). */
function acknowledge(text: string, number: number): void {
  const ack = message(number, { method: 'ACK', uri, cseq: 1, to: all(text, 'To')[0] ?? '', branch: 'INVITE' });
  socket.send(ack, 5060, target, () => undefined);
}

socket.on('message', (bytes) => {
  const text = bytes.toString('latin1');
  const status = Number(/^SIP\/2\.0 (\d+)/.exec(text)?.[1] ?? 0);
  const number = Number(/^Call-ID: \d+-(\d+)/im.exec(text)?.[1] ?? NaN);
  if (status < 200 || !/^CSeq: 1 INVITE/im.test(text)) return;
  if (status < 300) hangUp(text, number);
  else acknowledge(text, number);
  const sentMs = sentAt.get(number);
  sentAt.delete(number);
  if (sentMs !== undefined) process.stdout.write(`${sentMs} ${Date.now()} ${status}\n`);
});
socket.on('error', () => undefined);

function call(): void {
  const number = ++count;
  const nowMs = Date.now();
  sentAt.set(number, nowMs);
  process.stdout.write(`${nowMs} 0 0\n`);
  sentAt.delete(number - remembered);
  const invite = message(number, { method: 'INVITE', uri, cseq: 1, to: `<${uri}>`, content: body() });
  socket.send(invite, 5060, target, () => undefined);
}

socket.bind(0, own, () => setInterval(call, Number(every)));
