import type { PbxState } from './pbx-machine.ts';

/** What a unit knows of its main PBXs: those that others stand in for. 'unknown': there is none, or it has not been found out yet. */
export type MainPbx = 'unknown' | 'heard' | 'lost';

/** One that is lost is enough, and it is so until it has settled: callers of that one find nobody meanwhile. `states`: of each main PBX; null = not watched. */
export function mainPbx(states: readonly (PbxState | null)[]): MainPbx {
  if (states.some((state) => state === 'lost' || state === 'returning')) return 'lost';
  return states.length > 0 && states.every((state) => state === 'present' || state === 'doubted') ? 'heard' : 'unknown';
}
