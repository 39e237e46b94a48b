import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32c } from '../../../firmware/mailbox/crc32c.ts';
import { frameBytes } from '../../../firmware/mailbox/frame.ts';
import type { FrameBody } from '../../../firmware/mailbox/frame.ts';
import type { LogScan } from '../../../firmware/mailbox/log-cursor.ts';
import { scanLog } from '../../../firmware/mailbox/log-cursor.ts';
import { LogWriter } from '../../../firmware/mailbox/log-writer.ts';
import { ReadWindows } from '../../../firmware/mailbox/read-windows.ts';
import { RecordingReader } from '../../../firmware/mailbox/recording-reader.ts';
import { encodeRecord } from '../../../firmware/mailbox/recording.ts';
import type { RecordingFacts } from '../../../firmware/mailbox/recording.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { audio, wholeOf } from '../../support/store-fixture.ts';

const facts: RecordingFacts = {
  kind: 'message', id: '019b8d50-0000-7000-8000-000000000000', mailbox: '201', callerNumber: '1', callerName: 'A', startedMs: 0, reason: 'busy', codec: 'PCMU',
};
const chunk = (index: number, bytes = 100): FrameBody => ({ type: 'audio', payload: audio(1, index, bytes), lostPackets: index });
const factsFrame: FrameBody = { type: 'facts', payload: encodeRecord(facts), lostPackets: 0 };
const trailer = (keepBytes: number): FrameBody => ({
  type: 'trailer',
  payload: encodeRecord({ durationMs: Math.floor(keepBytes / 8), sha256: '0'.repeat(64), reason: 'hung-up', interrupted: false, keepBytes, lostPackets: 3 }),
  lostPackets: 0,
});

/** A log of facts and three chunks, sealed or not, as bytes; without its reserve of zeros when `bare`. */
async function logBytes(sealed: boolean, bare = false): Promise<Uint8Array> {
  const storage = new SimStorage();
  const log = await LogWriter.create(storage, 'log', 4096, 0x1234);
  await log.append([factsFrame]);
  for (let index = 0; index < 3; index++) await log.append([chunk(index)]);
  if (sealed) await log.seal(trailer(300));
  await log.close();
  const bytes = await bytesOf(storage, 'log');
  return bare ? bytes.slice(0, log.durable.offset) : bytes;
}

async function bytesOf(storage: SimStorage, path: string): Promise<Uint8Array> {
  const file = await storage.open(path, 'read');
  const bytes = new Uint8Array(await file.size());
  await file.read(bytes, 0);
  return bytes;
}

async function stored(bytes: Uint8Array): Promise<SimStorage> {
  const storage = new SimStorage();
  const file = await storage.open('log', 'create');
  await file.write(bytes, 0);
  return storage;
}

async function scanned(bytes: Uint8Array): Promise<LogScan | string> {
  return scanLog(await (await stored(bytes)).open('log', 'read'));
}

function good(scan: LogScan | string): LogScan {
  if (typeof scan === 'string') throw new Error(scan);
  return scan;
}

