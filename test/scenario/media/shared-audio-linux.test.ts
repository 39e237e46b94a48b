// The kernel's part: two media threads in namespaces of their own, the address moved between them, and a phone on a third machine.
import { spawn, type ChildProcess } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MediaCommand, MediaEvent, MediaSettings, RtpStream } from '../../../firmware/media/media-protocol.ts';
import { movedOn } from '../../../firmware/media/moved-on.ts';
import { newRtpHeader, readRtp, writeRtp } from '../../../firmware/media/rtp.ts';
import type { Endpoint } from '../../../hal/datagram.ts';
import { companion } from '../../contract/companion.ts';
import { ipv6Loopback } from '../../contract/ipv6.ts';
import { linuxLan } from '../../contract/lan-world.ts';
import { realTime, until } from '../../contract/passing.ts';
import { figure } from '../../support/figure.ts';
import { networkNamespaces } from '../../support/namespace-lan.ts';
import { requires, root, skipTest } from '../../support/skip.ts';

type Command = MediaCommand extends infer One ? (One extends MediaCommand ? Omit<One, 'port' | 'session'> : never) : never;

/** A media thread beside the test; port 0 has the call, as session 1. */
class Thread {
  readonly events: MediaEvent[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(namespace: string, args: readonly string[]) {
    this.#process = spawn('ip', ['netns', 'exec', namespace, process.execPath, companion('test/scenario/media/shared-audio.child.ts'), ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process.on('message', (event: MediaEvent) => void this.events.push(event));
    this.#ended = new Promise((resolve) => this.#process.on('exit', () => resolve()));
  }

  send(command: Command): void {
    this.#process.send({ port: 0, session: 1, ...command } as MediaCommand);
  }

  async ready(): Promise<void> {
    await until(realTime, 'the media thread is ready', () => this.events.some(({ type }) => type === 'ready'));
  }

  async report(): Promise<RtpStream> {
    const before = this.events.length;
    this.send({ type: 'report' });
    let found: RtpStream | null = null;
    await until(realTime, 'a report', () => {
      found = this.events.slice(before).find((event) => event.type === 'report')?.stream ?? null;
      return found !== null;
    });
    return found as unknown as RtpStream;
  }

  async stop(): Promise<void> {
    this.#process.disconnect();
    await this.#ended;
  }
}

interface Packet {
  readonly atMs: number;
  readonly from: Endpoint;
  readonly sequence: number;
  readonly ssrc: number;
  readonly marker: boolean;
}

const missing = requires(root, networkNamespaces);
if (missing === undefined) tests();
else skipTest('shared audio on Linux', missing);

function tests(): void {
  const { lan, left, right, third, stop } = linuxLan();
  test.after(async () => {
    await stop();
    lan.remove();
  });
  const families = requires(ipv6Loopback) === undefined ? ([4, 6] as const) : ([4] as const);

  for (const driver of ['epoll', 'dgram']) {
    for (const family of families) {
      test(`shared audio ${driver} IPv${family}: leaves from the shared address, is heard there, and goes on at the other unit`, async () => {
        const here = family === 4 ? 'ipv4' : 'ipv6';
        const address = family === 4 ? '10.9.0.90' : 'fd00:9::90';
        const shared = { interface: 'eth0', address, prefixBits: family === 4 ? 24 : 64 };
        const [one, other] = [left, right].map((machine, at) => new Thread(lan.namespace(at === 0 ? 'left' : 'right'), [driver, machine[here], address])) as [Thread, Thread];
        const phone = await third.datagram.bind({ address: third[here], port: 4000 });
        const heard: Packet[] = [];
        const header = newRtpHeader();
        phone.received = (bytes, from) => {
          if (readRtp(bytes, bytes.length, header)) heard.push({ atMs: performance.now(), from, sequence: header.sequence, ssrc: header.ssrc, marker: header.marker });
        };
        const settings: MediaSettings = { remote: phone.local, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType: null, direction: 'sendrecv', ptimeMs: 20 };
        try {
          await Promise.all([one.ready(), other.ready()]);
          await left.holder.add(shared);
          await left.holder.announce(shared);
          one.send({ type: 'share', held: true });
          one.send({ type: 'start', settings, shared: true });
          await until(realTime, 'audio from the first unit', () => heard.length >= 10);
          assert.equal([...new Set(heard.map(({ from }) => `${from.address} ${from.port}`))], [`${address} 10000`]);
          const told = await hears(one, (count) => phone.send(packet(count), { address, port: 10_000 }));
          const toldMs = performance.now();
          assert.equal(told.latched, phone.local, 'the unit hears what is sent to the shared address');

          one.send({ type: 'stop', quietly: true });
          await until(realTime, 'the end there', () => one.events.some(({ type }) => type === 'stopped'));
          await left.holder.remove(shared);
          const before = heard.length;
          await right.holder.add(shared);
          await right.holder.announce(shared);
          other.send({ type: 'share', held: true });
          other.send({ type: 'start', settings, shared: true, resume: movedOn(told, performance.now() - toldMs, 20) });
          await until(realTime, 'audio from the other unit', () => heard.length >= before + 10);
          const [last, first] = [heard[before - 1], heard[before]];
          if (last === undefined || first === undefined) throw new Error('one of the two was not heard');
          assert.equal([...new Set(heard.map(({ from, ssrc }) => `${from.address} ${from.port} ${ssrc}`))].length, 1);
          assert.equal([first.marker, ((first.sequence - last.sequence) & 0xffff) < 100], [true, true]);
          assert.equal((await hears(other, (count) => phone.send(packet(1000 + count), { address, port: 10_000 }))).latched, phone.local);
          figure(`${driver} IPv${family}: ${(first.atMs - last.atMs).toFixed(0)} ms without audio while the address moved by hand`);
        } finally {
          phone.close();
          await Promise.all([one.stop(), other.stop(), left.holder.remove(shared), right.holder.remove(shared)]);
        }
      });
    }
  }
}

/** What the thread reports once it has heard the phone often enough to know where it is. */
async function hears(thread: Thread, speak: (count: number) => void): Promise<RtpStream> {
  for (let count = 0; ; count++) {
    speak(count);
    await realTime.pass(20);
    const report = await thread.report();
    if (report.latched !== null) return report;
    if (count === 100) throw new Error('nothing that was sent to the shared address was heard');
  }
}

/** A packet of the phone: 20 ms of silence. */
function packet(count: number): Uint8Array {
  const bytes = new Uint8Array(172).fill(0xff);
  writeRtp(bytes, count === 0, 0, 500 + count, count * 160, 77);
  return bytes;
}

test.run();
