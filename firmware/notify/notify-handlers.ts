import type { NotifyRequests } from '../callflow/requests/notify-requests.ts';
import type { AudioSource } from '../calls/media-channel.ts';
import type { RequestHandlers } from '../calls/request-desk.ts';
import type { NotifyDesk } from './notify-desk.ts';

export interface NotifyHandlerParts {
  readonly desk: () => NotifyDesk;
  /** What was recorded in a call, by the id that its variable holds. */
  readonly recording: (id: string) => Promise<AudioSource | null>;
}

/** What flows ask about notices. */
export function notifyHandlers({ desk, recording }: NotifyHandlerParts): Pick<RequestHandlers, keyof NotifyRequests> {
  return {
    'get-email': async ({ mailbox }) => ({ mode: desk().mail.mode(mailbox), address: desk().mail.address(mailbox) }),
    'set-email': async ({ mailbox, mode }) => {
      if (mode !== 'off' && desk().mail.address(mailbox) === null) return { outcome: 'no-address' };
      await desk().setEmail(mailbox, mode);
      return { outcome: 'ok' };
    },
    'email-all': ({ mailbox }) => desk().mail.sendAll(mailbox),
    'send-mail': async ({ recording: id, ...letter }) => {
      const source = id === null ? null : await recording(id);
      if (id !== null && source === null) return { outcome: 'no-recording' };
      return { outcome: await desk().mail.sendText(letter, source) };
    },
    'get-outcalling': async ({ mailbox }) => desk().outcalling(mailbox),
    'set-outcalling': async ({ mailbox, options }) => ({ outcome: await desk().setOutcalling(mailbox, options) }),
    'set-alarm': async ({ number, mailbox, time, repeat, day, prompt, text, ringSec, retries, intervalMin, cancelCode }) =>
      desk().alarms.set({ number, mailbox, time, repeat, day, prompt, text, ringSec, retries, intervalMin, cancelCode }),
    'notice-heard': async ({ what }, call) => {
      desk().outgoing.heard(call.id, what);
      return {};
    },
  };
}
