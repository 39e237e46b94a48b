import { dialogFromStray } from '../dialog/dialog.ts';
import type { SipResponse } from '../message.ts';
import { parseCSeq } from '../syntax/cseq.ts';
import type { Flow } from '../transaction-layer.ts';
import type { DialogSender } from './dialog-sender.ts';

/** A fork that answers when its INVITE is long forgotten is acknowledged and ended, or it would wait for us (RFC 3261 13.2.2.4). */
export function dismissStray(response: SipResponse, flow: Flow, sender: DialogSender): void {
  const dialog = dialogFromStray(response);
  sender.acknowledge(dialog, flow, parseCSeq(response.headers.get('CSeq') ?? '')?.number ?? 0, []);
  sender.send(dialog, flow, 'BYE', []);
}
