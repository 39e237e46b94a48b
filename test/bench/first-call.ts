import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtUnit } from '../support/peers/built-unit.ts';
import { freePorts } from '../support/peers/free-ports.ts';
import { median } from './figures.ts';

export interface FirstCall {
  /** From the start of the process until a call is answered (200), milliseconds: the median of several starts, and the worst. */
  readonly medianMs: number;
  readonly worstMs: number;
  /** The first start of a release: no compiled code is kept yet, and there is no data. */
  readonly firstMs: number;
  /** The same for a Node.js that does nothing. */
  readonly bareNodeMs: number;
}

const askEveryMs = 5;
const limitMs = 20_000;

/** `starts`: whose median counts, beside the first. */
export async function firstCall(starts: number): Promise<FirstCall> {
  const folder = mkdtempSync(path.join(tmpdir(), 'first-'));
  try {
    const [sip, rtp] = [await freePorts(2), await freePorts(100)];
    const config = path.join(folder, 'understudy.yaml');
    writeFileSync(config, JSON.stringify({ ports: 40, peers: [{ name: 'local', addresses: ['127.0.0.1'] }], mailboxes: [{ number: '201' }], rtp: { firstPort: rtp }, sip: { address: '127.0.0.1', port: sip } }));
    const took: number[] = [];
    const bare: number[] = [];
    // The first start, which makes PINs and the kept code, is counted by itself. They take turns, so that a machine that is slower for a while is so for both.
    for (let n = 0; n <= starts; n += 1) {
      took.push(await once(config, folder, sip));
      bare.push(bareNode());
    }
    const counted = took.slice(1);
    return { medianMs: median(counted), worstMs: Math.max(...counted), firstMs: took[0] ?? Number.NaN, bareNodeMs: median(bare) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function once(config: string, folder: string, sipPort: number): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [builtUnit(), 'run', '--config', config, '--data', path.join(folder, 'data')], { stdio: 'ignore', env: { ...process.env, UNDERSTUDY_CACHE_DIR: path.join(folder, 'cache') } });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    return (await answered(sipPort, began)) - began;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Asks until there is an answer: INVITEs of one transaction, so that the unit has one call. */
function answered(sipPort: number, began: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const id = `${process.pid}-${Math.round(began * 1000)}`;
    const done = (end: () => void): void => {
      clearInterval(asking);
      socket.close(end);
    };
    socket.on('error', () => undefined); // nobody listens yet
    socket.on('message', (bytes) => {
      if (bytes.toString('latin1', 0, 11) === 'SIP/2.0 200') done(() => resolve(performance.now()));
    });
    socket.bind(0, '127.0.0.1');
    const asking = setInterval(() => {
      if (performance.now() - began > limitMs) return done(() => reject(new Error(`no call was answered within ${limitMs} ms`)));
      socket.send(invite(id, sipPort, socket.address().port), sipPort, '127.0.0.1');
    }, askEveryMs);
  });
}

function invite(id: string, to: number, from: number): string {
  const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 9 RTP/AVP 0', ''].join('\r\n');
  return [
    `INVITE sip:201@127.0.0.1:${to} SIP/2.0`, `Via: SIP/2.0/UDP 127.0.0.1:${from};branch=z9hG4bK${id};rport`, 'Max-Forwards: 70', `From: <sip:301@127.0.0.1>;tag=${id}`, `To: <sip:201@127.0.0.1:${to}>`,
    `Call-ID: ${id}`, 'CSeq: 1 INVITE', `Contact: <sip:301@127.0.0.1:${from}>`, 'Content-Type: application/sdp', `Content-Length: ${sdp.length}`, '', sdp,
  ].join('\r\n');
}

function bareNode(): number {
  const began = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - began;
}
