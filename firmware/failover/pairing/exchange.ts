import type { Clock } from '../../../hal/clock.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import { FrameReader } from './frame-reader.ts';
import { decodeMessage, encodeMessage, longestMessage } from './pair-message.ts';
import type { Agreement, Outcome, RunEffect, RunInput, RunMachine } from './pair-run.ts';

export interface ExchangeParts {
  readonly connection: StreamConnection;
  readonly clock: Clock;
  /** For the whole run, whatever comes in. */
  readonly limitMs: number;
  /** Resolves when the agreement is durable, or to why it will not be. Must not reject. */
  readonly store: (agreement: Agreement) => Promise<'stored' | 'busy' | 'failed'>;
  /** Aborted when the run is of no more use. */
  readonly signal: AbortSignal;
}

/** Drives one run over one connection, which it closes at the end. */
export function exchange<State>(machine: RunMachine<State>, { connection, clock, limitMs, store, signal }: ExchangeParts): Promise<Outcome> {
  return new Promise((resolve) => {
    const frames = new FrameReader(longestMessage);
    let state = machine.start.state;
    let running = true;
    const gone = (): void => feed({ kind: 'gone' });
    const timer = clock.after('pairing run', limitMs, gone);

    const act = (effect: RunEffect): void => {
      if (effect.kind === 'send') connection.write(encodeMessage(effect.message));
      else if (effect.kind === 'store') void store(effect.agreement).then((result) => feed(result === 'stored' ? { kind: 'stored' } : { kind: 'not-stored', reason: result }));
      else finish(effect.outcome);
    };
    const finish = (outcome: Outcome): void => {
      running = false;
      timer.cancel();
      signal.removeEventListener('abort', gone);
      connection.received = null;
      connection.close();
      resolve(outcome);
    };
    const feed = (input: RunInput): void => {
      if (!running) return;
      const next = machine.step(state, input);
      state = next.state;
      next.effects.forEach(act);
    };
    connection.received = (bytes) => {
      const bodies = frames.take(bytes);
      if (bodies === null) return feed({ kind: 'garbage' });
      for (const body of bodies) {
        const message = decodeMessage(body);
        feed(message === null ? { kind: 'garbage' } : { kind: 'message', message });
      }
    };
    connection.closed = gone;
    signal.addEventListener('abort', gone);
    machine.start.effects.forEach(act);
    if (signal.aborted) gone();
  });
}
