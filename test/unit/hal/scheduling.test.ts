import { execFile } from 'node:child_process';
import { getPriority } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askForPriority } from '../../../hal/drivers/linux/scheduling.ts';
import { realTime, root, testWith } from '../../support/skip.ts';
import { companion } from '../../contract/companion.ts';

interface Seen {
  readonly got: Awaited<ReturnType<typeof askForPriority>>;
  /** From /proc/self/stat of the asking thread: scheduling policy and nice value. */
  readonly policy: number;
  readonly nice: number;
  /** The same of a program that it starts then. */
  readonly child: { readonly policy: number; readonly nice: number } | null;
}

/** `by`: the command that starts it. */
function ask(uid?: number, how: 'first' | 'ahead' = 'first', by: readonly string[] = []): Promise<Seen> {
  const identity = uid === undefined ? {} : { uid, gid: uid };
  const [program = '', ...values] = [...by, process.execPath, companion('test/unit/hal/scheduling.child.ts'), how];
  return new Promise((resolve, reject) => {
    execFile(program, values, identity, (error, stdout) => (error === null ? resolve(JSON.parse(stdout) as Seen) : reject(error)));
  });
}

test('what is said to have been granted is what the kernel shows', async () => {
  const { got, policy, nice } = await ask();
  assert.equal({ fifo: [1, nice], nice: [0, -15], normal: [0, getPriority()] }[got.policy], [policy, nice]);
  assert.is(got.refusals.length, { fifo: 0, nice: 1, normal: 2 }[got.policy]);
});

testWith([root], 'an ordinary user goes on with the priority he has', async () => {
  const { got, policy, nice } = await ask(65_534);
  assert.equal([got.policy, policy, nice], ['normal', 0, getPriority()]);
  assert.is(got.refusals.length, 2);
  assert.match(got.refusals.join(), /sched_setscheduler: EPERM.*setpriority: EACCES/);
});

testWith([root], 'who goes ahead is ahead of others, in no real time, and alone', async () => {
  const { policy, nice, child } = await ask(undefined, 'ahead');
  assert.equal([policy, nice], [0, -12]);
  assert.equal(child, { policy: 0, nice: 0 });
});

testWith([root, realTime], 'who was started in real time goes on in it, as the package starts the unit', async () => {
  for (const [kind, seen] of [['--rr', 2], ['--fifo', 1]] as const) {
    const { policy, child } = await ask(undefined, 'ahead', ['chrt', '--reset-on-fork', kind, '10']);
    assert.equal([policy, child?.policy], [seen, 0]);
  }
});

testWith([root], 'who was started further ahead stays there', async () => {
  const { policy, nice } = await ask(undefined, 'ahead', ['nice', '-n', String(-15 - getPriority())]);
  assert.equal([policy, nice], [0, -15]);
});

testWith([root], 'an ordinary user who is not let ahead goes on as before', async () => {
  const { policy, nice, child } = await ask(65_534, 'ahead');
  assert.equal([policy, nice], [0, getPriority()]);
  assert.equal(child, { policy: 0, nice: getPriority() });
});

test.run();
