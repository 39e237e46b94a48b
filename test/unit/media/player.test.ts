import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { convertTable, silenceCode, ulawSilence } from '../../../hal/g711.ts';
import type { PlayItem } from '../../../firmware/media/media-protocol.ts';
import { Player } from '../../../firmware/media/player.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { sameBytes } from '../../support/media/same-bytes.ts';
import { frameLevel } from '../../support/media/signals.ts';

interface Want {
  readonly play: number;
  readonly stream: number;
  readonly offset: number;
  readonly bytes: number;
  readonly spare: Uint8Array | null;
}

const prompts = new Map([['en/a', new SimRandom(1).bytes(1000)], ['en/b', new SimRandom(2).bytes(777)], ['en/empty', new Uint8Array(0)]]);

class Stage {
  readonly wants: Want[] = [];
  readonly ends: string[] = [];
  readonly missing: string[][] = [];
  readonly starved: number[] = [];
  readonly stored = new Map<number, Uint8Array>();
  readonly player = new Player(
    { get: (id) => (prompts.has(id) ? { ulaw: prompts.get(id) as Uint8Array } : null), ids: () => [...prompts.keys()] },
    {
      want: (play, stream, offset, bytes, spare) => void this.wants.push({ play, stream, offset, bytes, spare }),
      ended: (play, reason, missing) => {
        this.ends.push(`${play} ${reason}`);
        this.missing.push([...missing]);
      },
      starved: (_, packets) => void this.starved.push(packets),
    },
  );

  constructor() {
    this.player.changeCodec('PCMU');
  }

  stream(stream: number, bytes: number): PlayItem {
    this.stored.set(stream, new SimRandom(100 + stream).bytes(bytes));
    return { kind: 'stream', stream, codec: 'PCMU', bytes };
  }

  /** Answers what is wanted, as control does. */
  answer(count = Infinity): void {
    for (let n = 0; n < count; n++) {
      const want = this.wants.shift();
      if (want === undefined) return;
      this.player.block(want.play, want.stream, want.offset, this.stored.get(want.stream)?.slice(want.offset, want.offset + want.bytes) ?? new Uint8Array(0));
    }
  }

  frames(count: number, { samples = 160, answering = true } = {}): Uint8Array {
    const out = new Uint8Array(count * samples);
    for (let n = 0; n < count; n++) {
      if (answering) this.answer();
      this.player.fill(out, n * samples, samples);
    }
    return out;
  }
}

const a = prompts.get('en/a') as Uint8Array;
const b = prompts.get('en/b') as Uint8Array;

test('nothing to play is silence', () => {
  const stage = new Stage();
  assert.ok(stage.frames(3).every((code) => code === ulawSilence));
  assert.equal(stage.ends, []);
});

for (const samples of [80, 160, 240, 480]) {
  test(`prompts, silences and streams follow each other without a gap, in packets of ${samples} samples`, () => {
    const stage = new Stage();
    const items: PlayItem[] = [
      { kind: 'prompt', id: 'en/a' }, stage.stream(7, 50_001), { kind: 'prompt', id: 'en/empty' }, { kind: 'silence', ms: 13 }, stage.stream(8, 30_000), { kind: 'prompt', id: 'en/b' },
    ];
    stage.player.begin(1, items, false);
    const expected = Buffer.concat([a, stage.stored.get(7) as Uint8Array, new Uint8Array(104).fill(ulawSilence), stage.stored.get(8) as Uint8Array, b]);
    const played = stage.frames(Math.ceil(expected.length / samples), { samples });
    sameBytes(played.subarray(0, expected.length), expected);
    assert.equal(stage.ends, ['1 done']);
    assert.ok(played.subarray(expected.length).every((code) => code === ulawSilence));
    assert.equal(stage.starved, []);
  });
}

test('a second play replaces the first, stop ends it, an ended play is not ended twice', () => {
  const stage = new Stage();
  stage.player.begin(1, [{ kind: 'prompt', id: 'en/a' }], false);
  stage.player.begin(2, [{ kind: 'prompt', id: 'en/b' }], false);
  stage.player.stop();
  stage.player.stop();
  assert.equal(stage.ends, ['1 replaced', '2 stopped']);
  assert.not(stage.player.playing);
});

