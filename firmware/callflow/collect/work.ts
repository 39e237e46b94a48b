import type { FlowEffect, FlowInput } from '../flow.ts';

/** What a flow has open, so that it can be put away when its caller has hung up. Bounded: what flows have is one recorder. */
export interface Work {
  /** Changes of stores and things asked of the unit that are not answered yet. */
  readonly pending: number;
  readonly opening: Opened | null;
  /** A file that is neither stored nor given up. */
  readonly open: Opened | null;
  /** `recorded` is still to come. */
  readonly recording: boolean;
}

export type Opened = 'draft' | 'greeting';

export const noWork: Work = { pending: 0, opening: null, open: null, recording: false };

export const afterEffects = (work: Work, effects: readonly FlowEffect[]): Work => effects.reduce(afterEffect, work);

function afterEffect(work: Work, effect: FlowEffect): Work {
  const asked: Work = { ...work, pending: work.pending + 1 };
  switch (effect.type) {
    case 'open-draft':
      return { ...asked, opening: 'draft' };
    case 'open-greeting':
      return { ...asked, opening: 'greeting' };
    case 'abandon-draft':
    case 'commit-greeting':
    case 'abandon-greeting':
      return { ...asked, open: null };
    case 'finish-draft':
    case 'finish-greeting':
    case 'remove-greeting':
    case 'mark':
    case 'change-pin':
    case 'ask':
      return asked;
    case 'play':
      return effect.then === undefined ? work : { ...work, recording: true };
    case 'record':
      return { ...work, recording: true };
    default:
      return work;
  }
}

export function afterInput(work: Work, input: FlowInput): Work {
  const answered: Work = { ...work, pending: Math.max(0, work.pending - 1) };
  switch (input.type) {
    case 'opened':
      return { ...answered, opening: null, open: input.ok ? work.opening : work.open };
    case 'stored':
    case 'marked':
    case 'pin-changed':
    case 'answered':
      return answered;
    case 'recorded':
      return { ...work, recording: false };
    default:
      return work;
  }
}
