import type { ThreadPort } from '../../hal/worker.ts';

/** What the far side of the contract understands. */
export type ToFar =
  | { readonly kind: 'echo'; readonly value: unknown }
  | { readonly kind: 'count'; readonly cells: Int32Array }
  | { readonly kind: 'fail' }
  | { readonly kind: 'leave' };
export type ToNear = { readonly kind: 'echo'; readonly value: unknown } | { readonly kind: 'counted' };

/** The far side, run by the worker program or beside the test. */
export function answerOn(port: ThreadPort<ToFar, ToNear>, fail: () => void): void {
  port.received = (message) => {
    if (message.kind === 'echo') port.send(message);
    else if (message.kind === 'fail') fail();
    else if (message.kind === 'leave') port.close();
    else {
      Atomics.add(message.cells, 0, 1);
      port.send({ kind: 'counted' });
    }
  };
}
