import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { WallMs } from '../../../hal/clock.ts';
import type { Circumstances } from '../../../firmware/entitlement/allowance.ts';
import { allowance, trialMs } from '../../../firmware/entitlement/allowance.ts';
import type { Entitlement } from '../../../firmware/entitlement/entitlement.ts';
import { features } from '../../../firmware/entitlement/entitlement.ts';
import type { Allowance } from '../../../firmware/entitlement/allowance.ts';
import { refusePort } from '../../../firmware/entitlement/port-admission.ts';

const day = (date: string): WallMs => Date.parse(date) as WallMs;
const grant = { ports: 4, classes: { collect: 1 }, features: [...features] };
const entitlement: Entitlement = { version: 1, serial: 'A-17', unit: 'unit-1', from: '2026-02-01', until: '2026-02-28', primary: { ...grant, ports: 40, classes: {} }, backup: grant };
const here: Circumstances = { file: { ok: true, entitlement }, unitId: 'unit-1', serves: 'primary', nowMs: day('2026-02-14'), uptimeMs: 0, ports: 8 };

test('no issuer: everything is allowed, for ever', () => {
  const allowed = allowance({ ...here, file: null, uptimeMs: 1e12 });
  assert.equal([allowed.ports, allowed.leftMs], [8, null]);
});

test('no more ports than the unit has, nor than are granted; a backup can be given less', () => {
  assert.equal([allowance(here).ports, allowance({ ...here, serves: 'backup' }).ports], [8, 4]);
  assert.is(allowance({ ...here, serves: 'backup' }).says, 'entitlement A-17 grants the backup 4 of its 8 ports, at most collect 1');
});

test('a backup can be given fewer features, and says which it has not', () => {
  const less: Entitlement = { ...entitlement, backup: { ...grant, features: ['languages', 'estate'] } };
  const allowed = allowance({ ...here, file: { ok: true, entitlement: less }, serves: 'backup' });
  assert.equal(allowed.features, ['languages', 'estate']);
  assert.is(allowed.says, 'entitlement A-17 grants the backup 4 of its 8 ports, at most collect 1, without live-calls, mirror');
});

const notEntitled: readonly (readonly [string, Partial<Circumstances>, RegExp])[] = [
  ['no file that could be read', { file: { ok: false, why: 'it is empty' } }, /refused: it is empty; the unit serves for 120 minutes more/],
  ['of another unit', { unitId: 'unit-2' }, /is for unit unit-1, and this is unit-2/],
  ['not begun', { nowMs: (day('2026-02-01') - 1) as WallMs }, /begins on 2026-02-01/],
  ['ended', { nowMs: day('2026-03-01') }, /ended on 2026-02-28/],
  ['not as primary', { file: { ok: true, entitlement: { ...entitlement, primary: null } } }, /does not cover service as primary/],
];
for (const [name, changes, says] of notEntitled) {
  test(`${name}: two hours at a time, with all ports`, () => {
    const began = allowance({ ...here, ...changes });
    assert.match(began.says, says);
    assert.equal([began.ports, began.leftMs], [8, trialMs]);
    assert.is(allowance({ ...here, ...changes, uptimeMs: trialMs - 1 }).leftMs, 1);
    const over = allowance({ ...here, ...changes, uptimeMs: trialMs });
    assert.is(over.leftMs, 0);
    assert.match(over.says, /takes no calls until it is started again/);
  });
  test(`${name}: a backup that serves goes on all the same`, () => {
    const changed = { ...here, ...changes };
    const file = changed.file?.ok === true ? { ok: true as const, entitlement: { ...changed.file.entitlement, backup: null } } : changed.file;
    assert.equal([allowance({ ...changed, file, serves: 'backup', uptimeMs: 1e12 }).leftMs, allowance({ ...changed, file, serves: 'backup' }).ports], [null, 8]);
  });
}

test('the first and the last day count in full', () => {
  assert.is(allowance({ ...here, nowMs: day('2026-02-01') }).leftMs, null);
  assert.is(allowance({ ...here, nowMs: (day('2026-03-01') - 1) as WallMs }).leftMs, null);
});

test('ports are given out by class: collecting owners never keep out more than their class may', () => {
  const allowed = allowance({ ...here, serves: 'backup' });
  const refused = (leave: number, collect: number, wants: 'leave' | 'collect'): string | null => refusePort(allowed, { leave, collect, other: 0 }, wants);
  assert.is(refused(0, 0, 'collect'), null);
  assert.match(refused(0, 1, 'collect') ?? '', /All ports for collecting messages are in use/);
  assert.is(refused(2, 1, 'leave'), null);
  assert.match(refused(3, 1, 'leave') ?? '', /entitled to are in use/);
  assert.is(refusePort({ ...allowed, leftMs: 0 }, { leave: 0, collect: 0, other: 0 }, 'leave'), 'The unit has no entitlement');
});

test('ports of bridged calls count among those in use, and have no class of their own', () => {
  const allowed: Allowance = { ports: 3, classes: { leave: 1 }, features: [], leftMs: null, says: '' };
  assert.is(refusePort(allowed, { leave: 0, collect: 0, other: 2 }, 'leave'), null);
  assert.match(refusePort(allowed, { leave: 1, collect: 0, other: 2 }, 'collect') ?? '', 'entitled to are in use');
  assert.match(refusePort(allowed, { leave: 1, collect: 0, other: 2 }, 'other') ?? '', 'entitled to are in use');
  assert.is(refusePort(allowed, { leave: 1, collect: 0, other: 1 }, 'other'), null);
});

test.run();
