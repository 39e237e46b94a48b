import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { leaseMs, leaseStep, listenMs, noLease, patienceMs, type Lease, type Report } from '../../../firmware/witness/lease.ts';

const serving = (rank: Report['rank'], epoch: number): Report => ({ rank, serving: true, wonders: false, wants: false, epoch });
const wonders = (rank: Report['rank']): Report => ({ rank, serving: false, wonders: true, wants: false, epoch: 4 });
const wants = (rank: Report['rank']): Report => ({ rank, serving: false, wonders: true, wants: true, epoch: 4 });
const idle = (rank: Report['rank']): Report => ({ rank, serving: false, wonders: false, wants: false, epoch: 4 });
/** The primary serves with epoch 4 and was heard at 1,000 ms. */
const held: Lease = { holder: 'primary', epoch: 4, heardMs: 1000, askedMs: null };

/** 'says holder epoch', with '?' where the other unit is asked. */
function told(lease: Lease, report: Report, nowMs: number, upMs = leaseMs): string {
  const step = leaseStep(lease, report, nowMs, upMs);
  return `${step.says} ${step.lease.holder ?? 'none'} ${step.lease.epoch}${step.probe ? ' ?' : ''}`;
}

test('what is said to whom, by who has the lease and when it was heard', () => {
  const rows: [string, Lease, Report, number, string][] = [
    ['nobody has it and one serves', noLease, serving('primary', 4), 1000, 'yours primary 4'],
    ['nobody has it and one wants it', noLease, wants('backup'), 1000, 'yours backup 4'],
    ['nobody has it and one wonders', noLease, wonders('backup'), 1000, 'free none 0'],
    ['nobody has it and nobody wants it', noLease, idle('backup'), 1000, 'free none 0'],
    ['the holder renews', held, serving('primary', 4), 1500, 'yours primary 4'],
    ['the holder takes a new epoch', held, serving('primary', 6), 1500, 'yours primary 6'],
    ['the holder serves no more', held, idle('primary'), 1500, 'free none 0'],
    ['the holder was granted it and does not serve yet', held, wants('primary'), 1500, 'yours primary 4'],
    ['the standby reports in peace', held, idle('backup'), 1400, 'theirs primary 4'],
    ['the holder was heard just now', held, wants('backup'), 1040, 'theirs primary 4'],
    ['the holder was heard lately', held, wants('backup'), 1100, 'theirs primary 4 ?'],
    ['the holder was not heard lately', held, wants('backup'), 1200, 'asking primary 4 ?'],
    ['the same when one only wonders', held, wonders('backup'), 1200, 'asking primary 4 ?'],
    ['the holder does not answer', { ...held, askedMs: 1200 }, wants('backup'), 1200 + patienceMs, 'yours backup 4'],
    ['the holder has not had the time to answer', { ...held, askedMs: 1200 }, wants('backup'), 1199 + patienceMs, 'asking primary 4 ?'],
    ['the holder does not answer and one only wonders', { ...held, askedMs: 1200 }, wonders('backup'), 1200 + patienceMs, 'free none 4'],
    ['the holder has answered', { ...held, heardMs: 1210 }, wants('backup'), 1250, 'theirs primary 4'],
    ['the lease is over', held, wants('backup'), 1000 + leaseMs, 'yours backup 4'],
    ['another serves with a higher epoch', held, serving('backup', 5), 1100, 'yours backup 5'],
    ['another serves with a lower epoch', held, serving('backup', 3), 1100, 'theirs primary 4 ?'],
    ['another serves with a lower epoch, and the holder does not answer', { ...held, askedMs: 1200 }, serving('backup', 3), 1400, 'yours backup 3'],
  ];
  for (const [name, lease, report, nowMs, expected] of rows) assert.is(told(lease, report, nowMs), expected, name);
});

test('a witness that still learns grants nothing, and says so; what it has learnt it tells', () => {
  assert.is(told(noLease, wants('backup'), 1000, listenMs), 'learning none 0');
  assert.is(told(noLease, idle('backup'), 1000, listenMs), 'learning none 0');
  assert.is(told(noLease, wants('backup'), 1000, listenMs - 1), 'asking none 0');
  assert.is(told(noLease, serving('primary', 4), 1000, listenMs), 'yours primary 4');
  assert.is(told(held, wants('backup'), 1040, listenMs), 'theirs primary 4');
  assert.is(told({ ...held, askedMs: 1200 }, wants('backup'), 1400, listenMs), 'learning none 4');
});

test('of two that want it at once, one has it', () => {
  const first = leaseStep(noLease, wants('backup'), 1000, leaseMs).lease;
  assert.is(told(first, wants('primary'), 1001), 'theirs backup 4');
});

test('whatever is reported in whatever order, a live holder never loses its lease to one that does not serve', () => {
  const reports = (['primary', 'backup'] as const).flatMap((rank) => [serving(rank, 4), serving(rank, 5), wonders(rank), wants(rank), idle(rank)]);
  let tried = 0;
  for (const one of reports) {
    for (const two of reports) {
      for (const gapMs of [0, 60, 120]) {
        const before = leaseStep(leaseStep(noLease, one, 1000, leaseMs).lease, two, 1000 + gapMs, leaseMs).lease;
        if (before.holder === null) continue;
        const other = before.holder === 'primary' ? 'backup' : 'primary';
        const after = leaseStep(before, wants(other), before.heardMs + patienceMs, leaseMs);
        assert.is(after.lease.holder, before.holder);
        assert.is(after.says, 'theirs');
        tried++;
      }
    }
  }
  assert.ok(tried > 100);
});

test.run();
