import path from 'node:path';
import { freePorts } from '../support/peers/free-ports.ts';
import { Program } from '../support/peers/program.ts';
import { floorPeer } from './floor.ts';
import type { LoadKind } from './steady-calls.ts';
import { asByLoader, asByService } from './unit-flags.ts';

export interface MediaAsk {
  readonly kind: LoadKind;
  readonly calls: number;
  readonly seconds: number;
  /** First RTP port of the engine, and of the other side. */
  readonly here: number;
  readonly there: number;
}

export interface MediaAnswer {
  readonly batch: string;
  readonly cpuMs: number;
  readonly seconds: number;
  /** Packets in that time, of all that were counted. */
  readonly sent: number;
  readonly received: number;
}

/** Of the packets of `seconds`, so many must have come for the figure to count. */
const leastShare = 0.8;
const packetsPerSecond = 50;
/** Start, warming up, end. */
const moreSec = 15;

/**
 * What the media engine by itself needs for so many calls, as a share of one core: no SIP, no store, no capture, and the very other side that the
 * floor has. It sends every packet, of silence too. null: there is no C compiler, so no other side.
 */
export async function mediaAlone(kind: LoadKind, calls: number, seconds: number): Promise<number | null> {
  const [here, there] = [await freePorts(2 * calls), await freePorts(2 * calls)];
  const peer = floorPeer('packet', { calls, seconds: seconds + moreSec, there, here });
  if (peer === null) return null;
  const ask: MediaAsk = { kind, calls, seconds, here, there };
  const child = path.join(path.dirname(process.argv[1] ?? ''), 'media.child.mjs');
  try {
    const engine = new Program(process.execPath, [...asByLoader, child, JSON.stringify(ask)], { limitMs: (seconds + moreSec) * 1000, environment: asByService });
    const { code } = await engine.ended;
    if (code !== 0) throw new Error(`the engine ended with code ${code}: ${engine.stderr}`);
    const { cpuMs, seconds: lasted, sent, received } = JSON.parse(engine.stdout) as MediaAnswer;
    const least = calls * lasted * packetsPerSecond * leastShare;
    if (sent < least || received < least) throw new Error(`the engine sent ${sent} packets and received ${received}, which is too few to compare with`);
    return cpuMs / (lasted * 1000);
  } finally {
    await peer.stop();
  }
}
