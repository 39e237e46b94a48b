import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SimOperation } from '../../../hal/sim/sim-operation.ts';
import { bothViews, randomFates, type NamedFates } from '../../crash/fates.ts';
import { agree, PairWorld, type PairUnit } from '../../support/pair-world.ts';

/**
 * The power goes at each operation of either unit's disk that changes something, with several fates of what was not synced (the
 * document's own crash test has them all). Whatever
 * was said to be done is done after the restart, nothing is set aside as damaged, and the two can be paired again.
 */
const changing: ReadonlySet<string> = new Set(['create', 'write', 'allocate', 'truncate', 'data-sync', 'rename', 'remove', 'make-directory', 'sync-directory']);
const fates: readonly NamedFates[] = [...bothViews.filter(({ name }) => /data (drop|tear)/.test(name)), randomFates(1)];

interface Cut {
  readonly world: PairWorld;
  readonly a: PairUnit;
  readonly b: PairUnit;
  /** Both said that they are paired, or joined with success. */
  readonly joined: boolean;
  readonly cut: boolean;
}

/** Pairs two units, for the first time or again, and cuts the power of one at its `nth` change. */
async function pairWithCut(which: 'a' | 'b', nth: number, again: boolean): Promise<Cut> {
  const { world, a, b } = await PairWorld.withUnits();
  if (again) await world.pair(a, b);
  let seen = 0;
  let cut = false;
  const victim = which === 'a' ? a : b;
  const { code } = await world.result(a.pairing.showCode());
  victim.storage.fault = ({ kind }: SimOperation) => {
    if (!changing.has(kind) || seen++ !== nth) return null;
    cut = true;
    victim.host.crash(); // a machine without power sends nothing more either
    return 'power-cut';
  };
  const joining = b.pairing.join(a.address, code);
  void joining.catch(() => {});
  let joined = false;
  void joining.then(({ ok }) => (joined = ok));
  await world.clock.advance(30_000);
  victim.storage.fault = null;
  return { world, a, b, joined, cut };
}

async function survives(which: 'a' | 'b', nth: number, again: boolean, fate: NamedFates): Promise<boolean> {
  const { world, a, b, joined, cut } = await pairWithCut(which, nth, again);
  const where = `${which}, change ${nth}${again ? ' of pairing again' : ''}, ${fate.name}`;
  const paired = a.events.filter((event) => event === 'notice paired').length;
  if (cut) {
    const victim = which === 'a' ? a : b;
    await world.restart(victim, victim.storage.afterPowerCut(fate.make()));
    assert.not(victim.events.includes('alert document-damaged'), where);
  }
  if (joined || paired === (again ? 2 : 1)) assert.ok(agree(a, b), `${where}: success was said`);
  const repeated = await world.pair(a, b);
  assert.ok(repeated.ok && agree(a, b), `${where}: pairing again`);
  assert.equal(await world.leaks(a, b), [], where);
  return cut;
}

for (const which of ['a', 'b'] as const) {
  for (const again of [false, true]) {
    test(`power-cut-while-pairing${again ? ' again' : ''}, ${which === 'a' ? 'where the code is shown' : 'where it is typed'}`, async () => {
      let nth = 0;
      for (let cut = true; cut; nth++) {
        cut = false;
        for (const fate of fates) cut = (await survives(which, nth, again, fate)) || cut;
      }
      assert.ok(nth > 3, `${nth} changes`);
    });
  }
}

test('power-cut-while-rotating, at each change of either unit: both understand each other after the restart', async () => {
  for (const which of ['a', 'b'] as const) {
    let cuts = 0;
    for (let nth = 0, cut = true; cut; nth++) {
      cut = false;
      for (const fate of fates) {
        const { world, a, b } = await PairWorld.withUnits();
        await world.pair(a, b);
        const victim = which === 'a' ? a : b;
        let seen = 0;
        victim.storage.fault = ({ kind }: SimOperation) => {
          if (!changing.has(kind) || seen++ !== nth) return null;
          cut = true;
          victim.host.crash();
          return 'power-cut';
        };
        void a.pairing.rotate();
        await world.clock.advance(30_000);
        victim.storage.fault = null;
        if (cut) await world.restart(victim, victim.storage.afterPowerCut(fate.make()));
        assert.ok(agree(a, b), `${which}, change ${nth}, ${fate.name}`);
        await world.clock.advance(5 * 60_000);
        assert.ok(agree(a, b) && a.pairing.keys()?.send.id === b.pairing.keys()?.send.id, `${which}, change ${nth}, ${fate.name}: finished`);
        assert.equal(await world.leaks(a, b), []);
      }
      cuts += 1;
    }
    assert.ok(cuts > 3, `${which}: ${cuts} changes`);
  }
});

test.run();
