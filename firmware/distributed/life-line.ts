import type { Clock, Timer } from '../../hal/clock.ts';
import type { StreamConnection } from '../../hal/stream.ts';
import { frame } from '../failover/pairing/pair-channel.ts';
import { FrameReader } from '../failover/pairing/frame-reader.ts';

/** Name of the service: questions whether somebody is there, each answered at once. Nothing else travels on its connection, so nothing is ahead of them. */
export const lifeService = 'life';
/** A member asks every ten seconds at least. */
const silentLimitMs = 60_000;
/** Questions without an answer after which the connection is given up, and another one or another unit is tried. */
export const giveUpAfter = 3;

const word = frame(Uint8Array.of(1));

/** The central unit's end. Returns how to end it. */
export function answerLife(connection: StreamConnection, clock: Clock): () => void {
  const frames = new FrameReader(1);
  let silence: Timer = clock.after('member-silent', silentLimitMs, () => connection.close());
  const heard = (): void => {
    silence.cancel();
    silence = clock.after('member-silent', silentLimitMs, () => connection.close());
  };
  connection.closed = () => silence.cancel();
  connection.received = (bytes) => {
    const questions = frames.take(bytes);
    if (questions === null) return end();
    if (questions.length > 0) heard();
    for (const _ of questions) connection.write(word);
  };
  const end = (): void => {
    silence.cancel();
    connection.close();
  };
  return end;
}

export interface LifeHandlers {
  /** An answer came. */
  readonly alive: () => void;
  /** Once, and last; never from inside a call. */
  readonly lost: (why: string) => void;
}

/** A distributed unit's end: asks at once and then every `everyMs`. Returns how to end it, after which nothing is told. */
export function askLife(connection: StreamConnection, clock: Clock, everyMs: number, { alive, lost }: LifeHandlers): () => void {
  const frames = new FrameReader(1);
  let unanswered = 0;
  let timer: Timer | null = null;
  let ended = false;
  const end = (): void => {
    ended = true;
    timer?.cancel();
    connection.received = null;
    connection.closed = null;
    connection.close();
  };
  const fail = (why: string): void => {
    if (ended) return;
    end();
    clock.after('central-lost', 0, () => lost(why));
  };
  const ask = (): void => {
    if (unanswered >= giveUpAfter) return fail(`${giveUpAfter} questions were not answered`);
    unanswered++;
    connection.write(word);
    timer = clock.after('central-alive', everyMs, ask);
  };
  connection.closed = () => fail('it closed the connection');
  connection.received = (bytes) => {
    const answers = frames.take(bytes);
    if (answers === null) return fail('what it says is not of this protocol');
    if (answers.length === 0) return;
    unanswered = 0;
    alive();
  };
  ask();
  return end;
}
