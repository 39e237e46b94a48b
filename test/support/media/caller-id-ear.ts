/** What a caller ID receiver makes of a signal. */
import type { CallerIdVariant } from '../../../firmware/media/detect/caller-id-receiver.ts';
import { CallerIdReceiver } from '../../../firmware/media/detect/caller-id-receiver.ts';
import { ulawDecode } from '../../../hal/g711.ts';
import type { CallerId } from '../../../hal/line.ts';
import { ulaw } from './signals.ts';

/** Callers told over 16 bit linear samples, heard as µ-law; a silent frame follows. */
export function callersIn(variant: CallerIdVariant, signal: Float64Array, receiver = new CallerIdReceiver(variant)): CallerId[] {
  const codes = ulaw(signal);
  const frame = new Uint8Array(160);
  const found: CallerId[] = [];
  for (let at = 0; at < codes.length + 320; at += 160) {
    frame.fill(0xff);
    frame.set(codes.subarray(at, at + 160));
    const callerId = receiver.hear(frame, ulawDecode);
    if (callerId !== null) found.push(callerId);
  }
  return found;
}

export const linear = (codes: Uint8Array): Float64Array => Float64Array.from(codes, (code) => ulawDecode[code] ?? 0);
