import { cobsBytes } from './cobs.ts';
import { beatBytes } from './beat.ts';

/** A start bit, eight of data, a stop bit. */
const bitsPerByte = 10;
/** Beats take at most this part of the line, so that one that must leave at once finds it free soon. */
const lineShare = 0.5;

/** What a beat takes on the line, in milliseconds. */
export const serialBeatMs = (baud: number): number => (cobsBytes(beatBytes) * bitsPerByte * 1000) / baud;

/** Every so many beats one goes over the line: 1 at 115,200 bit/s and 25 ms, 6 at 9,600. */
export const serialEvery = (baud: number, beatMs: number): number => Math.max(1, Math.ceil(serialBeatMs(baud) / (lineShare * beatMs)));
