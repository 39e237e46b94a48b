// The power is cut on a real ext4: every write and flush of a workload is logged, and the disk is put together again as it may
// have been at a random moment, unflushed writes lost or torn. Mounted, the product starts on it and must keep its promises.
// UNDERSTUDY_CRASH_SEED repeats the choices of a run; the log they are made from differs a little each time, so the images of
// states that break a promise are kept as well.
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { testWith } from '../support/skip.ts';
import { ext4Needs } from './ext4-needs.ts';
import type { Finding, Series } from './series.ts';
import { runSeries } from './series.ts';

const { UNDERSTUDY_CRASH_SEED: given } = process.env;
const seed = given === undefined ? Date.now() % 1_000_000 : Number(given);
const keep = path.resolve('.test-build/crash-states');
const states = { store: 200, unit: 100, control: 60 } as const;
/** A control that breaks less says that the test would not notice. */
const leastBroken = 0.1;

const crash = async (name: string, series: Omit<Series, 'seed'>): Promise<Finding> => {
  const finding = await runSeries({ ...series, seed });
  figure(`${name}: ${summary(finding)}`);
  return finding;
};

function summary({ tally, messages }: Finding): string {
  const { states: made, writes, flushes, keptWrites, tornWrites, lostWrites, promised, lostMessages, salvaged, worstLossMs, brokenStates } = tally;
  return [
    `seed ${seed}, ${made} states of ${writes} writes and ${flushes} flushes (unflushed: ${keptWrites} kept, ${tornWrites} torn, ${lostWrites} lost)`,
    `${messages} messages, stored ones looked for ${promised} times, ${lostMessages} losses`,
    `${salvaged} interrupted ones delivered, at most ${Math.round(worstLossMs)} ms short`,
    `promises broken in ${brokenStates} states`,
  ].join('; ');
}

function mustBeKept({ tally }: Finding, wanted: number): void {
  if (tally.brokenStates > 0) console.log(`the first of these states are kept, to be mounted: ${keep}/crash-state-<seed>.img`);
  assert.equal(tally.broken, []);
  assert.is(tally.brokenStates, 0);
  assert.is(tally.states, wanted);
  assert.ok(tally.promised > 2 * wanted && tally.salvaged > wanted / 2, 'too little was at stake');
  assert.ok(tally.keptWrites > 0 && tally.tornWrites > 0 && tally.lostWrites > 0, 'no write was at stake');
}

testWith([...ext4Needs], `ext4: the store under four callers and an owner, power cut in ${states.store} places: nothing acknowledged is lost`, async () => {
  const finding = await crash('store', { workload: 'store', forgotten: null, states: states.store, keep });
  mustBeKept(finding, states.store);
  assert.ok(finding.tally.worstLossMs <= 1000, `${finding.tally.worstLossMs} ms were lost`);
});

testWith([...ext4Needs], `ext4: the unit with three callers at a time, power cut in ${states.unit} places: nothing acknowledged is lost, and a second at most of what was being said`, async () => {
  const finding = await crash('unit', { workload: 'unit', forgotten: null, states: states.unit, keep });
  mustBeKept(finding, states.unit);
  figure(`unit: started on ${finding.boots} of the states; the machine was late by ${Math.round(finding.allowanceMs)} ms at most`);
  assert.is(finding.boots, 3);
  assert.ok(finding.tally.worstLossMs <= 1000 + finding.allowanceMs, `${finding.tally.worstLossMs} ms were lost`);
});

testWith([...ext4Needs], 'ext4 control: without fdatasync messages are lost', async () => {
  const { tally } = await crash('control without file syncs', { workload: 'store', forgotten: 'file-sync', states: states.control, keep: null });
  assert.ok(tally.lossStates >= leastBroken * states.control, `messages lost in ${tally.lossStates} states`);
});

// A delivered message whose new name is lost still lies complete in `new/`, and start-up delivers it again: without folder syncs
// it is what became of messages, and the greetings, that is forgotten.
testWith([...ext4Needs], 'ext4 control: without fsync of folders promises are broken', async () => {
  const { tally } = await crash('control without folder syncs', { workload: 'store', forgotten: 'folder-sync', states: states.control, keep: null });
  assert.ok(tally.brokenStates >= leastBroken * states.control, `promises broken in ${tally.brokenStates} states`);
});

test.run();
