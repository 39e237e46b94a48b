import type { CampaignRequests } from './campaign-requests.ts';
import type { MailboxRequests } from './mailbox-requests.ts';
import type { NotifyRequests } from './notify-requests.ts';
import type { PinRequests } from './pin-requests.ts';
import type { QueueRequests } from './queue-requests.ts';
import type { TransferRequests } from './transfer-requests.ts';
import type { DatabaseRequests } from './database-requests.ts';
import type { DialRequests } from './dial-requests.ts';
import type { DoorRequests } from './door-requests.ts';
import type { RemoteFlowRequests } from './remote-flow-requests.ts';
import type { VariableRequests } from './variable-requests.ts';

/**
 * What flows ask of the unit beyond their call, its messages and its owners: transfers, queues, mail, databases ... A flow asks by the effect
 * `ask` and is told by the input `answered`. `calls/request-desk.ts` has a handler for each kind: the compiler names one that is missing.
 *
 * To add a kind: an interface in a file of this folder, its name in `FlowRequests`, a handler in `unit/make-requests.ts`.
 */

/** Kinds of requests: what is asked, and what is answered. Both are JSON, so that another unit can ask anew. */
export interface FlowRequests extends VariableRequests, PinRequests, CampaignRequests, MailboxRequests, NotifyRequests, TransferRequests, QueueRequests, DialRequests, DoorRequests, DatabaseRequests, RemoteFlowRequests {}

export type RequestKind = keyof FlowRequests;

type Entry<Kind extends RequestKind> = FlowRequests[Kind] extends { readonly ask: infer Ask; readonly answer: infer Answer } ? { readonly ask: Ask; readonly answer: Answer } : never;

/** What is asked, without its kind. */
export type AskOf<Kind extends RequestKind> = Entry<Kind>['ask'];
export type AnswerOf<Kind extends RequestKind> = Entry<Kind>['answer'];

export type FlowRequest = { [Kind in RequestKind]: { readonly kind: Kind } & AskOf<Kind> }[RequestKind];

/** null: it could not be done; the log says why. */
export type Answered = { readonly [Kind in RequestKind]: { readonly type: 'answered'; readonly kind: Kind; readonly answer: AnswerOf<Kind> | null } }[RequestKind];
