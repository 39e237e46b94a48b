// Speech of the tests, and how much of it a message holds.
import { alawDecode, alawEncode, ulawDecode, ulawEncode } from '../../../hal/g711.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { talk } from '../media/signals.ts';

const frameSamples = 160;
const laws = { 0: { encode: ulawEncode, decode: ulawDecode }, 8: { encode: alawEncode, decode: alawDecode } } as const;
export type Payload = keyof typeof laws;

/** Something like talk, different for each seed. */
export function speech(seed: number, ms: number, payload: Payload = 0): Uint8Array {
  return encoded(talk(new SimRandom(seed), ms), payload);
}

/** Share of the frames of `sent` that stand in `recorded` sample for sample and in order: 1 = all that was said, as it was said. */
export function shareHeard(sent: Uint8Array, recorded: Float64Array, payload: Payload = 0): number {
  // Both zeros of a law are the same sample, so both sides are brought to the same code.
  const heard = Buffer.from(encoded(recorded, payload));
  const said = encoded(Float64Array.from(sent, (code) => laws[payload].decode[code] ?? 0), payload);
  const frames = Math.floor(said.length / frameSamples);
  let found = 0;
  for (let frame = 0, from = 0; frame < frames; frame++) {
    const at = heard.indexOf(said.subarray(frame * frameSamples, (frame + 1) * frameSamples), from);
    if (at < 0) continue;
    found += 1;
    from = at + frameSamples;
  }
  return found / frames;
}

const encoded = (signal: Float64Array, payload: Payload): Uint8Array =>
  Uint8Array.from(signal, (value) => laws[payload].encode[Math.max(-32_768, Math.min(32_767, Math.round(value))) + 32_768] ?? 0);
