import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const host = '127.0.0.1';
/** Below the ports that the kernel hands out by itself. */
const lowest = 10_000;
const span = 22_000;
/** Of two test files at the same time each has half: between the look at a port and its use the other one might take it. Whoever is alone has all. */
const lane = process.env['UNDERSTUDY_TEST_LANE'];
const [from, places] = lane === undefined ? [lowest, span] : [lowest + (Number(lane) % 2) * (span / 2), span / 2];
/** Handed out in this process: what asked for them may take them a good while later. Forgotten when there is no room any more, as in a long bench. */
const taken = new Set<number>();
const mostTries = 200;

/** An even port from which on `count` ports are free on the loopback interface, for UDP and (the first one) for TCP. None is given twice in a short time. */
export async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 2 * mostTries; tries++) {
    if (tries === mostTries) taken.clear();
    const first = from + 2 * Math.floor((Math.random() * (places - count)) / 2);
    const wanted = Array.from({ length: count }, (_, index) => first + index);
    if (wanted.some((port) => taken.has(port))) continue;
    wanted.forEach((port) => taken.add(port));
    const free = await Promise.all([tcpIsFree(first), ...wanted.map(udpIsFree)]);
    if (free.every((one) => one)) return first;
    wanted.forEach((port) => taken.delete(port));
  }
  throw new Error(`there are no ${count} free ports in a row`);
}

function udpIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind(port, host, () => socket.close(() => resolve(true)));
  });
}

function tcpIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
