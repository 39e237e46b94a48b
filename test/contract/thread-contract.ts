import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ThreadPort } from '../../hal/worker.ts';
import { until, type Passing } from './passing.ts';
import type { ToFar, ToNear } from './thread-far.ts';

/** What both ends of every `ThreadPort` do. */
export function threadContract(driver: string, make: () => { near: ThreadPort<ToNear, ToFar>; passing: Passing }): void {
  const check = (name: string, body: (near: ThreadPort<ToNear, ToFar>, passing: Passing, heard: ToNear[]) => Promise<void>): void => {
    test(`thread ${driver}: ${name}`, async () => {
      const { near, passing } = make();
      const heard: ToNear[] = [];
      near.received = (message) => heard.push(message);
      try {
        await body(near, passing, heard);
      } finally {
        near.close();
      }
    });
  };

  check('messages arrive in order, never inside the call', async (near, passing, heard) => {
    for (let value = 0; value < 100; value++) near.send({ kind: 'echo', value });
    assert.is(heard.length, 0);
    await until(passing, 'all answers', () => heard.length === 100);
    assert.equal(heard.map((message) => (message.kind === 'echo' ? message.value : null)), [...Array(100).keys()]);
  });

  check('messages are copies', async (near, passing, heard) => {
    const value = { bytes: new Uint8Array([1, 2, 3]), name: 'before' };
    near.send({ kind: 'echo', value });
    value.name = 'after';
    value.bytes[0] = 99;
    await until(passing, 'the answer', () => heard.length === 1);
    assert.equal(heard, [{ kind: 'echo', value: { bytes: new Uint8Array([1, 2, 3]), name: 'before' } }]);
  });

  check('octets that are moved go over themselves: the sender has them no more', async (near, passing, heard) => {
    const bytes = new Uint8Array([1, 2, 3]);
    near.send({ kind: 'echo', value: { bytes } }, bytes);
    assert.is(bytes.length, 0);
    await until(passing, 'the answer', () => heard.length === 1);
    assert.equal(heard, [{ kind: 'echo', value: { bytes: new Uint8Array([1, 2, 3]) } }]);
  });

  check('octets that share their memory with others are copied even so, and so are none', async (near, passing, heard) => {
    const whole = new Uint8Array([1, 2, 3, 4]);
    const [part, empty] = [whole.subarray(1, 3), new Uint8Array(0)];
    near.send({ kind: 'echo', value: part }, part);
    near.send({ kind: 'echo', value: empty }, empty);
    near.send({ kind: 'echo', value: empty }, empty);
    assert.equal(whole, new Uint8Array([1, 2, 3, 4]));
    await until(passing, 'the answers', () => heard.length === 3);
    assert.equal(heard.map((message) => (message.kind === 'echo' ? [...(message.value as Uint8Array)] : null)), [[2, 3], [], []]);
  });

  check('shared memory is shared', async (near, passing, heard) => {
    const cells = new Int32Array(new SharedArrayBuffer(4));
    near.send({ kind: 'count', cells });
    near.send({ kind: 'count', cells });
    await until(passing, 'both', () => heard.length === 2);
    assert.is(Atomics.load(cells, 0), 2);
  });

  check('a failure on the far side is told once, with its reason', async (near, passing) => {
    const reasons: string[] = [];
    near.lost = (reason) => reasons.push(reason);
    near.send({ kind: 'fail' });
    await until(passing, 'the loss', () => reasons.length > 0);
    await passing.pass(30);
    assert.is(reasons.length, 1);
    assert.match(reasons[0] ?? '', /as the test asked/);
    near.send({ kind: 'echo', value: 'nobody' });
  });

  check('a far side that leaves is told too', async (near, passing) => {
    const reasons: string[] = [];
    near.lost = (reason) => reasons.push(reason);
    near.send({ kind: 'leave' });
    await until(passing, 'the loss', () => reasons.length > 0);
    assert.is(reasons.length, 1);
  });

  check('after close nothing is called', async (near, passing, heard) => {
    let lost = 0;
    near.lost = () => lost++;
    near.send({ kind: 'echo', value: 1 });
    near.close();
    near.close();
    near.send({ kind: 'echo', value: 2 });
    await passing.pass(60);
    assert.equal([heard.length, lost], [0, 0]);
  });
}
