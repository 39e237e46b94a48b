import type { SipRequest } from '../../../firmware/sip/message.ts';
import type { RawPeer } from './raw-peer.ts';

/** What a raw peer says to a request; null = nothing. */
export type Answer = (request: SipRequest) => string | null;

export const silence: Answer = () => null;

/** The peer answers each request of these methods with the next answer, and with the last one from then on. A repetition of a request gets the answer it had. */
export function script(peer: RawPeer, answers: Readonly<Record<string, readonly Answer[]>>): void {
  const given = new Map<string, Answer>();
  const left = new Map(Object.entries(answers).map(([method, all]) => [method, [...all]]));
  const next = (method: string): Answer => {
    const all = left.get(method) ?? [];
    return (all.length > 1 ? all.shift() : all[0]) ?? silence;
  };
  peer.react = ({ message }) => {
    if (message.kind === 'response') return;
    const key = `${message.headers.get('Via')}`;
    const answer = given.get(key) ?? next(message.method);
    given.set(key, answer);
    const text = answer(message);
    if (text !== null) peer.send(text);
  };
}
