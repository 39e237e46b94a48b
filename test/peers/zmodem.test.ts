// Files over the technician's cable with the sz and rz of lrzsz at the other end, also where the cable turns and loses octets.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Outbox, serialOutbox } from '../../firmware/console/outbox.ts';
import type { RawChannel } from '../../firmware/console/zmodem/raw-channel.ts';
import { receiveFiles, sendFile } from '../../firmware/console/zmodem/zmodem-transfer.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxSerialPorts } from '../../hal/drivers/linux/linux-serial.ts';
import type { SerialPort } from '../../hal/serial.ts';
import { plainSerial } from '../../hal/serial.ts';
import { figure } from '../support/figure.ts';
import { PtyCable } from '../support/serial-cable.ts';
import { requires, skipTest } from '../support/skip.ts';

const missing = requires('socat', 'sz', 'rz');
const clock = new LinuxClock();
const folder = mkdtempSync(path.join(tmpdir(), 'zmodem-'));
const cable = new PtyCable();
const never = new AbortController().signal;
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Turns, or loses, one octet in so many, on the way in. */
interface Noise {
  readonly turned?: number;
  readonly lost?: number;
}

function channelOf(port: SerialPort, { turned = 0, lost = 0 }: Noise): RawChannel {
  const out = new Outbox({ write: (bytes) => port.write(bytes), close: () => undefined }, clock, () => undefined, serialOutbox);
  const channel: RawChannel = {
    write: (bytes) => out.writeBytes(bytes.slice()),
    get waitingBytes() {
      return out.waitingBytes;
    },
    drop: () => out.clear(),
    received: null,
    closed: null,
  };
  let count = 0;
  const due = (every: number): boolean => every > 0 && count % every === every - 1;
  port.received = (bytes) => {
    const kept: number[] = [];
    for (const byte of bytes) {
      count += 1;
      if (!due(lost)) kept.push(due(turned) ? byte ^ 0x10 : byte);
    }
    channel.received?.(Uint8Array.from(kept));
  };
  port.closed = () => channel.closed?.();
  return channel;
}

/** Runs a program of lrzsz with the cable's other end as its terminal. */
function atTheOtherEnd(command: string, args: readonly string[], cwd: string): Promise<{ code: number | null; text: string }> {
  const end = openSync(cable.right, constants.O_RDWR | constants.O_NOCTTY);
  const child = spawn(command, args, { cwd, stdio: [end, end, 'pipe'], timeout: 60_000, killSignal: 'SIGKILL' });
  closeSync(end);
  let text = '';
  child.stderr?.on('data', (bytes: Buffer) => void (text += bytes.toString()));
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, text })));
}

async function withPort<T>(noise: Noise, use: (channel: RawChannel) => Promise<T>): Promise<T> {
  await cable.plug();
  const port = await new LinuxSerialPorts(clock).open(cable.left, plainSerial(115_200));
  const channel = channelOf(port, noise);
  try {
    return await use(channel);
  } finally {
    channel.drop();
    await port.close();
    await cable.unplug();
  }
}

let files = 0;
function freshFolder(): string {
  const made = path.join(folder, `end-${files++}`);
  mkdirSync(made);
  return made;
}

async function out(bytes: Uint8Array, noise: Noise = {}, args: readonly string[] = []): Promise<void> {
  const end = freshFolder();
  await withPort(noise, async (channel) => {
    const there = atTheOtherEnd('rz', ['--binary', ...args], end);
    assert.is(await sendFile({ clock, channel, signal: never }, { name: 'out.bin', bytes }), 'done');
    const { code, text } = await there;
    assert.is(code, 0, text);
  });
  assert.is(digest(readFileSync(path.join(end, 'out.bin'))), digest(bytes));
}

async function back(bytes: Uint8Array, noise: Noise = {}, args: readonly string[] = []): Promise<void> {
  const end = freshFolder();
  writeFileSync(path.join(end, 'in.bin'), bytes);
  await withPort(noise, async (channel) => {
    const there = atTheOtherEnd('sz', ['--binary', ...args, 'in.bin'], end);
    const received = await receiveFiles({ clock, channel, signal: never }, () => true, 4 * 1024 * 1024);
    assert.equal([received.end, received.files.map((file) => [file.name, digest(file.bytes)])], ['done', [['in.bin', digest(bytes)]]]);
    const { code, text } = await there;
    assert.is(code, 0, text);
  });
}

