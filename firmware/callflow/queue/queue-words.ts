import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';

/** Where the caller is in the queue. */
export const positionWords = (position: number): Phrase[] => (position === 1 ? say('queue.next') : [...say('queue.position'), { number: position }]);

/** Always rounded up to the minute, as VoiceMail Pro does. */
export const etaWords = (etaSec: number): Phrase[] => [...say('queue.eta'), { durationMs: Math.max(1, Math.ceil(etaSec / 60)) * 60_000 }];

/** The unit's own announcement, where the site has no flow for it. null: it is not known. */
export function standardWords(point: 'Queued' | 'Still Queued', position: number | null, etaSec: number | null): Phrase[] {
  return [
    ...say(point === 'Queued' ? 'queue.hold' : 'queue.still'),
    ...(position === null ? [] : positionWords(position)),
    ...(etaSec === null ? [] : etaWords(etaSec)),
  ];
}
