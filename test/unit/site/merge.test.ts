import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../../firmware/site/canonical-json.ts';
import type { Content, Manifest } from '../../../firmware/site/manifest.ts';
import { checkManifest, maxAllSiblings, maxEntries, maxSiblings, valuesOf } from '../../../firmware/site/manifest.ts';
import { decide, edited, join, merged, settled } from '../../../firmware/site/merge.ts';
import { SiteError } from '../../../firmware/site/site-error.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const content = (tag: number): Content => ({ sha256: tag.toString(16).padStart(64, '0'), bytes: tag });
const hashOf = (manifest: Manifest): string => Buffer.from(canonicalJson([manifest.version, manifest.author])).toString('hex').padStart(64, '0').slice(-64);

/** A unit that only decides: what it holds, and what it would send. */
class Decider {
  readonly unit: string;
  epoch = 1;
  current: Manifest | null = null;

  constructor(unit: string) {
    this.unit = unit;
  }

  edit(changes: Readonly<Record<string, Content>>, raiseFloor = false): void {
    const next = edited(this.current, this.current && hashOf(this.current), new Map(Object.entries(changes)), { ...this.#authoring(), raiseFloor });
    if (next !== null) this.current = checkManifest(next);
  }

  take(theirs: Manifest | null): string {
    if (theirs === null) return 'nothing';
    if (theirs.version < (this.current?.floor ?? 0)) return 'below-floor';
    const decision = decide(this.current, theirs);
    if (decision.kind === 'adopt') this.current = theirs;
    if (decision.kind === 'merge') this.current = checkManifest(merged(decision.body, [theirs, this.current as Manifest], [hashOf(theirs), hashOf(this.current as Manifest)], this.#authoring()));
    return decision.kind;
  }

  settle(name: string, sha256: string): void {
    if (this.current !== null) this.current = checkManifest(settled(this.current, hashOf(this.current), name, sha256, this.#authoring()));
  }

  tags(name: string): number[] {
    return this.current === null ? [] : valuesOf(this.current, name).map(({ bytes }) => bytes);
  }

  #authoring() {
    return { site: 'house', author: this.unit, epoch: this.epoch };
  }
}

/** Both hear the other until nothing changes any more; how often it took. */
function talk(one: Decider, other: Decider): number {
  for (let round = 1; round <= 6; round++) {
    const before = canonicalJson([one.current, other.current]);
    one.take(other.current);
    other.take(one.current);
    if (canonicalJson([one.current, other.current]) === before) return round;
  }
  return Infinity;
}


const [x, y, z] = ['owner/1', 'owner/2', 'owner/3'] as const;

test('the table of what two units may have done', () => {
  const table: { name: string; a: (unit: Decider) => void; b: (unit: Decider) => void; x: number[]; y: number[]; z: number[] }[] = [
    { name: 'nothing', a: () => undefined, b: () => undefined, x: [1], y: [2], z: [] },
    { name: 'one edits', a: (u) => u.edit({ [x]: content(3) }), b: () => undefined, x: [3], y: [2], z: [] },
    { name: 'one removes', a: (u) => u.edit({ [x]: null }), b: () => undefined, x: [], y: [2], z: [] },
    { name: 'different entries', a: (u) => u.edit({ [x]: content(3) }), b: (u) => u.edit({ [y]: content(4), [z]: content(5) }), x: [3], y: [4], z: [5] },
    { name: 'the same entry: the later unit id wins where epoch and version are equal', a: (u) => u.edit({ [x]: content(3) }), b: (u) => u.edit({ [x]: content(4) }), x: [4, 3], y: [2], z: [] },
    { name: 'the same entry: the later version wins', a: (u) => (u.edit({ [y]: content(9) }), u.edit({ [x]: content(3) })), b: (u) => u.edit({ [x]: content(4) }), x: [3, 4], y: [9], z: [] },
    { name: 'the same entry: the later epoch wins over the later version', a: (u) => (u.edit({ [y]: content(9) }), u.edit({ [x]: content(3) })), b: (u) => ((u.epoch = 2), u.edit({ [x]: content(4) })), x: [4, 3], y: [9], z: [] },
    { name: 'the same content on both is no conflict', a: (u) => u.edit({ [x]: content(3) }), b: (u) => u.edit({ [x]: content(3) }), x: [3], y: [2], z: [] },
    { name: 'an edit outlives a removal that did not know of it', a: (u) => u.edit({ [x]: null }), b: (u) => u.edit({ [x]: content(4) }), x: [4], y: [2], z: [] },
    { name: 'both remove', a: (u) => u.edit({ [x]: null }), b: (u) => u.edit({ [x]: null }), x: [], y: [2], z: [] },
    { name: 'what one overwrote several times is one edit', a: (u) => [5, 6, 7].forEach((tag) => u.edit({ [x]: content(tag) })), b: (u) => u.edit({ [x]: content(4) }), x: [7, 4], y: [2], z: [] },
  ];
  for (const row of table) {
    for (const first of ['a', 'b']) {
      const [a, b] = [new Decider('a'), new Decider('b')];
      a.edit({ [x]: content(1), [y]: content(2) });
      b.take(a.current);
      row.a(a);
      row.b(b);
      assert.ok(first === 'a' ? talk(a, b) < 4 : talk(b, a) < 4, row.name);
      assert.equal(a.current, b.current, row.name);
      assert.equal([a.tags(x), a.tags(y), a.tags(z)], [row.x, row.y, row.z], `${row.name}, ${first} hears first`);
    }
  }
});

test('what was settled stays settled, and later edits do not bring siblings back', () => {
  const [a, b] = [new Decider('a'), new Decider('b')];
  a.edit({ [x]: content(1) });
  talk(a, b);
  a.edit({ [x]: content(3) });
  b.edit({ [x]: content(4) });
  const stale = b.current;
  talk(a, b);
  a.edit({ [x]: content(5) });
  assert.equal(a.tags(x), [5, 3], 'a new edit leaves the sibling for somebody to decide');
  a.settle(x, content(3)?.sha256 ?? '');
  assert.equal(a.tags(x), [3]);
  talk(b, a);
  assert.is(b.take(stale), 'keep', 'a replay of what was before');
  assert.equal([a.tags(x), b.tags(x)], [[3], [3]]);
  assert.throws(() => a.settle(x, content(4)?.sha256 ?? ''), (error: unknown) => error instanceof SiteError && error.id === 'missing');
});

test('the floor: what is older counts no more, on either side', () => {
  const [a, b] = [new Decider('a'), new Decider('b')];
  a.edit({ [x]: content(1) });
  talk(a, b);
  for (const tag of [5, 6, 7]) a.edit({ [x]: content(tag) });
  a.edit({}, true);
  b.edit({ [y]: content(2) });
  assert.is(a.take(b.current), 'below-floor');
  assert.is(b.take(a.current), 'adopt');
  assert.equal(b.current, a.current);
  assert.equal(b.tags(y), []);
  b.edit({ [y]: content(3) });
  assert.is(a.take(b.current), 'adopt');
});

test('limits: siblings of one entry and of all, entries', () => {
  const many = (unit: string, epoch: number, count: number): Decider => {
    const one = new Decider(unit);
    one.epoch = epoch;
    one.edit(Object.fromEntries(Array.from({ length: count }, (_, at) => [`owner/${at}`, content(epoch * 10_000 + at)])));
    return one;
  };
  const [a, b] = [many('a', 1, 400), many('b', 2, 400)];
  talk(a, b);
  assert.equal(a.current, b.current);
  assert.is(Object.values(a.current?.siblings ?? {}).flat().length, maxAllSiblings);
  const site = new Decider('a0');
  for (let unit = 1; unit < 14; unit++) talk(site, many(`a${unit}`, unit, 1));
  assert.is(site.tags('owner/0').length, 1 + maxSiblings);
  assert.is(site.tags('owner/0')[0], 130_000);
  assert.throws(() => many('a', 1, maxEntries + 1), (error: unknown) => error instanceof SiteError && error.id === 'too-large');
});

test('joining is commutative, associative and idempotent', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new SimRandom(seed);
    const units = ['a', 'b', 'c'].map((unit) => new Decider(unit));
    for (let step = 0; step < 12; step++) randomStep(random, units);
    const [one, two, three] = units.map(({ current }) => current ?? edited(null, null, new Map([[x, content(1)]]), { site: 'house', author: 'd', epoch: 1 })) as [Manifest, Manifest, Manifest];
    const as = (body: ReturnType<typeof join>): Manifest => ({ ...one, ...body });
    const same = (left: ReturnType<typeof join>, right: ReturnType<typeof join>): void => assert.is(canonicalJson(left), canonicalJson(right), `seed ${seed}`);
    same(join(one, two), join(two, one));
    same(join(one, one), (({ epoch, floor, seen, entries, siblings }) => ({ epoch, floor, seen, entries, siblings }))(one));
    same(join(as(join(one, two)), three), join(one, as(join(two, three))));
    same(join(as(join(one, two)), two), join(one, two));
  }
});

function randomStep(random: SimRandom, units: readonly Decider[]): void {
  const unit = units[random.below(units.length)] as Decider;
  const other = units[random.below(units.length)] as Decider;
  const name = [x, y, z][random.below(3)] as string;
  if (random.chance(0.1)) unit.epoch++;
  if (random.chance(0.4) && unit !== other) unit.take(other.current);
  else unit.edit({ [name]: random.chance(0.2) ? null : content(1 + random.below(1000)) });
}

test('1,000 histories of two units: edits, old and doubled manifests in any order; in the end both have the same, and nothing unseen is lost', () => {
  let merges = 0;
  for (let seed = 1; seed <= 1000; seed++) {
    const random = new SimRandom(seed);
    const units = [new Decider('a'), new Decider('b')] as const;
    const sent: Manifest[] = [];
    for (let step = 0; step < 30; step++) {
      const [unit, other] = random.chance(0.5) ? units : [units[1], units[0]];
      const versionBefore = unit.current?.version ?? 0;
      if (other.current !== null) sent.push(other.current);
      const what = random.below(10);
      if (what < 4) unit.edit({ [[x, y, z][random.below(3)] as string]: random.chance(0.15) ? null : content(1 + random.below(50)) });
      else if (what < 5) unit.epoch += random.below(2);
      else if (sent.length > 0 && unit.take(sent[random.below(sent.length)] as Manifest) === 'merge') merges++;
      assert.ok((unit.current?.version ?? 0) >= versionBefore, `seed ${seed}: a version went back`);
    }
    const lasting = units.map((unit) => unit.current);
    assert.ok(talk(...units) < 5, `seed ${seed} does not come to rest`);
    assert.equal(units[0].current, units[1].current, `seed ${seed}`);
    for (const before of lasting) if (before !== null) nothingUnseenIsLost(before, lasting.find((one) => one !== before) ?? null, units[0], seed);
  }
  assert.ok(merges > 1000, `${merges} merges`);
});

/** What one side alone had made is in force or a sibling afterwards. */
function nothingUnseenIsLost(mine: Manifest, theirs: Manifest | null, after: Decider, seed: number): void {
  for (const name of Object.keys(mine.entries)) {
    for (const value of valuesOf(mine, name)) {
      if (theirs !== null && (theirs.seen[value.by] ?? 0) >= value.at) continue;
      assert.ok(after.tags(name).includes(value.bytes), `seed ${seed}: ${name} ${value.bytes} is lost`);
    }
  }
}

test.run();
