import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActionContext } from '../../../../firmware/callflow/actions/action.ts';
import { queueEta, queuePosition } from '../../../../firmware/callflow/actions/queue/queue-actions.ts';

const context = (variables: Record<string, string>): ActionContext => ({ variables }) as unknown as ActionContext;

test('Queue ETA speaks minutes rounded up, Queue Position the position', () => {
  const eta = queueEta.begin(context({ ETA: '61' }), {});
  assert.equal(eta.to === 'state' ? eta.effects : eta, [{ type: 'play', phrases: [{ say: 'queue.eta' }, { durationMs: 120_000 }], bargeIn: true }]);
  const position = queuePosition.begin(context({ POS: '3' }), {});
  assert.equal(position.to === 'state' ? position.effects : position, [{ type: 'play', phrases: [{ say: 'queue.position' }, { number: 3 }], bargeIn: true }]);
  assert.equal(queueEta.step(context({}), {}, { at: 'speaking' }, { type: 'played' }), { to: 'result', result: 'Next' });
});

test('outside of a queue, or where nobody knows, nothing is said', () => {
  for (const kind of [queueEta, queuePosition]) for (const value of ['', 'soon', '-1']) {
    const variables = { ETA: value, POS: value };
    assert.equal(kind.begin(context(variables), {}), { to: 'result', result: 'Next' });
  }
});

test.run();