test('a digit ends only what asked for it', () => {
  const stage = new Stage();
  stage.player.begin(1, [{ kind: 'prompt', id: 'en/a' }], false);
  stage.player.digit();
  assert.equal(stage.ends, []);
  stage.player.begin(2, [{ kind: 'prompt', id: 'en/a' }], true);
  stage.player.digit();
  assert.equal(stage.ends, ['1 replaced', '2 digit']);
});

test('unknown prompts are left out and named; a list of nothing is done with the next packet', () => {
  const stage = new Stage();
  stage.player.begin(1, [{ kind: 'prompt', id: 'xx/1' }, { kind: 'prompt', id: 'en/b' }, { kind: 'prompt', id: 'xx/2' }], false);
  sameBytes(stage.frames(5).subarray(0, b.length), b);
  stage.player.begin(2, [{ kind: 'prompt', id: 'xx/3' }], false);
  assert.is(stage.ends.length, 1, 'not from inside begin');
  stage.frames(1);
  stage.player.begin(3, [], false);
  stage.frames(1);
  assert.equal(stage.ends, ['1 done', '2 done', '3 done']);
  assert.equal(stage.missing, [['xx/1', 'xx/2'], ['xx/3'], []]);
});

test('prompts are turned into A-law on the way, and in mid-prompt when the law changes', () => {
  const stage = new Stage();
  stage.player.changeCodec('PCMA');
  stage.player.begin(1, [{ kind: 'prompt', id: 'en/a' }], false);
  const table = convertTable('PCMU', 'PCMA');
  sameBytes(stage.frames(2), a.subarray(0, 320).map((code) => table[code] ?? 0));
  stage.player.changeCodec('PCMU');
  sameBytes(stage.frames(2), a.subarray(320, 640));
  stage.player.stop();
  stage.player.changeCodec('PCMA');
  assert.is(stage.frames(1)[0], silenceCode('PCMA'));
});

test('streams stored in the other law are turned too', () => {
  const stage = new Stage();
  stage.stream(1, 1600);
  stage.player.begin(1, [{ kind: 'stream', stream: 1, codec: 'PCMA', bytes: 1600 }], false);
  const table = convertTable('PCMA', 'PCMU');
  sameBytes(stage.frames(10), (stage.stored.get(1) as Uint8Array).map((code) => table[code] ?? 0));
});

test('a tone has its level and length, and soft edges', () => {
  const stage = new Stage();
  stage.player.begin(1, [{ kind: 'tone', hz: 1000, ms: 200, levelDbm0: -10 }, { kind: 'silence', ms: 20 }], false);
  const played = stage.frames(11);
  assert.ok(Math.abs(frameLevel('PCMU', played, 160, 1280) + 10) < 0.3);
  assert.ok(frameLevel('PCMU', played, 0, 8) < -20);
  assert.ok(frameLevel('PCMU', played, 1592, 8) < -20);
  assert.ok(played.subarray(1600).every((code) => code === ulawSilence));
});

test('at most two blocks are asked for at a time, in order, and only below 2 s in hand', () => {
  const stage = new Stage();
  stage.player.begin(1, [stage.stream(5, 100_000)], false);
  assert.equal(stage.wants.map(({ offset, bytes }) => [offset, bytes]), [[0, 16_384], [16_384, 16_384]]);
  stage.frames(10, { answering: false });
  assert.is(stage.wants.length, 2);
  stage.answer();
  assert.is(stage.wants.length, 0, '4 s in hand');
  stage.frames(104, { answering: false });
  assert.is(stage.wants.length, 0, 'just above 2 s');
  stage.frames(2, { answering: false });
  assert.equal(stage.wants.map(({ offset }) => offset), [32_768]);
  stage.frames(48, { answering: false });
  assert.is(stage.wants.length, 1, 'the answer may take a second');
  stage.frames(2, { answering: false });
  assert.equal(stage.wants.map(({ offset }) => offset), [32_768, 49_152]);
});

