import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoicingError } from '../../../board/voices/voicing-error.ts';
import { readLinear, readWav } from '../../../board/voices/wav-reader.ts';
import { toAlaw, toUlaw } from '../../../hal/g711.ts';
import { pcm16, wavFile } from './wav-files.ts';

const refused = (why: RegExp) => (error: unknown) => error instanceof VoicingError && error.id === 'bad-recording' && why.test(error.message);

test('16-bit PCM of any rate', () => {
  const { rate, samples } = readWav(wavFile(pcm16([0, 1, -2, 32_767, -32_768]), { rate: 22_050 }), 'x');
  assert.is(rate, 22_050);
  assert.equal([...samples], [0, 1, -2, 32_767, -32_768]);
});

test('the first of two channels', () => {
  assert.equal([...readWav(wavFile(pcm16([1, 100, 2, 200, 3, 300]), { channels: 2 }), 'x').samples], [1, 2, 3]);
});

test('G.711 of both laws', () => {
  const close = (samples: Float64Array): boolean => [1000, -1000].every((wanted, at) => Math.abs((samples[at] ?? 0) - wanted) < 40);
  assert.ok(close(readWav(wavFile(Uint8Array.of(toUlaw(1000), toUlaw(-1000)), { tag: 7, bits: 8 }), 'x').samples));
  assert.ok(close(readWav(wavFile(Uint8Array.of(toAlaw(1000), toAlaw(-1000)), { tag: 6, bits: 8 }), 'x').samples));
});

test('other chunks are passed over, odd ones with their padding', () => {
  const odd = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
  assert.equal([...readWav(wavFile(pcm16([7, 8]), { before: odd }), 'x').samples], [7, 8]);
});

test('a length that a pipe made up means to the end', () => {
  assert.equal([...readWav(wavFile(pcm16([7, 8]), { claimedBytes: 0x7fff_f000 }), 'x').samples], [7, 8]);
});

test('what is no usable recording is refused by name', () => {
  assert.throws(() => readWav(Buffer.from('ID3 and then some music'), 'song.wav'), refused(/^song\.wav .*not a WAV/));
  assert.throws(() => readWav(Buffer.alloc(0), 'x'), refused(/not a WAV/));
  assert.throws(() => readWav(wavFile(pcm16([1])).subarray(0, 40), 'x'), refused(/no audio/));
  assert.throws(() => readWav(wavFile(Buffer.alloc(6), { bits: 24 }), 'x'), refused(/24 bits/));
  assert.throws(() => readWav(wavFile(Buffer.alloc(65), { tag: 49, bits: 0 }), 'x'), refused(/format 49/));
  assert.throws(() => readWav(wavFile(Buffer.alloc(4), { channels: 0 }), 'x'), refused(/not 16-bit PCM/));
});

test('no truncation of a good file throws anything else', () => {
  const whole = wavFile(pcm16([1, 2, 3, 4]));
  for (let length = 0; length < whole.length; length++) {
    try {
      readWav(whole.subarray(0, length), 'x');
    } catch (error) {
      assert.instance(error, VoicingError);
    }
  }
});

test('headerless samples', () => {
  assert.equal([...readLinear(pcm16([5, -6]), 8000).samples], [5, -6]);
});

test.run();
