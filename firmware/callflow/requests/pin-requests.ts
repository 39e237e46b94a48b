/** PINs that stand in flows: who tries them is held off as at a mailbox. */
export interface PinRequests {
  /** A PIN was keyed for the action `node` of `flow`; `right`: it is that of the document. Counted over all calls: 'locked' after too many wrong ones, whatever was keyed. */
  'action-pin': { readonly ask: { readonly flow: string; readonly node: string; readonly right: boolean }; readonly answer: { readonly outcome: 'ok' | 'wrong' | 'locked' } };
}
