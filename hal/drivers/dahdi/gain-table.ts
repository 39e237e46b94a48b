import { decodeTable, encodeTable } from '../../g711.ts';
import type { LineLaw } from '../../line.ts';

/** What each G.711 code becomes when amplified by `db`; clipped at the law's ends. 0 dB is the identity. */
export function gainTable(law: LineLaw, db: number): Uint8Array {
  if (db === 0) return Uint8Array.from({ length: 256 }, (_, code) => code);
  const [decode, encode] = [decodeTable(law), encodeTable(law)];
  const factor = 10 ** (db / 20);
  return Uint8Array.from({ length: 256 }, (_, code) => {
    const sample = Math.round((decode[code] ?? 0) * factor);
    return encode[Math.min(32_767, Math.max(-32_768, sample)) + 32_768] ?? 0;
  });
}
