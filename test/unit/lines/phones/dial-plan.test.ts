import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DialPlan } from '../../../../firmware/lines/phones/dial-plan.ts';
import { dialled, isComplete } from '../../../../firmware/lines/phones/dial-plan.ts';

const plan: DialPlan = { collect: ['*17', '*170'], phones: ['301', '302'], mailboxes: ['201', '2011', '301'], prefixes: ['0'], emergency: ['112', '911'] };

test('known numbers end by themselves, unless a longer one begins with them', () => {
  for (const digits of ['301', '302', '2011', '*170']) assert.ok(isComplete(plan, digits), digits);
  for (const digits of ['3', '30', '201', '*17', '*1', '7', '12345678']) assert.not(isComplete(plan, digits), digits);
});

test('# ends dialling, and is no part of the number', () => {
  assert.ok(isComplete(plan, '201#'));
  assert.ok(isComplete(plan, '7788#'));
  assert.not(isComplete(plan, '#'), 'alone it may begin a number');
  assert.equal(dialled(plan, '201#'), { to: 'number', number: '201' });
  assert.equal(dialled(plan, '7788#'), { to: 'number', number: '7788' });
});

test('a number that has # in it is known as it is', () => {
  const hashed = { ...plan, collect: ['#5', '5#6'] };
  assert.ok(isComplete(hashed, '#5'));
  assert.not(isComplete(hashed, '5#'), '5#6 may follow');
  assert.equal(dialled(hashed, '5#6'), { to: 'number', number: '5#6' });
});

test('the prefix leads to a trunk, without itself', () => {
  assert.equal(dialled(plan, '0441234'), { to: 'trunk', number: '441234', prefix: '0', emergency: false });
  assert.not(isComplete(plan, '0441234'), 'nobody knows how long numbers of the exchange are');
  assert.ok(isComplete(plan, '0441234#'));
  assert.equal(dialled(plan, '0'), { to: 'number', number: '0' }, 'alone it leads nowhere');
});

test('a number of ours that begins with the prefix is ours', () => {
  assert.equal(dialled({ ...plan, mailboxes: ['0815'] }, '0815'), { to: 'number', number: '0815' });
});

test('an emergency number never waits, with the prefix or without, and whatever begins with it', () => {
  const crowded = { ...plan, mailboxes: ['1123', '9115'] };
  for (const digits of ['112', '911', '0112', '0911']) {
    assert.ok(isComplete(crowded, digits), digits);
    assert.equal(dialled(crowded, digits), { to: 'trunk', number: digits.slice(-3), prefix: null, emergency: true }, digits);
  }
});

test('anything else is for the peer of the port', () => {
  assert.equal(dialled(plan, '4711'), { to: 'number', number: '4711' });
});

test.run();
