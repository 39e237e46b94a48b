// Asks an address again and again whether it serves: node options-probe.child.mjs ADDRESS EVERY_MS OWN_ADDRESS
// Prints a line for each question, "ASKED 0 0", and one for each answer: milliseconds at which it was asked, at which the answer came, its status.
import { createSocket } from 'node:dgram';

const [target = '', every = '10', own = ''] = process.argv.slice(2);
const socket = createSocket('udp4');
/** Another series than that of a probe before: what has the same Call-ID, tag and CSeq is a request that came twice (RFC 3261 8.2.2.2). */
const series = `${Date.now()}${process.pid}`;
const sentAt = new Map<number, number>();
let count = 0;

socket.on('message', (bytes) => {
  const text = bytes.toString('latin1');
  const status = /^SIP\/2\.0 (\d+)/.exec(text)?.[1];
  const number = Number(/^Call-ID: \d+-(\d+)/im.exec(text)?.[1] ?? NaN);
  const sentMs = sentAt.get(number);
  sentAt.delete(number);
  if (status !== undefined && sentMs !== undefined) process.stdout.write(`${sentMs} ${Date.now()} ${status}\n`);
});
// The address is nobody's for a while: that is what is measured.
socket.on('error', () => undefined);

function ask(): void {
  const number = ++count;
  const nowMs = Date.now();
  sentAt.set(number, nowMs);
  process.stdout.write(`${nowMs} 0 0\n`);
  sentAt.delete(number - 1000);
  const { port } = socket.address();
  const lines = [
    `OPTIONS sip:${target} SIP/2.0`, `Via: SIP/2.0/UDP ${own}:${port};branch=z9hG4bK${series}-${number};rport`, `From: <sip:probe@${own}>;tag=p${number}`, `To: <sip:${target}>`,
    `Call-ID: ${series}-${number}`, 'CSeq: 1 OPTIONS', 'Max-Forwards: 70', 'Content-Length: 0', '', '',
  ];
  socket.send(lines.join('\r\n'), 5060, target, () => undefined);
}

socket.bind(0, own, () => setInterval(ask, Number(every)));
