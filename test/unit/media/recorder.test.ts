import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silenceCode } from '../../../hal/g711.ts';
import type { RecordSettings } from '../../../firmware/media/media-protocol.ts';
import { ChunkPlaces } from '../../../firmware/media/chunk-places.ts';
import type { RecorderEvents } from '../../../firmware/media/recorder.ts';
import { Recorder } from '../../../firmware/media/recorder.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

interface Told {
  readonly bytes: number[];
  readonly chunks: { sequence: number; codec: string; length: number; lost: number }[];
  readonly ends: { reason: string; recordedMs: number; trailingMs: number; lost: number; digit: string | null }[];
}

/** A recorder whose chunks are all told as `chunk`: control takes them out of their places at once. */
function recorderOf({ chunk, ended }: Pick<RecorderEvents, 'chunk' | 'ended'>, places = ChunkPlaces.make(1)): Recorder {
  const placed: RecorderEvents['placed'] = (place, record, sequence, codec, bytes, lost) => {
    places.handOver(place, 1, record, sequence, codec, bytes, lost);
    const found = places.fetch(place);
    if (found !== null) chunk(found.record, found.sequence, found.codec, found.bytes, found.lostPackets);
  };
  return new Recorder({ placed, chunk, ended }, places, 0);
}

function recording(changes: Partial<RecordSettings> = {}): { recorder: Recorder; told: Told } {
  const told: Told = { bytes: [], chunks: [], ends: [] };
  const recorder = recorderOf({
    chunk: (_, sequence, codec, bytes, lost) => {
      told.bytes.push(...bytes);
      told.chunks.push({ sequence, codec, length: bytes.length, lost });
    },
    ended: (_, reason, recordedMs, trailingMs, lost, digit) => void told.ends.push({ reason, recordedMs, trailingMs, lost, digit }),
  });
  recorder.begin({ record: 1, maxMs: 60_000, silenceMs: 0, silenceDbm0: -42, stopDigits: '#', chunkMs: 500, ...changes }, 'PCMU', 0);
  return { recorder, told };
}

const random = new SimRandom(1);
/** Loud: mean level far above any silence threshold. */
const loud = (): Uint8Array => random.bytes(160).map((byte) => byte % 64);
const silent = new Uint8Array(160).fill(silenceCode('PCMU'));

test('what goes in comes out, in chunks of the asked length and a rest', () => {
  const { recorder, told } = recording();
  const all: number[] = [];
  for (let n = 0; n < 60; n++) {
    const frame = loud();
    all.push(...frame);
    recorder.frame(frame, 0);
  }
  recorder.stop(0);
  assert.equal(told.bytes, all);
  assert.equal(told.chunks.map(({ length }) => length), [4000, 4000, 1600]);
  assert.equal(told.chunks.map(({ sequence }) => sequence), [0, 1, 2]);
  assert.equal(told.ends, [{ reason: 'stopped', recordedMs: 1200, trailingMs: 0, lost: 0, digit: null }]);
  assert.not(recorder.recording);
});

test('chunk lengths are brought to 20..1,000 ms', () => {
  for (const [chunkMs, bytes] of [[0, 160], [750, 6000], [5000, 8000]] as const) {
    const { recorder, told } = recording({ chunkMs });
    for (let n = 0; n < 100; n++) recorder.frame(loud(), 0);
    assert.is(told.chunks[0]?.length, bytes);
    recorder.stop(0);
  }
});

test('a chunk stays what it was when recording goes on', () => {
  const kept: Uint8Array[] = [];
  const recorder = recorderOf({ chunk: (_, __, ___, bytes) => void kept.push(bytes), ended: () => undefined });
  recorder.begin({ record: 1, maxMs: 60_000, silenceMs: 0, silenceDbm0: -42, stopDigits: '', chunkMs: 20 }, 'PCMU', 0);
  for (let n = 0; n < 3; n++) recorder.frame(new Uint8Array(160).fill(n), 0);
  assert.equal(kept.map((bytes) => bytes[0]), [0, 1, 2]);
  assert.ok(kept.every((bytes) => bytes.buffer.byteLength === 160));
});

test('where no place is free a chunk has memory of its own, of its very size, and the next has a place again', () => {
  const places = ChunkPlaces.make(1);
  const told: [string, number[]][] = [];
  const own: number[] = [];
  const recorder = new Recorder({
    placed: (place, record, sequence, codec, bytes, lost) => {
      places.handOver(place, 1, record, sequence, codec, bytes, lost);
      told.push([`place ${place}`, []]);
    },
    chunk: (_, sequence, __, bytes) => {
      told.push([`own ${sequence}`, [...new Set(bytes)]]);
      own.push(bytes.buffer.byteLength);
    },
    ended: () => undefined,
  }, places, 0);
  recorder.begin({ record: 1, maxMs: 60_000, silenceMs: 0, silenceDbm0: -42, stopDigits: '', chunkMs: 40 }, 'PCMU', 0);
  for (let n = 0; n < 9; n++) recorder.frame(new Uint8Array(160).fill(n), 0);
  recorder.handOver(0);
  assert.equal(told, [['place 0', []], ['place 1', []], ['place 2', []], ['own 3', [6, 7]], ['own 4', [8]]]);
  assert.equal(own, [320, 160]);
  assert.equal([...new Set(places.fetch(1)?.bytes)], [2, 3]);
  recorder.frame(new Uint8Array(160).fill(9), 0);
  recorder.stop(0);
  assert.equal(told.at(-1), ['place 1', []]);
  assert.equal([0, 1, 2].map((place) => { const chunk = places.fetch(place); return [chunk?.sequence, ...new Set(chunk?.bytes)]; }), [[0, 0, 1], [5, 9], [2, 4, 5]]);
});

