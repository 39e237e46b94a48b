import type { FlowInput } from '../callflow/flow.ts';
import type { RequestKind } from '../callflow/requests/requests.ts';
import type { StoreEffect } from './flow-progress.ts';

/** What a flow is told when the store threw. */
export function storeFailure(effect: StoreEffect): FlowInput {
  switch (effect.type) {
    case 'admit':
      return { type: 'admitted', admission: 'store-failed' };
    case 'open-message':
    case 'open-greeting':
    case 'open-recording':
    case 'open-draft':
      return { type: 'opened', ok: false };
    case 'finish-recording':
      return { type: 'kept', ok: false, id: '', durationMs: 0 };
    case 'login':
      return { type: 'logged-in', outcome: 'wrong', mailbox: effect.mailbox };
    case 'list':
      return { type: 'listed', listing: { counts: { new: 0, old: 0, saved: 0 }, messages: [] } };
    case 'mark':
      return { type: 'marked', ok: false };
    case 'change-pin':
      return { type: 'pin-changed', outcome: 'failed' };
    case 'ask':
      return { type: 'answered', kind: (effect.request as { kind: RequestKind }).kind, answer: null } as FlowInput;
    default:
      return { type: 'stored', ok: false };
  }
}
