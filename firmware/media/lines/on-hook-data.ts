/** The transmissions of `../detect`, in the variant of a line. */
import { callerIdAudio, messageWaitingAudio } from '../detect/caller-id-audio.ts';
import type { OnHookData } from './line-data.ts';

/** Where no variant is configured a number is not sent, and a lamp is lit the European way. */
export const onHookData: OnHookData = {
  callerId: (callerId, variant, law) => (variant === 'none' ? null : callerIdAudio(callerId, variant, law, null)),
  messageWaiting: (waiting, variant, law) => messageWaitingAudio(waiting, variant === 'none' ? 'v23' : variant, law),
};
