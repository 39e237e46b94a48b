import type { AnswerOf, Answered, AskOf, FlowRequest, RequestKind } from '../callflow/requests/requests.ts';
import type { Leg } from '../sip/leg.ts';
import type { FlowCall } from './flow-call.ts';

/** The call for which a flow asks. */
export interface AskingCall extends Pick<FlowCall, 'id' | 'mailbox' | 'callerNumber' | 'callerName' | 'reason' | 'codec' | 'channel' | 'language'> {
  /** The caller's leg. */
  readonly leg: Leg;
  /** Aborted when the caller has hung up, or another unit carries the call on. */
  readonly signal: AbortSignal;
}

export type RequestHandler<Kind extends RequestKind> = (ask: AskOf<Kind>, call: AskingCall) => Promise<AnswerOf<Kind>>;

/** Who answers each kind. A handler that throws answers null, and the log tells. */
export type RequestHandlers = { readonly [Kind in RequestKind]: RequestHandler<Kind> };

type AnyHandler = (ask: unknown, call: AskingCall) => Promise<unknown>;

/** Asks the one who answers requests of this kind. */
export async function answer(handlers: RequestHandlers, request: FlowRequest, call: AskingCall): Promise<Answered> {
  const { kind } = request as { kind: RequestKind };
  const handler = (handlers as unknown as Readonly<Record<string, AnyHandler>>)[kind] as AnyHandler;
  return { type: 'answered', kind, answer: await handler(request, call) } as unknown as Answered;
}
