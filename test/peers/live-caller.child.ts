// A caller who goes on speaking whatever happens to the unit: node live-caller.child.mjs TARGET NUMBER OWN_ADDRESS
// Says 'established' when the call stands; 'speak' begins, 'bye' ends it. Then one line of JSON tells what was heard, and it exits.
// It sends a packet each 5 ms, of a frame that says its number, and notes when each packet of the unit comes.
import { createSocket } from 'node:dgram';

const [target = '', number = '', own = ''] = process.argv.slice(2);
const frameMs = 5;
const frameSamples = 8 * frameMs;
const sip = createSocket('udp4');
const rtp = createSocket('udp4');
const series = `${Date.now()}${process.pid}`;
const heard: [atMs: number, sequence: number, ssrc: number][] = [];
const statuses: Record<string, number> = {};
let byesHeard = 0;
let audioPort = 0;
let toTag = '';
let contact = '';
let cseq = 1;
let sequence = 1;
let timestamp = 0;
let frames = 0;
let beganMs = 0;
let latestMs = 0;

const text = (method: string, uri: string, numbered: number, to: string, body = '', more: readonly string[] = []): string =>
  [
    `${method} ${uri} SIP/2.0`, `Via: SIP/2.0/UDP ${own}:${sip.address().port};branch=z9hG4bK${series}${method}${numbered};rport`, 'Max-Forwards: 70',
    `From: "Ada" <sip:301@${own}>;tag=f${series}`, `To: <sip:${number}@${target}>${to}`, `Call-ID: ${series}`, `CSeq: ${numbered} ${method}`,
    `Contact: <sip:301@${own}:${sip.address().port}>`, ...more, ...(body === '' ? [] : ['Content-Type: application/sdp']), `Content-Length: ${body.length}`, '', body,
  ].join('\r\n');

/** Sent again until it is answered. */
function ask(method: string, message: () => string): void {
  if (statuses[method] !== undefined) return;
  sip.send(message(), 5060, target, () => undefined);
  setTimeout(() => ask(method, message), 250);
}

sip.on('message', (bytes, from) => {
  const message = bytes.toString('latin1');
  const header = (name: string): string => new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(message)?.[1] ?? '';
  const status = Number(/^SIP\/2\.0 (\d+)/.exec(message)?.[1] ?? NaN);
  if (Number.isNaN(status)) return answer(message, header, from.port, from.address);
  const [, method = ''] = header('CSeq').split(' ');
  if (status < 200) return;
  statuses[method] = status;
  if (method === 'BYE') return report();
  if (method !== 'INVITE') return;
  toTag = /;tag=[^;>\s]+/.exec(header('To'))?.[0] ?? '';
  contact = /<(.*?)>/.exec(header('Contact'))?.[1] ?? '';
  sip.send(text('ACK', contact, 1, toTag), 5060, target, () => undefined);
  if (audioPort !== 0) return;
  audioPort = Number(/^m=audio (\d+)/m.exec(message)?.[1] ?? 0);
  process.stdout.write(`established ${/^c=IN IP4 (\S+)/m.exec(message)?.[1]?.trim() ?? ''} ${contact}\n`);
});

function answer(message: string, header: (name: string) => string, port: number, address: string): void {
  const method = message.split(' ', 1)[0];
  if (method === 'BYE') byesHeard++;
  if (method === 'ACK') return;
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => `${name}: ${header(name)}`);
  sip.send(['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n'), port, address, () => undefined);
}

rtp.on('message', (bytes) => {
  if (bytes.length > 12) heard.push([performance.now(), bytes.readUInt16BE(2), bytes.readUInt32BE(8)]);
});
// Addresses are nobody's for a while.
sip.on('error', () => undefined);
rtp.on('error', () => undefined);

function send(payload: Uint8Array, type: number, marker: boolean, at = timestamp): void {
  const packet = Buffer.alloc(12 + payload.length);
  packet.writeUInt16BE(0x8000 | (marker ? 0x80 : 0) | type, 0);
  packet.writeUInt16BE(sequence++ & 0xffff, 2);
  packet.writeUInt32BE(at >>> 0, 4);
  packet.writeUInt32BE(0x5157_1e57, 8);
  packet.set(payload, 12);
  rtp.send(packet, audioPort, target, () => undefined);
}

function frame(nth: number): Uint8Array {
  const bytes = new Uint8Array(frameSamples).map((_, index) => (index % 2 === 0 ? 0x10 : 0x90));
  // Six bits in each byte: two codes of G.711 mean the same silence, and none of these is one of them.
  bytes.set([0xd5, 0x80 | (nth >> 12), 0x80 | ((nth >> 6) & 0x3f), 0x80 | (nth & 0x3f), 0x5a]);
  return bytes;
}

/** On deadlines: what a busy machine delays is sent at once, and counted. */
function speak(): void {
  const nowMs = performance.now();
  latestMs = Math.max(latestMs, nowMs - (beganMs + frames * frameMs));
  while (beganMs + frames * frameMs <= nowMs) {
    send(frame(frames), 0, frames === 0);
    timestamp += frameSamples;
    frames++;
  }
  setTimeout(speak, Math.max(1, beganMs + frames * frameMs - performance.now()));
}

/** '#': past the greeting. */
function press(): void {
  for (let step = 1; step <= 5; step++) send(Uint8Array.of(11, step > 3 ? 0x8a : 10, 0, step * 160), 101, step === 1);
  timestamp += 1600;
}

function report(): void {
  process.stdout.write(`${JSON.stringify({ heard, frames, statuses, byesHeard, latestMs, beganAtMs: performance.timeOrigin })}\n`, () => process.exit(0));
}

process.stdin.setEncoding('utf8').on('data', (words: string) => {
  if (words.includes('press')) press();
  if (words.includes('speak')) {
    beganMs = performance.now();
    speak();
  }
  if (words.includes('bye')) {
    cseq++;
    const numbered = cseq;
    ask('BYE', () => text('BYE', contact, numbered, toTag));
  }
});

rtp.bind(0, own, () => {
  sip.bind(0, own, () => {
    const body = ['v=0', `o=ada 7 1 IN IP4 ${own}`, 's=-', `c=IN IP4 ${own}`, 't=0 0', `m=audio ${rtp.address().port} RTP/AVP 0 101`, 'a=rtpmap:101 telephone-event/8000', 'a=ptime:10', ''].join('\r\n');
    ask('INVITE', () => text('INVITE', `sip:${number}@${target}`, 1, '', body, ['Allow: INVITE, ACK, BYE, INFO, UPDATE, OPTIONS']));
  });
});