test('a block that has been played is given with the next question; what plays on holds two', () => {
  const stage = new Stage();
  stage.player.begin(1, [stage.stream(5, 400_000)], false);
  const given = new Set<Uint8Array>();
  for (let frame = 0; frame < 2000; frame++) {
    for (const { play, stream, offset, bytes, spare } of stage.wants.splice(0)) {
      const block = spare?.length === bytes ? spare : new Uint8Array(bytes);
      block.set((stage.stored.get(5) as Uint8Array).subarray(offset, offset + bytes));
      given.add(block);
      stage.player.block(play, stream, offset, block);
    }
    sameBytes(stage.frames(1, { answering: false }), (stage.stored.get(5) as Uint8Array).subarray(frame * 160, frame * 160 + 160));
  }
  assert.is(given.size, 2);
});

test('the last block asked for is as long as the rest', () => {
  const stage = new Stage();
  stage.player.begin(1, [stage.stream(5, 20_000)], false);
  assert.equal(stage.wants.map(({ bytes }) => bytes), [16_384, 3616]);
});

test('blocks for the next stream are asked for while something else plays', () => {
  const stage = new Stage();
  stage.player.begin(1, [{ kind: 'silence', ms: 5000 }, stage.stream(1, 40_000)], false);
  assert.equal(stage.wants.map(({ stream }) => stream), [1, 1]);
});

test('blocks that do not come: silence, the place is kept, and it is told in the end', () => {
  const stage = new Stage();
  stage.player.begin(1, [stage.stream(3, 40_000)], false);
  const stored = stage.stored.get(3) as Uint8Array;
  const before = stage.frames(5, { answering: false });
  assert.ok(before.every((code) => code === ulawSilence), 'waiting for the first block');
  stage.answer(1);
  const first = stage.frames(102, { answering: false });
  sameBytes(first, stored.subarray(0, 16_320));
  const gap = stage.frames(4, { answering: false });
  sameBytes(gap.subarray(0, 64), stored.subarray(16_320, 16_384));
  assert.ok(gap.subarray(64).every((code) => code === ulawSilence));
  sameBytes(stage.frames(50), stored.subarray(16_384, 24_384));
  stage.player.stop();
  assert.equal(stage.starved, [4]);
});

test('seeking forward and back lands on the sample; answers to old questions are not played', () => {
  const stage = new Stage();
  stage.player.begin(1, [stage.stream(3, 400_000)], false);
  const stored = stage.stored.get(3) as Uint8Array;
  stage.frames(50);
  stage.player.seek(20_000);
  assert.is(stage.wants.length, 2);
  sameBytes(stage.frames(50), stored.subarray(168_000, 176_000));
  stage.player.seek(-5000);
  sameBytes(stage.frames(50), stored.subarray(136_000, 144_000));
  stage.player.seek(-60_000);
  sameBytes(stage.frames(50), stored.subarray(0, 8000));
});

test('a seek with two questions unanswered asks only when they are answered', () => {
  const stage = new Stage();
  stage.player.begin(1, [stage.stream(3, 400_000)], false);
  stage.player.fill(new Uint8Array(160), 0, 160);
  stage.player.seek(30_000);
  assert.is(stage.wants.length, 2, 'no third');
  stage.answer(2);
  assert.equal(stage.wants.map(({ offset }) => offset), [240_000, 256_384]);
  sameBytes(stage.frames(10), (stage.stored.get(3) as Uint8Array).subarray(240_000, 241_600));
});

test('a short seek within what is held asks for nothing anew', () => {
  const stage = new Stage();
  stage.player.begin(1, [stage.stream(3, 32_768)], false);
  stage.frames(10);
  stage.player.seek(1000);
  assert.is(stage.wants.length, 0);
  sameBytes(stage.frames(10), (stage.stored.get(3) as Uint8Array).subarray(9600, 11_200));
});

test('seeking past the end ends the item, and what follows plays', () => {
  const stage = new Stage();
  stage.player.begin(1, [stage.stream(3, 100_000), { kind: 'prompt', id: 'en/a' }], false);
  stage.frames(5);
  stage.player.seek(1_000_000);
  sameBytes(stage.frames(6), a.subarray(0, 960));
});

