/** What a telephone is sent on-hook, as G.711 codes of a whole transmission: who calls, and whether its lamp is to be lit. */
import type { CallerId, LineLaw } from '../../../hal/line.ts';
import { encodeTable, silenceCode } from '../../../hal/g711.ts';
import { samplesOf } from '../audio-format.ts';
import { DualTone } from '../dual-tone.ts';
import { encodeCall, encodeWaiting } from './caller-id-message.ts';
import type { CallTime } from './caller-id-message.ts';
import type { CallerIdVariant } from './caller-id-receiver.ts';
import { dtmfCallerIdAudio } from './dtmf-caller-id.ts';
import { FskModulator } from './fsk-modulator.ts';
import { bell202, v23 } from './fsk-tones.ts';

/** GR-30-CORE section 2.3, EN 300 659-1 section 6.2: 300 bits of seizure, 180 of mark. */
const onHook = { seizureBits: 300, markBits: 180, endBits: 10 };
/** Dual tone alerting signal, EN 300 659-1 section 6.1.2: 2130 and 2750 Hz, 100 ms, then 45 to 500 ms of silence. */
const alertMs = 100;
const alertGapMs = 60;
const alertLevelDbm0 = -20;

/** Sent after the first ring, when 500 ms at least of silence have passed (EN 300 659-1 section 5.1: 500 to 2000). `time`: null = not told. */
export function callerIdAudio(callerId: CallerId, variant: CallerIdVariant, law: LineLaw, time: CallTime | null): Uint8Array {
  if (variant === 'dtmf') return dtmfCallerIdAudio(callerId, encodeTable(law), silenceCode(law));
  return fskAudio(encodeCall(callerId, time), variant, law, 0);
}

/** Sent while nothing rings (ETS 300 778-1, GR-1401-CORE): V.23 telephones are woken by an alerting signal first. 'dtmf' has none of its own and is sent V.23. */
export function messageWaitingAudio(lit: boolean, variant: CallerIdVariant, law: LineLaw): Uint8Array {
  const isBell = variant === 'bell';
  const audio = fskAudio(encodeWaiting(lit), isBell ? 'bell' : 'v23', law, isBell ? 0 : samplesOf(alertMs + alertGapMs));
  if (isBell) return audio;
  const alert = new DualTone();
  alert.begin(2130, alertLevelDbm0, 2750, alertLevelDbm0, alertMs);
  alert.fill(audio, 0, samplesOf(alertMs), encodeTable(law));
  return audio;
}

/** Whole frames, with silence before and after. */
function fskAudio(message: Uint8Array, variant: 'bell' | 'v23', law: LineLaw, before: number): Uint8Array {
  const modulator = new FskModulator(variant === 'bell' ? bell202 : v23);
  modulator.begin(message, onHook);
  const out = new Uint8Array(Math.ceil((before + modulator.samples) / 160) * 160).fill(silenceCode(law));
  modulator.fill(out, before, modulator.samples, encodeTable(law));
  return out;
}
