import type { FlowInput, StoreEffect } from '../flow.ts';
import type { Answered, RequestKind } from '../requests/requests.ts';

/** What the store and the unit answer in a rehearsal: everything is there and works, every PIN is right, mailboxes are empty. */
export function rehearsedAnswer(effect: StoreEffect, request: (kind: RequestKind, ask: unknown) => unknown): FlowInput {
  switch (effect.type) {
    case 'admit':
      return { type: 'admitted', admission: 'ok' };
    case 'open-message':
    case 'open-greeting':
    case 'open-recording':
    case 'open-draft':
      return { type: 'opened', ok: true };
    case 'finish-recording':
      return { type: 'kept', ok: true, id: 'recording', durationMs: effect.keepMs };
    case 'login':
      return { type: 'logged-in', outcome: 'ok', mailbox: effect.mailbox };
    case 'list':
      return { type: 'listed', listing: { counts: { new: 0, old: 0, saved: 0 }, messages: [] } };
    case 'mark':
      return { type: 'marked', ok: true };
    case 'change-pin':
      return { type: 'pin-changed', outcome: 'ok' };
    case 'ask': {
      const { kind } = effect.request as { readonly kind: RequestKind };
      return { type: 'answered', kind, answer: request(kind, effect.request) } as Answered;
    }
    default:
      return { type: 'stored', ok: true };
  }
}

/** For people: what the unit was asked. */
export function askedWords(effect: StoreEffect): string {
  if (effect.type !== 'ask') return effect.type.replaceAll('-', ' ');
  const { kind, ...ask } = effect.request as { readonly kind: string };
  return `${kind.replaceAll('-', ' ')} ${JSON.stringify(ask)}`;
}
