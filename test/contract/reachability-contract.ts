import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LanMachine, LanWorld } from './lan-world.ts';
import { refusal, result, until } from './passing.ts';

/** Generous: a machine under load answers late, one that is not there never. */
const answerMs = 1000;
const silenceMs = 200;

/** What every `Reachability` does. `families`: which addresses the world has. */
export function reachabilityContract(driver: string, families: readonly ('ipv4' | 'ipv6')[], world: () => LanWorld): void {
  const check = (name: string, body: (world: LanWorld) => Promise<void>): void => test(`reachability ${driver}: ${name}`, () => body(world()));

  for (const family of families) {
    const nobody = family === 'ipv4' ? '10.9.0.99' : 'fd00:9::99';

    check(`${family}: a neighbour, the machine itself and loopback answer`, async ({ left, third, passing }) => {
      for (const address of [third[family], left[family], family === 'ipv4' ? '127.0.0.1' : '::1']) assert.ok(await result(passing, left.reachability.answers(address, answerMs)), address);
    });

    check(`${family}: an address that nobody has does not answer`, async ({ left, passing }) => {
      assert.not(await result(passing, left.reachability.answers(nobody, silenceMs)));
    });

    check(`${family}: a machine without its cable does not answer, and does when it has it again`, async ({ left, third, passing }) => {
      assert.ok(await result(passing, left.reachability.answers(third[family], answerMs)));
      third.pull();
      assert.not(await result(passing, left.reachability.answers(third[family], silenceMs)));
      third.plug();
      let answered = false;
      for (let tries = 0; !answered && tries < 20; tries++) answered = await result(passing, left.reachability.answers(third[family], silenceMs));
      assert.ok(answered);
    });

    check(`${family}: a neighbour is reached through the interface that they share, the machine itself within it`, async ({ left, third, passing }) => {
      assert.is(await result(passing, left.reachability.interfaceTowards(third[family])), 'eth0');
      assert.is(await result(passing, left.reachability.interfaceTowards(left[family])), 'lo');
    });

    check(`${family}: without the interface there is no way`, async ({ right, third, passing }) => {
      right.takeCardAway();
      assert.is(await result(passing, right.reachability.interfaceTowards(third[family])), null);
      right.bringCardBack();
      assert.is(await result(passing, right.reachability.interfaceTowards(third[family])), 'eth0');
    });

    check(`${family}: many may be asked at once, each for itself`, async ({ left, right, third, passing }) => {
      const asked = Array.from({ length: 60 }, (_, at) => [third[family], nobody, right[family]][at % 3] ?? '');
      const answers = await result(passing, Promise.all(asked.map((address) => left.reachability.answers(address, answerMs))));
      assert.equal(answers, asked.map((address) => address !== nobody));
    });

    check(`${family}: more than 64 questions at once are refused, and room is made again`, async ({ left, third, passing }) => {
      const asked = Array.from({ length: 70 }, () => left.reachability.answers(nobody, silenceMs).catch((error: { id: string }) => error.id));
      const ends = await result(passing, Promise.all(asked));
      assert.equal([ends.filter((end) => end === false).length, ends.filter((end) => end === 'busy').length], [64, 6]);
      assert.ok(await result(passing, left.reachability.answers(third[family], answerMs)));
    });
  }

  check('what is no literal address is refused', async ({ left, passing }) => {
    for (const address of ['pbx.example', '', '10.9.0']) assert.is(await refusal(passing, left.reachability.answers(address, silenceMs)), 'unsupported');
    assert.is(await refusal(passing, left.reachability.interfaceTowards('pbx.example')), 'unsupported');
  });

  check('the carrier is told first as it is, then as it changes', async ({ left, right, passing }) => {
    const { told, watch } = await watched(left, passing);
    await until(passing, 'the first', () => told.length === 1);
    left.pull();
    await until(passing, 'the cable is out', () => told.length === 2);
    right.pull();
    right.plug();
    left.plug();
    await until(passing, 'the cable is in', () => told.length === 3);
    assert.equal(told, [true, false, true]);
    watch.close();
  });

  check('a watch may begin without a carrier', async ({ left, passing }) => {
    left.pull();
    const { told, watch } = await watched(left, passing);
    await until(passing, 'the first', () => told.length === 1);
    left.plug();
    await until(passing, 'the cable is in', () => told.length === 2);
    assert.equal(told, [false, true]);
    watch.close();
  });

  check('nothing is told before the caller has the watch, nor after close', async ({ left, passing }) => {
    const told: (boolean | string)[] = [];
    const watch = await result(passing, left.reachability.watchCarrier('eth0', (up) => told.push(up)).then((got) => (told.push('watch'), got)));
    await until(passing, 'the first', () => told.length === 2);
    watch.close();
    watch.close();
    left.pull();
    await passing.pass(100);
    left.plug();
    await passing.pass(100);
    assert.equal(told, ['watch', true]);
  });

  check('two may watch the same interface, and one may stop', async ({ left, passing }) => {
    const [one, other] = [await watched(left, passing), await watched(left, passing)];
    await until(passing, 'the first of both', () => one.told.length === 1 && other.told.length === 1);
    one.watch.close();
    left.pull();
    await until(passing, 'the cable is out', () => other.told.length === 2);
    left.plug();
    await until(passing, 'the cable is in', () => other.told.length === 3);
    assert.equal([one.told, other.told], [[true], [true, false, true]]);
    other.watch.close();
  });

  check('an interface that is not there is not found', async ({ left, passing }) => {
    for (const name of ['eth7', '', 'a-name-that-no-interface-can-have']) assert.is(await refusal(passing, left.reachability.watchCarrier(name, () => {})), 'not-found');
  });

  check('an interface that vanishes has no carrier, and one that comes back is watched on', async ({ right, passing }) => {
    const { told, watch } = await watched(right, passing);
    await until(passing, 'the first', () => told.length === 1);
    right.takeCardAway();
    await until(passing, 'it is gone', () => told.length === 2);
    assert.is(await refusal(passing, right.reachability.watchCarrier('eth0', () => {})), 'not-found');
    right.bringCardBack();
    await until(passing, 'it is back', () => told.length === 3);
    right.pull();
    await until(passing, 'its cable is out', () => told.length === 4);
    right.plug();
    await until(passing, 'its cable is in', () => told.length === 5);
    assert.equal(told, [true, false, true, false, true]);
    watch.close();
  });
}

async function watched({ reachability }: LanMachine, passing: LanWorld['passing']): Promise<{ told: boolean[]; watch: { close(): void } }> {
  const told: boolean[] = [];
  const watch = await result(passing, reachability.watchCarrier('eth0', (up) => told.push(up)));
  return { told, watch };
}