test('the maximum length is exact, also between frames', () => {
  const { recorder, told } = recording({ maxMs: 1010 });
  for (let n = 0; n < 100; n++) recorder.frame(loud(), 0);
  assert.is(told.bytes.length, 1010 * 8);
  assert.equal(told.ends, [{ reason: 'max', recordedMs: 1010, trailingMs: 0, lost: 0, digit: null }]);
});

test('silence ends it after its time, and counts from the last sound', () => {
  const { recorder, told } = recording({ silenceMs: 2000 });
  for (let n = 0; n < 99; n++) recorder.frame(silent, 0);
  recorder.frame(loud(), 0);
  for (let n = 0; n < 99; n++) recorder.frame(silent, 0);
  assert.is(told.ends.length, 0);
  recorder.frame(silent, 0);
  assert.equal(told.ends, [{ reason: 'silence', recordedMs: 4000, trailingMs: 2000, lost: 0, digit: null }]);
});

test('the trailing silence is told whatever ends it', () => {
  const { recorder, told } = recording();
  recorder.frame(loud(), 0);
  for (let n = 0; n < 5; n++) recorder.frame(silent, 0);
  recorder.digit('#', 0);
  assert.equal(told.ends, [{ reason: 'digit', recordedMs: 120, trailingMs: 100, lost: 0, digit: '#' }]);
});

test('other digits are recorded on', () => {
  const { recorder, told } = recording({ stopDigits: '#*' });
  for (const digit of '0123456789ABCD') recorder.digit(digit, 0);
  assert.ok(recorder.recording);
  recorder.digit('*', 0);
  assert.is(told.ends[0]?.digit, '*');
});

test('losses are told once each, also when one comes late after all', () => {
  const { recorder, told } = recording({ chunkMs: 40 });
  recorder.stop(7);
  recorder.begin({ record: 2, maxMs: 60_000, silenceMs: 0, silenceDbm0: -42, stopDigits: '', chunkMs: 40 }, 'PCMU', 7);
  for (const missing of [7, 9, 9, 8, 9, 10]) recorder.frame(loud(), missing);
  recorder.stop(11);
  assert.equal(told.chunks.map(({ lost }) => lost), [2, 0, 1]);
  assert.is(told.ends.at(-1)?.lost, 3);
});

test('a change of law starts a new chunk', () => {
  const { recorder, told } = recording();
  recorder.frame(loud(), 0);
  recorder.changeCodec('PCMU', 0);
  recorder.frame(loud(), 0);
  recorder.changeCodec('PCMA', 0);
  recorder.frame(loud(), 0);
  recorder.stop(0);
  assert.equal(told.chunks.map(({ codec, length }) => [codec, length]), [['PCMU', 320], ['PCMA', 160]]);
});

test('a second recording ends the first; without one nothing happens', () => {
  const { recorder, told } = recording();
  recorder.frame(loud(), 0);
  recorder.begin({ record: 2, maxMs: 1000, silenceMs: 0, silenceDbm0: -42, stopDigits: '', chunkMs: 500 }, 'PCMU', 0);
  assert.is(told.ends.length, 1);
  recorder.stop(0);
  recorder.stop(0);
  recorder.digit('#', 0);
  recorder.frame(loud(), 0);
  assert.is(told.ends.length, 2);
  assert.is(told.chunks.length, 1);
});

test('an armed recording begins when what plays was heard, and not when it was stopped', () => {
  const next: RecordSettings = { record: 2, maxMs: 1000, silenceMs: 0, silenceDbm0: -42, stopDigits: '#', chunkMs: 500 };
  const { recorder, told } = recording();
  recorder.stop(0);
  recorder.release(true, 'PCMU', 0);
  assert.not(recorder.recording, 'none was armed');
  recorder.arm(next);
  recorder.frame(loud(), 0);
  assert.not(recorder.stopsOn('#'));
  recorder.release(true, 'PCMU', 5);
  assert.ok(recorder.recording);
  recorder.frame(loud(), 6);
  recorder.stop(6);
  assert.equal(told.ends.at(-1), { reason: 'stopped', recordedMs: 20, trailingMs: 0, lost: 1, digit: null });
  recorder.arm({ ...next, record: 3 });
  recorder.release(false, 'PCMU', 6);
  recorder.release(true, 'PCMU', 6);
  assert.not(recorder.recording);
  assert.is(told.ends.length, 3);
  assert.is(told.ends[2]?.recordedMs, 0);
});

test('one end is told of each armed recording: another takes its place, it is stopped, or one begins at once', () => {
  const ended: number[] = [];
  const recorder = recorderOf({ chunk: () => undefined, ended: (record) => void ended.push(record) });
  const plan = (record: number): RecordSettings => ({ record, maxMs: 1000, silenceMs: 0, silenceDbm0: -42, stopDigits: '', chunkMs: 500 });
  recorder.arm(plan(1));
  recorder.arm(plan(2));
  recorder.stop(0);
  recorder.arm(plan(3));
  recorder.begin(plan(4), 'PCMU', 0);
  recorder.arm(plan(5));
  recorder.release(true, 'PCMU', 0);
  recorder.stop(0);
  recorder.stop(0);
  assert.equal(ended, [1, 2, 3, 4, 5]);
});

test('silence before a hold and after it are not one silence', () => {
  const { recorder, told } = recording({ silenceMs: 1000 });
  for (let n = 0; n < 40; n++) recorder.frame(silent, 0);
  recorder.interrupt();
  for (let n = 0; n < 40; n++) recorder.frame(silent, 0);
  assert.is(told.ends.length, 0);
});

test.run();
