// Power cut, and failure, at every write, sync, rename and remove while messages are forwarded by mail: each is mailed at least once,
// and none is deleted before the server had it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HalErrorId } from '../../hal/errors.ts';
import { HalError } from '../../hal/errors.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimMail } from '../../hal/sim/sim-mail.ts';
import type { SimOperation } from '../../hal/sim/sim-operation.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { figure } from '../support/figure.ts';
import { NotifyWorld } from '../support/notify-world.ts';
import { bothViews, randomFates } from './fates.ts';

/** One message of each: by its caller a letter tells which message it is about, however often it is sent and whatever its id. */
const callers = ['0301111', '0302222'];
const reads = new Set(['open', 'read', 'list', 'stat', 'space']);

interface Run {
  readonly world: NotifyWorld;
  readonly operations: readonly SimOperation[];
  /** Messages that were acknowledged to callers. */
  readonly acknowledged: readonly string[];
}

/** The owner forwards; two messages come, the first is put off once by the server. */
async function run(disk: SimStorage, fault: (nth: number) => HalErrorId | 'power-cut' | null): Promise<Run> {
  const clock = new SimClock();
  const world = await NotifyWorld.start({ storage: disk, clock, mail: new SimMail(clock), seed: 3 });
  const operations: SimOperation[] = [];
  const acknowledged: string[] = [];
  disk.fault = (operation) => {
    if (reads.has(operation.kind)) return null;
    operations.push(operation);
    return fault(operations.length - 1);
  };
  world.mail.answers.push({ kind: 'temporary', words: '451 later', server: false });
  const work = (async () => {
    for (let nth = 0; nth < callers.length; nth++) acknowledged.push((await world.message('201', { callerNumber: callers[nth] as string })).id);
    await clock.advance(7 * 60_000);
  })().catch((error: unknown) => {
    if (!(error instanceof HalError)) throw error;
  });
  let over = false;
  void Promise.race([work, disk.powerLost]).then(() => (over = true));
  for (let turn = 0; turn < 200 && !over; turn++) await new Promise((resolve) => setImmediate(resolve));
  await Promise.race([work, disk.powerLost]);
  disk.fault = null;
  return { world, operations, acknowledged };
}

async function forwarding(): Promise<SimStorage> {
  const disk = new SimStorage();
  const world = await NotifyWorld.start({ storage: disk, seed: 2 });
  await world.desk.records.choose('201', { email: 'forward' });
  world.desk.storeChanged('201');
  await world.clock.advance(1000);
  await world.stop();
  return disk;
}

const copy = (disk: SimStorage): SimStorage => disk.afterPowerCut(() => 'keep');
/** Callers whose messages the server has. */
const mailed = (...mails: readonly SimMail[]): Set<string> => new Set(mails.flatMap(({ taken }) => callers.filter((caller) => taken.some(({ subject }) => subject.includes(caller)))));

/** What must hold after the boot, and in the end. */
async function survive(left: SimStorage, { world: before, acknowledged }: Run, where: string, broken: string[]): Promise<number> {
  const clock = new SimClock(Date.UTC(2026, 0, 5, 10));
  const world = await NotifyWorld.start({ storage: left, clock, mail: new SimMail(clock), seed: 4 });
  const there = world.store.list('201', true);
  const lost = acknowledged.filter((id) => !there.some((message) => message.id === id));
  if (lost.length > 0) broken.push(`${where}: ${lost.length} messages are lost`);
  const unsent = there.filter(({ state, callerNumber }) => state === 'deleted' && !mailed(before.mail).has(callerNumber));
  if (unsent.length > 0) broken.push(`${where}: ${unsent.length} messages are deleted that the server does not have`);
  await clock.advance(8 * 60_000);
  const inTheEnd = world.store.list('201', true);
  if (inTheEnd.some(({ state }) => state !== 'deleted')) broken.push(`${where}: ${inTheEnd.map(({ state }) => state).join()} in the end`);
  const all = new Set([...there, ...inTheEnd].map(({ callerNumber }) => callerNumber));
  const unmailed = [...all].filter((caller) => !mailed(before.mail, world.mail).has(caller));
  if (unmailed.length > 0) broken.push(`${where}: no mail about the message of ${unmailed.join()}`);
  const twice = world.mail.taken.filter(({ id }) => before.mail.taken.some((one) => one.id === id)).length;
  if (world.desk.outbox.all().length > 0) broken.push(`${where}: something is left in the outbox`);
  await world.stop();
  return twice;
}

test('power cut at every operation: mailed at least once, deleted only after the server had it', async () => {
  const disk = await forwarding();
  const { operations } = await run(copy(disk), () => null);
  const broken: string[] = [];
  let [states, twice] = [0, 0];
  for (let nth = 0; nth < operations.length; nth++) {
    const attempt = copy(disk);
    const cut = await run(attempt, (count) => (count === nth ? 'power-cut' : null));
    for (const { name, make } of [...bothViews.filter((_, at) => at % 3 === nth % 3), randomFates(nth)]) {
      states += 1;
      twice += await survive(attempt.afterPowerCut(make()), cut, `cut at ${nth} ${operations[nth]?.kind} ${operations[nth]?.path} (${name})`, broken);
    }
  }
  figure(`mail: ${operations.length} cut points, ${states} states, ${twice} letters sent twice, ${broken.length} broken promises`);
  assert.equal(broken.slice(0, 5), []);
  assert.ok(operations.length > 30 && states > 90, `${operations.length} operations, ${states} states`);
  assert.ok(twice > 0, 'a cut between the acceptance and what is noted of it sends a letter twice');
});

for (const id of ['io', 'no-space'] as const) {
  test(`${id} at every operation: nothing is deleted that was not mailed, and after a restart all is mailed`, async () => {
    const disk = await forwarding();
    const { operations } = await run(copy(disk), () => null);
    const broken: string[] = [];
    for (let nth = 0; nth < operations.length; nth++) {
      const attempt = copy(disk);
      const failed = await run(attempt, (count) => (count === nth ? id : null));
      const where = `${id} at ${nth} ${operations[nth]?.kind} ${operations[nth]?.path}`;
      await survive(attempt.afterPowerCut(() => 'keep'), failed, where, broken);
    }
    assert.equal(broken.slice(0, 5), []);
  });
}

test.run();