test('crc32c gives the check value of RFC 3720 and continues', () => {
  assert.is(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
  assert.is(crc32c(new Uint8Array(32)), 0x8a9136aa);
  const bytes = audio(3, 0, 1000);
  assert.is(crc32c(bytes.subarray(400), crc32c(bytes.subarray(0, 400))), crc32c(bytes));
});

test('what was appended is what a scan finds, sealed or not', async () => {
  const sealed = good(await scanned(await logBytes(true)));
  assert.equal(sealed.facts, facts);
  assert.is(sealed.end.position, 300);
  assert.is(sealed.lostPackets, 3);
  assert.is(sealed.trailer?.keepBytes, 300);
  const open = good(await scanned(await logBytes(false)));
  assert.is(open.trailer, null);
  assert.is(open.end.position, 300);
  assert.is(open.fault, null, 'the reserved zeros behind the last frame are a clean end');
});

test('cut off at every byte: the audio of whole frames is found, nothing else', async () => {
  const bytes = await logBytes(false, true);
  const firstAudio = 16 + frameBytes(factsFrame.payload.length);
  for (let length = 0; length < bytes.length; length++) {
    const scan = await scanned(bytes.subarray(0, length));
    if (length < firstAudio) assert.type(scan, 'string', `${length} bytes hold no first frame`);
    else assert.is(good(scan).end.position, 100 * Math.min(3, Math.floor((length - firstAudio) / frameBytes(100))), `cut at ${length}`);
  }
});

test('one bit flipped at every byte: never wrong audio, never an exception', async () => {
  const bytes = await logBytes(true);
  const whole = Buffer.concat([0, 1, 2].map((index) => audio(1, index, 100)));
  let cut = 0;
  for (let at = 0; at < bytes.length; at++) {
    const rotten = bytes.slice();
    rotten[at] = (rotten[at] ?? 0) ^ (1 << (at & 7));
    const storage = await stored(rotten);
    const scan = await scanLog(await storage.open('log', 'read'));
    if (typeof scan === 'string') continue;
    assert.equal(scan.facts, facts);
    const found = await wholeOf(await RecordingReader.open(storage, 'log', 300));
    assert.ok(found.equals(whole.subarray(0, found.length)), `flip at ${at}`);
    assert.is(found.length, scan.end.position);
    if (found.length < 300) cut++;
  }
  assert.ok(cut >= 300, `flips inside the audio cut it (${cut})`);
});

test('garbage and an older recording behind the end are not taken for frames', async () => {
  const bytes = await logBytes(false, true);
  const other = new SimStorage();
  const older = await LogWriter.create(other, 'older', 4096, 0x9999);
  await older.append([factsFrame]);
  for (let index = 0; index < 5; index++) await older.append([chunk(index)]);
  const stale = (await bytesOf(other, 'older')).slice(bytes.length);
  assert.ok(stale.length > 0);
  const scan = good(await scanned(Buffer.concat([bytes, stale])));
  assert.is(scan.end.position, 300, 'same sequence and position, other salt');
  assert.match(scan.fault ?? '', 'checksum');
  assert.is(good(await scanned(Buffer.concat([bytes, audio(9, 9, 500)]))).end.position, 300);
});

test('a length field of 4 GiB does not allocate 4 GiB', async () => {
  const bytes = (await logBytes(false, true)).slice();
  new DataView(bytes.buffer).setUint32(16 + frameBytes(factsFrame.payload.length), 0xffffffff, true);
  const scan = good(await scanned(bytes));
  assert.is(scan.end.position, 0);
});

test('the reader goes anywhere, also back, and reads up to the damage', async () => {
  const storage = await stored(await logBytes(true));
  const whole = Buffer.concat([0, 1, 2].map((index) => audio(1, index, 100)));
  const reader = await RecordingReader.open(storage, 'log', 300);
  for (const [offset, length] of [[250, 50], [0, 300], [99, 2], [100, 100], [299, 50], [300, 10], [0, 1], [150, 0]] as const) {
    const part = await reader.read(offset, length);
    assert.ok(whole.subarray(offset, offset + length).equals(part), `${offset}+${length}`);
  }
  assert.is(reader.damaged, false);
  await reader.close();

  storage.flipBit('log', 8 * (16 + frameBytes(factsFrame.payload.length) + frameBytes(100) + 50));
  const damaged = await RecordingReader.open(storage, 'log', 300);
  assert.is((await damaged.read(0, 300)).length, 100);
  assert.is(damaged.damaged, true);
  assert.is((await damaged.read(200, 50)).length, 0);
  assert.is((await damaged.read(50, 20)).length, 20, 'what lies before the damage stays readable');
  await damaged.close();
});

test('many readers at one time each hear their own, and go on where another has read', async () => {
  const readers = [];
  const logs: Uint8Array[] = [];
  for (let tag = 0; tag < 30; tag++) {
    const storage = new SimStorage();
    const log = await LogWriter.create(storage, 'log', 4096, tag);
    await log.append([factsFrame]);
    for (let index = 0; index < 10; index++) await log.append([{ type: 'audio', payload: audio(tag, index, 4000), lostPackets: 0 }]);
    await log.close();
    logs.push(Buffer.concat(Array.from({ length: 10 }, (_, index) => audio(tag, index, 4000))));
    readers.push(await RecordingReader.open(storage, 'log', 40_000));
  }
  const memory = new Uint8Array(16_384);
  for (const offset of [0, 16_384, 32_768, 1000]) {
    const parts = await Promise.all(readers.map((reader, tag) => reader.read(offset, 16_384, tag === 0 ? memory : null)));
    parts.forEach((part, tag) => assert.ok(Buffer.from(part).equals((logs[tag] as Uint8Array).subarray(offset, offset + 16_384)), `reader ${tag} from ${offset}`));
    assert.is(parts[0]?.buffer === memory.buffer, offset !== 32_768, 'what it was given, if it is as long as what there is');
  }
  for (const reader of readers) await reader.close();
});

class CountedWindows extends ReadWindows {
  out = 0;

  constructor() {
    super(32 * 1024, 8);
  }

  override take(bytes: number): Uint8Array {
    this.out++;
    return super.take(bytes);
  }

  override giveBack(window: Uint8Array): void {
    if (window.length > 0) this.out--;
    super.giveBack(window);
  }
}

test('a window is given back also by who reads again, and by who is refused', async () => {
  const windows = new CountedWindows();
  const storage = await stored(await logBytes(true));
  const reader = await RecordingReader.open(storage, 'log', 300, windows);
  assert.is(windows.out, 1, 'the first read begins with what it holds');
  await reader.read(0, 100);
  assert.is(windows.out, 0);
  let fails = 1;
  storage.fault = ({ kind }) => (kind === 'read' && fails-- > 0 ? 'io' : null);
  assert.is((await reader.read(100, 200)).length, 200, 'through a fresh handle');
  assert.equal([fails < 0, windows.out], [true, 0]);
  const other = await LogWriter.create(storage, 'other', 4096, 0x4321);
  await other.append([factsFrame]);
  await other.close();
  await storage.rename('other', 'log');
  fails = 1;
  assert.is((await reader.read(0, 300)).length, 300, 'to its end, although another log has taken its place');
  assert.equal([fails < 0, windows.out], [true, 0]);
  await reader.close();
  storage.fault = null;
  storage.flipBit('log', 8 * 40);
  await RecordingReader.open(storage, 'log', 300, windows).then(() => assert.unreachable(), () => undefined);
  assert.is(windows.out, 0, 'nor does who cannot open a log keep one');
});

test('a file that is no recording is refused with io', async () => {
  const storage = await stored(audio(4, 4, 200));
  try {
    await RecordingReader.open(storage, 'log', 100);
    assert.unreachable();
  } catch (error) {
    assert.is((error as { id?: string }).id, 'io');
  }
});

test.run();
