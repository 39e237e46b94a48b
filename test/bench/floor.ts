import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from '../support/peers/free-ports.ts';
import { Program } from '../support/peers/program.ts';

/** packet: a socket per call and a system call per packet; batch: one socket, sendmmsg and recvmmsg. */
export type FloorMode = 'packet' | 'batch';

const moreSec = 10;

/** What a bare C program needs to send and receive the packets of so many calls, as a share of one core; null: there is no C compiler. */
export async function floor(mode: FloorMode, calls: number, seconds: number): Promise<number | null> {
  const program = compiled();
  if (program === null) return null;
  const [here, there] = [await freePorts(2 * calls), await freePorts(2 * calls)];
  const peer = floorPeer(mode, { calls, seconds: seconds + 1, there, here });
  const measured = new Program(program, [mode, String(calls), String(seconds), String(here), String(there)], { limitMs: (seconds + moreSec) * 1000 });
  const { code } = await measured.ended;
  await peer?.ended;
  if (code !== 0) throw new Error(`the floor ended with code ${code}: ${measured.stderr}`);
  const { cpuMs, seconds: lasted, received } = JSON.parse(measured.stdout) as { cpuMs: number; seconds: number; received: number };
  if (received < calls * seconds * 40) throw new Error(`the floor received ${received} packets, which is too few to compare with`);
  return cpuMs / (lasted * 1000);
}

/** The other side: sends RTP to the ports from `here` on, from those from `there` on, and takes what comes. null: there is no C compiler. */
export function floorPeer(mode: FloorMode, { calls, seconds, there, here }: { calls: number; seconds: number; there: number; here: number }): Program | null {
  const program = compiled();
  if (program === null) return null;
  return new Program(program, [mode === 'batch' ? 'peerone' : 'peer', String(calls), String(seconds), String(there), String(here)], { limitMs: (seconds + moreSec) * 1000 });
}

let program: string | null | undefined;

function compiled(): string | null {
  if (program !== undefined) return program;
  const out = path.join(mkdtempSync(path.join(tmpdir(), 'floor-')), 'floor');
  if (spawnSync('cc', ['--version']).status !== 0) return (program = null);
  execFileSync('cc', ['-O2', '-o', out, 'test/bench/floor.c']);
  return (program = out);
}