test('seeking where no stream plays does nothing', () => {
  const stage = new Stage();
  stage.player.begin(1, [{ kind: 'prompt', id: 'en/a' }, stage.stream(3, 1000)], false);
  stage.frames(1);
  stage.player.seek(5000);
  sameBytes(stage.frames(2), a.subarray(160, 480));
});

for (const percent of [100, 150]) {
  test(`a seek right after the beginning is one from the beginning of the stream, at ${percent} percent`, () => {
    const heard = (items: (stage: Stage) => PlayItem[], begun: (stage: Stage) => void): Uint8Array => {
      const stage = new Stage();
      stage.player.speed(percent);
      stage.player.begin(1, items(stage), false);
      begun(stage);
      const played = stage.frames(50);
      assert.equal(stage.starved, []);
      return played;
    };
    const whole = (stage: Stage): PlayItem[] => [{ kind: 'prompt', id: 'en/empty' }, stage.stream(3, 400_000)];
    const rest = (stage: Stage): PlayItem[] => {
      const item = stage.stream(3, 400_000);
      stage.stored.set(4, (stage.stored.get(3) as Uint8Array).subarray(160_000));
      return [{ ...item, stream: 4, bytes: 240_000 } as PlayItem];
    };
    sameBytes(heard(whole, ({ player }) => player.seek(20_000)), heard(rest, () => undefined));
  });
}

test('a seek right after the beginning does nothing to a prompt that comes first, and nothing to the stream behind it', () => {
  const stage = new Stage();
  stage.player.begin(1, [{ kind: 'prompt', id: 'en/a' }, stage.stream(3, 1000)], false);
  stage.player.seek(50);
  const expected = Buffer.concat([a, stage.stored.get(3) as Uint8Array]);
  sameBytes(stage.frames(13).subarray(0, expected.length), expected);
  stage.player.begin(2, [], false);
  stage.player.seek(50);
  assert.is(stage.ends.length, 1, 'a list of nothing ends with the next packet');
});

test('an empty block ends the stream there', () => {
  const stage = new Stage();
  const item = stage.stream(3, 100_000);
  stage.stored.set(3, (stage.stored.get(3) as Uint8Array).slice(0, 16_384));
  stage.player.begin(1, [item, { kind: 'prompt', id: 'en/b' }], false);
  const played = stage.frames(120);
  sameBytes(played.subarray(0, 16_384), stage.stored.get(3) as Uint8Array);
  sameBytes(played.subarray(16_384, 16_384 + b.length), b);
  assert.equal(stage.ends, ['1 done']);
});

test('short blocks are continued from where they end', () => {
  const stage = new Stage();
  stage.player.begin(1, [stage.stream(3, 40_000)], false);
  const stored = stage.stored.get(3) as Uint8Array;
  const out = new Uint8Array(40_000);
  for (let at = 0; at < out.length; at += 160) {
    for (const want of stage.wants.splice(0)) stage.player.block(1, 3, want.offset, stored.slice(want.offset, want.offset + 5000));
    stage.player.fill(out, at, 160);
  }
  sameBytes(out, stored);
});

test('paused it is silent and goes on where it stood', () => {
  const stage = new Stage();
  stage.player.begin(1, [{ kind: 'prompt', id: 'en/a' }], false);
  stage.frames(2);
  stage.player.pause(true);
  assert.ok(stage.frames(50).every((code) => code === ulawSilence));
  stage.player.pause(false);
  sameBytes(stage.frames(2), a.subarray(320, 640));
});

test('the start of a play marks a talkspurt once', () => {
  const stage = new Stage();
  assert.not(stage.player.takeBegan());
  stage.player.begin(1, [{ kind: 'prompt', id: 'en/a' }], false);
  assert.ok(stage.player.takeBegan());
  assert.not(stage.player.takeBegan());
});

test('blocks of an earlier play are not taken', () => {
  const stage = new Stage();
  stage.player.begin(1, [stage.stream(3, 40_000)], false);
  stage.player.begin(2, [stage.stream(3, 40_000)], false);
  stage.player.block(1, 3, 0, new Uint8Array(16_384).fill(9));
  stage.wants.splice(0, 2);
  sameBytes(stage.frames(10), (stage.stored.get(3) as Uint8Array).subarray(0, 1600));
});

test.run();
