import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeTable, toUlaw, ulawDecode } from '../../../hal/g711.ts';
import type { AudioSource } from '../../../firmware/media/audio-source.ts';
import { Player } from '../../../firmware/media/player.ts';
import { Stretched } from '../../../firmware/media/stretched.ts';

/** Seconds of two tones, as a voice has more than one. */
const tone = (seconds: number): Uint8Array => Uint8Array.from({ length: seconds * 8000 }, (_, at) => toUlaw(Math.round(6000 * Math.sin((2 * Math.PI * 220 * at) / 8000) + 3000 * Math.sin((2 * Math.PI * 440 * at) / 8000))));

class Whole implements AudioSource {
  #at = 0;
  readonly #codes: Uint8Array;

  constructor(codes: Uint8Array) {
    this.#codes = codes;
  }

  get done(): boolean {
    return this.#at >= this.#codes.length;
  }

  fill(out: Uint8Array, at: number, samples: number): number {
    const count = Math.min(samples, this.#codes.length - this.#at);
    out.set(this.#codes.subarray(this.#at, this.#at + count), at);
    this.#at += count;
    return count;
  }
}

function stretched(codes: Uint8Array, percent: number): Int16Array {
  const source = new Stretched('PCMU');
  source.changeCodec('PCMU');
  source.load(new Whole(codes), percent);
  const packet = new Uint8Array(160);
  const heard: number[] = [];
  while (!source.done && heard.length < 10 * codes.length) {
    const count = source.fill(packet, 0, 160);
    for (let index = 0; index < count; index += 1) heard.push(ulawDecode[packet[index] as number] as number);
  }
  return Int16Array.from(heard);
}

/** How much of the energy is at `hz`, 0 to 1. */
function share(samples: Int16Array, hz: number): number {
  let [cosine, sine, energy] = [0, 0, 0];
  samples.forEach((sample, at) => {
    cosine += sample * Math.cos((2 * Math.PI * hz * at) / 8000);
    sine += sample * Math.sin((2 * Math.PI * hz * at) / 8000);
    energy += sample * sample;
  });
  return (2 * (cosine * cosine + sine * sine)) / (samples.length * energy);
}

for (const percent of [75, 125, 150]) {
  test(`${percent} percent: as much shorter or longer, at the same pitch and as loud`, () => {
    const heard = stretched(tone(4), percent);
    const expected = (32_000 * 100) / percent;
    assert.ok(Math.abs(heard.length - expected) < 400, `${heard.length} samples, ${expected} expected`);
    // A short while of it, so that pieces that fit not quite to the sample do not blur the line.
    const parts = [1, 2].map((second) => heard.slice(second * 4000, second * 4000 + 800));
    for (const part of parts) assert.ok(share(part, 220) + share(part, 440) > 0.85, `${(share(part, 220) + share(part, 440)).toFixed(3)} of the energy at its two tones`);
    const loudest = heard.slice(1000, -1000).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    assert.ok(loudest > 7000 && loudest < 9500, `peak ${loudest}`);
  });
}

test('silence stays silence, and a stream that is over ends', () => {
  assert.ok(stretched(new Uint8Array(8000).fill(0xff), 125).every((sample) => sample === 0));
  assert.is(stretched(new Uint8Array(0), 125).length < 400, true);
});

test('a player plays a stream faster from now on, and the next one too, and as before at 100', () => {
  const wants: { readonly play: number; readonly stream: number; readonly offset: number; readonly bytes: number }[] = [];
  const ended: number[] = [];
  const player = new Player({ get: () => null, ids: () => [] }, { want: (play, stream, offset, bytes) => void wants.push({ play, stream, offset, bytes }), ended: (play) => void ended.push(play), starved: () => undefined });
  player.changeCodec('PCMU');
  const audio = tone(4);
  const packetsOf = (play: number): number => {
    player.begin(play, [{ kind: 'stream', stream: play, codec: 'PCMU', bytes: audio.length }], false);
    const packet = new Uint8Array(160);
    let packets = 0;
    for (; !ended.includes(play) && packets < 1000; packets += 1) {
      for (let want = wants.shift(); want !== undefined; want = wants.shift()) player.block(want.play, want.stream, want.offset, audio.slice(want.offset, want.offset + want.bytes));
      player.fill(packet, 0, 160);
    }
    return packets;
  };
  assert.ok(Math.abs(packetsOf(1) - 200) <= 1);
  player.speed(125);
  assert.ok(Math.abs(packetsOf(2) - 160) <= 4, 'faster');
  assert.ok(Math.abs(packetsOf(3) - 160) <= 4, 'the next one too');
  player.speed(100);
  assert.ok(Math.abs(packetsOf(4) - 200) <= 1, 'as before');
});

test('another speed that was chosen before anything played is in the law of the call, and so is what plays after the law has changed', () => {
  const audio = tone(2);
  const wants: { readonly offset: number; readonly bytes: number }[] = [];
  const player = new Player({ get: () => null, ids: () => [] }, { want: (_play, _stream, offset, bytes) => void wants.push({ offset, bytes }), ended: () => undefined, starved: () => undefined });
  player.changeCodec('PCMA');
  player.speed(125);
  player.begin(1, [{ kind: 'stream', stream: 1, codec: 'PCMU', bytes: audio.length }], false);
  const heard = (codec: 'PCMU' | 'PCMA'): Int16Array => {
    const codes = new Uint8Array(3200);
    for (let at = 0; at < codes.length; at += 160) {
      for (let want = wants.shift(); want !== undefined; want = wants.shift()) player.block(1, 1, want.offset, audio.slice(want.offset, want.offset + want.bytes));
      player.fill(codes, at, 160);
    }
    return Int16Array.from(codes, (code) => decodeTable(codec)[code] as number).slice(1600, 2400);
  };
  for (const codec of ['PCMA', 'PCMU'] as const) {
    player.changeCodec(codec);
    const part = heard(codec);
    assert.ok(share(part, 220) + share(part, 440) > 0.85, `${codec}: ${(share(part, 220) + share(part, 440)).toFixed(3)} of the energy at its two tones`);
  }
});

test.run();
