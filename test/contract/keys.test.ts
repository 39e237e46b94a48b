import { scryptSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KeyAnswer, KeyOrder } from '../../hal/drivers/keys/key-protocol.ts';
import { ThreadKeys } from '../../hal/drivers/keys/thread-keys.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { spawnThread } from '../../hal/drivers/linux/linux-thread.ts';
import { HalError } from '../../hal/errors.ts';
import type { KeyDerivation } from '../../hal/key-derivation.ts';
import { mostWaitingKeys } from '../../hal/key-derivation.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimKeys } from '../../hal/sim/sim-keys.ts';
import { simThread } from '../../hal/sim/sim-thread.ts';
import { companion } from './companion.ts';

const worker = companion('test/contract/keys.worker.ts');
const realKeys = (): ThreadKeys => new ThreadKeys(new LinuxClock(), () => spawnThread<KeyAnswer, KeyOrder>({ file: worker, name: 'keys', data: null, heapLimitMb: 16 }));
const salt = (text: string): Uint8Array => Buffer.from(text);
const small = { cost: 2, blockSize: 8 };
const idOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: unknown) => (error instanceof HalError ? error.id : String(error)));

function keysContract(name: string, make: () => { readonly keys: KeyDerivation; readonly close: () => void }): void {
  test(`keys ${name}: the test vector of RFC 7914 section 12`, async () => {
    const { keys, close } = make();
    const key = await keys.scrypt('pleaseletmein', salt('SodiumChloride'), { cost: 16384, blockSize: 8 }, 64);
    close();
    assert.is(Buffer.from(key).toString('hex').slice(0, 32), '7023bdcb3afd7348461c06cd81fd38eb');
  });

  test(`keys ${name}: as long as asked, and another one for another salt, secret or cost`, async () => {
    const { keys, close } = make();
    const all = [await keys.scrypt('1234', salt('a'), small, 32), await keys.scrypt('1234', salt('b'), small, 32), await keys.scrypt('1235', salt('a'), small, 32), await keys.scrypt('1234', salt('a'), { cost: 4, blockSize: 8 }, 32)];
    close();
    assert.ok(all.every(({ length }) => length === 32));
    assert.is(new Set(all.map((key) => Buffer.from(key).toString('hex'))).size, 4);
    assert.equal(Buffer.from(all[0] as Uint8Array), scryptSync('1234', 'a', 32, { N: 2, r: 8, p: 1 }));
  });

  test(`keys ${name}: a cost that scrypt does not have is refused, and the next key is made`, async () => {
    const { keys, close } = make();
    assert.is(await idOf(keys.scrypt('1234', salt('a'), { cost: 3, blockSize: 8 }, 32)), 'io');
    assert.is((await keys.scrypt('1234', salt('a'), small, 32)).length, 32);
    close();
  });
}

keysContract('thread', () => {
  const keys = realKeys();
  return { keys, close: () => keys.close() };
});
keysContract('sim', () => ({ keys: new SimKeys(), close: () => undefined }));

/** Of this process's threads, by their number (proc(5), field 19 of stat); one that ends meanwhile is left out. */
const nices = (): Map<string, number> => new Map(readdirSync('/proc/self/task').flatMap((task): [string, number][] => {
  const place = `/proc/self/task/${task}/stat`;
  if (!existsSync(place)) return [];
  const stat = readFileSync(place, 'latin1');
  return [[task, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])]];
}));

test('key thread: one thread works behind the others, and no other has changed', async () => {
  const before = nices();
  const keys = realKeys();
  await keys.scrypt('1234', salt('a'), small, 32);
  const after = nices();
  keys.close();
  assert.is([...after].filter(([task, nice]) => nice === 19 && !before.has(task)).length, 1);
  assert.equal([...after].filter(([task, nice]) => (before.get(task) ?? nice) !== nice), []);
  assert.ok([...before.values()].some((nice) => nice < 19), 'a test that is itself the last can see nothing');
});

/** Threads on a simulated clock, and what each was asked. */
function threads(clock: SimClock): { readonly keys: ThreadKeys; readonly made: ReturnType<typeof simThread<KeyOrder, KeyAnswer>>[]; readonly asked: KeyOrder[] } {
  const made: ReturnType<typeof simThread<KeyOrder, KeyAnswer>>[] = [];
  const asked: KeyOrder[] = [];
  const keys = new ThreadKeys(clock, () => {
    const thread = simThread<KeyOrder, KeyAnswer>(clock);
    thread.far.received = (order) => {
      asked.push(order);
      if (order.secret === 'crash') thread.crash('out of memory');
      else if (order.secret !== 'slow') thread.far.send({ type: 'key', id: order.id, key: new Uint8Array(order.length) });
    };
    made.push(thread);
    return thread.near;
  });
  return { keys, made, asked };
}

test('key thread: a lost thread is made anew for what waited, once', async () => {
  const clock = new SimClock();
  const { keys, made, asked } = threads(clock);
  const [crashed, waiting] = [idOf(keys.scrypt('crash', salt('a'), small, 32)), idOf(keys.scrypt('1234', salt('a'), small, 32))];
  await clock.advance(100);
  assert.is(await crashed, 'io');
  assert.is(made.length, 2, 'two threads were lost');
  assert.is(await waiting, 'io', 'it waited behind what ends every thread, twice');
  assert.equal(asked.map(({ secret }) => secret), ['crash', 'crash']);
  const next = idOf(keys.scrypt('1234', salt('a'), small, 32));
  await clock.advance(100);
  assert.is(await next, 'done');
  keys.close();
});

test('key thread: what waits when its thread is lost gets its key from the next', async () => {
  const clock = new SimClock();
  const { keys, made } = threads(clock);
  const slow = keys.scrypt('slow', salt('a'), small, 32);
  const other = idOf(keys.scrypt('1234', salt('a'), small, 32));
  made[0]?.crash('killed');
  const ended = idOf(slow);
  await clock.advance(100);
  assert.is(await other, 'done');
  assert.is(made.length, 2);
  keys.close();
  assert.is(await ended, 'closed');
});

test('key thread: it ends when nobody has asked for a while, and begins again', async () => {
  const clock = new SimClock();
  const { keys, made } = threads(clock);
  let ended = 0;
  const first = keys.scrypt('1234', salt('a'), small, 32);
  (made[0] as (typeof made)[number]).far.lost = () => void ended++;
  await clock.advance(100);
  await first;
  await clock.advance(2500);
  assert.is(ended, 0);
  await clock.advance(1000);
  assert.is(ended, 1);
  const second = idOf(keys.scrypt('1234', salt('a'), small, 32));
  await clock.advance(100);
  assert.is(await second, 'done');
  assert.is(made.length, 2);
  keys.close();
  assert.equal(clock.pending().map(({ name }) => name).filter((name) => name === 'keys-rest'), []);
});

test('key thread: no more than a bound waits, and what waited is told when it ends', async () => {
  const clock = new SimClock();
  const { keys } = threads(clock);
  const waiting = Array.from({ length: mostWaitingKeys }, () => idOf(keys.scrypt('slow', salt('a'), small, 32)));
  assert.is(await idOf(keys.scrypt('1234', salt('a'), small, 32)), 'busy');
  keys.close();
  assert.ok((await Promise.all(waiting)).every((id) => id === 'closed'));
});

test.run();