const megabyte = randomBytes(1024 * 1024);
const awkward = Uint8Array.from({ length: 20_000 }, (_, index) => [0x18, 0x11, 0x13, 0x0d, 0x40, 0x0d, 0xff, 0x7f, 0x0a, 0x2a, 0x91, 0x00][index % 12] as number);

const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  'a megabyte out to rz': async () => {
    const began = Date.now();
    await out(megabyte);
    figure(`ZMODEM: a megabyte to rz over a pseudo-terminal ${((Date.now() - began) / 1000).toFixed(1)} s`);
  },
  'a megabyte in from sz': async () => {
    const began = Date.now();
    await back(megabyte);
    figure(`ZMODEM: a megabyte from sz over a pseudo-terminal ${((Date.now() - began) / 1000).toFixed(1)} s`);
  },
  'every octet that is special on some line': async () => {
    await out(awkward);
    await back(awkward);
    await back(awkward, {}, ['--escape']);
  },
  'an empty file, and one octet': async () => {
    await out(new Uint8Array(0));
    await out(Uint8Array.of(0x18));
    await back(Uint8Array.of(0x18));
  },
  'a receiver that holds little at a time': () => out(megabyte.subarray(0, 60_000), {}, ['--bufsize', '4096']),
  'noisy-line, turned octets: from sz, and to rz whose answers are garbled': async () => {
    await back(megabyte.subarray(0, 200_000), { turned: 9973 });
    await out(megabyte.subarray(0, 50_000), { turned: 37 });
  },
  'noisy-line, lost octets: from sz': () => back(megabyte.subarray(0, 200_000), { lost: 9973 }),
  'sz is killed in mid-file: given up within half a minute, nothing is taken': () =>
    withPort({}, async (channel) => {
      const end = freshFolder();
      writeFileSync(path.join(end, 'in.bin'), Buffer.concat([megabyte, megabyte, megabyte]));
      const terminal = openSync(cable.right, constants.O_RDWR | constants.O_NOCTTY);
      const child = spawn('sz', ['--binary', 'in.bin'], { cwd: end, stdio: [terminal, terminal, 'ignore'], timeout: 60_000, killSignal: 'SIGKILL' });
      closeSync(terminal);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const receiving = receiveFiles({ clock, channel, signal: never }, () => true, 4 * 1024 * 1024);
      const take = channel.received;
      let heard = 0;
      channel.received = (bytes) => {
        heard += bytes.length;
        if (heard > 100_000) child.kill('SIGKILL');
        take?.(bytes);
      };
      const { end: how, files: taken } = await receiving;
      assert.equal([how, taken.length], [{ failed: 'too much came garbled, or nothing any more' }, 0]);
      await ended;
    }),
  'we break off: rz ends too, and keeps nothing whole': () =>
    withPort({}, async (channel) => {
      const end = freshFolder();
      const there = atTheOtherEnd('rz', ['--binary'], end);
      const stop = new AbortController();
      const sent = sendFile({ clock, channel, signal: stop.signal }, { name: 'out.bin', bytes: megabyte });
      setTimeout(() => stop.abort(), 300);
      assert.is(await sent, 'cancelled');
      assert.is.not((await there).code, 0);
    }),
  'a file that is too large is refused before it is sent': () =>
    withPort({}, async (channel) => {
      const end = freshFolder();
      writeFileSync(path.join(end, 'in.bin'), megabyte);
      const there = atTheOtherEnd('sz', ['--binary', 'in.bin'], end);
      const received = await receiveFiles({ clock, channel, signal: never }, (_, bytes) => (bytes ?? 0) < 1000, 1000);
      assert.equal([received.end, received.files.length], ['done', 0]);
      await there;
    }),
};

for (const [name, run] of Object.entries(scenarios)) {
  if (missing === undefined) test(name, run);
  else skipTest(name, missing);
}
test.after(() => cable.remove());
test.run();
