// Sample formats of voice modems (ITU-T V.253 and vendors' manuals), to and from 16-bit linear. Written from the formulas of
// ITU-T G.711, apart from the tables of the product, so that each proves the other.

/** 's8', 'u8': linear, signed or offset by 128. 'mu', 'a': G.711. 's16': linear, low byte first. */
export type SampleFormat = 's8' | 'u8' | 'mu' | 'a' | 's16';

export const bytesPerSample = (format: SampleFormat): 1 | 2 => (format === 's16' ? 2 : 1);

/** `code`: 0 to 255, or 0 to 65535 for 's16'. */
export function toLinear(format: SampleFormat, code: number): number {
  if (format === 's16') return (code << 16) >> 16;
  return decoded[format][code & 0xff] ?? 0;
}

/** The nearest code of a 16-bit linear sample. */
export function fromLinear(format: SampleFormat, sample: number): number {
  if (format === 's16') return sample & 0xffff;
  return encoded[format][sample + 32_768] ?? 0;
}

const table = (decode: (code: number) => number): Int16Array => Int16Array.from({ length: 256 }, (_, code) => decode(code));

const decoded: Readonly<Record<'s8' | 'u8' | 'mu' | 'a', Int16Array>> = {
  s8: table((code) => ((code << 24) >> 24) * 256),
  u8: table((code) => (code - 128) * 256),
  mu: table(muLaw),
  a: table(aLaw),
};

const encoded = { s8: nearest(decoded.s8), u8: nearest(decoded.u8), mu: nearest(decoded.mu), a: nearest(decoded.a) };

function muLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 1) + 33) << ((bits >> 4) & 7)) - 33;
  return (bits & 0x80 ? -magnitude : magnitude) * 4;
}

function aLaw(code: number): number {
  const bits = code ^ 0x55;
  const [segment, step] = [(bits >> 4) & 7, (bits & 15) << 1];
  const magnitude = segment === 0 ? step + 1 : (step + 33) << (segment - 1);
  return (bits & 0x80 ? magnitude : -magnitude) * 8;
}

function nearest(values: Int16Array): Uint8Array {
  // Of the two zeros of the mu-law the positive one comes first, and is kept.
  const codes = [...values.keys()].sort((one, other) => (values[one] ?? 0) - (values[other] ?? 0) || other - one);
  const result = new Uint8Array(65_536);
  let at = 0;
  for (let sample = -32_768; sample < 32_768; sample++) {
    const away = (index: number): number => Math.abs((values[codes[index] ?? 0] ?? 0) - sample);
    while (at + 1 < codes.length && away(at + 1) < away(at)) at++;
    // A second zero hides what lies behind it.
    if (at + 2 < codes.length && away(at + 2) < away(at)) at += 2;
    result[sample + 32_768] = codes[at] ?? 0;
  }
  return result;
}
