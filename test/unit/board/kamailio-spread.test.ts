import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const load = (name: string): Promise<Record<string, (...words: unknown[]) => unknown>> => import(pathToFileURL(path.resolve('board/estate/kamailio', name)).href);
const { assignSlots, slotOf } = (await load('slots.mjs')) as { assignSlots: (units: string[], before?: (string | null)[]) => string[]; slotOf: (mailbox: string) => string };
const { spreadFiles } = (await load('spread.mjs')) as { spreadFiles: (text: string, folder: string, before: string | null) => Map<string, string> };

const counts = (slots: string[]): number[] => [...new Set(slots)].map((unit) => slots.filter((one) => one === unit).length).sort((one, other) => one - other);
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `unit-${at}`);

test('slots are given out evenly, and the same again', () => {
  for (const count of [1, 2, 3, 5, 7, 64]) {
    const slots = assignSlots(names(count));
    const each = counts(slots);
    assert.is(slots.length, 256);
    assert.ok((each.at(-1) ?? 0) - (each[0] ?? 0) <= 1 && each.length === count, `${count}: ${each}`);
    assert.equal(assignSlots(names(count)), slots);
    assert.equal(assignSlots(names(count), slots), slots, 'nothing moves without need');
  }
});

test('a unit more: only what it gets moves; a unit less: only what it had', () => {
  const three = assignSlots(names(3));
  const four = assignSlots(names(4), three);
  const moved = four.filter((unit, at) => unit !== three[at]);
  assert.equal([moved.length, new Set(moved)], [64, new Set(['unit-3'])]);
  const back = assignSlots(names(3), four);
  assert.is(back.filter((unit, at) => unit !== four[at]).length, 64);
});

test('the slot of a mailbox is what md5sum says', () => {
  assert.equal(['201', '0201', ''].map(slotOf), ['75', '15', 'd4']);
});

const estate = {
  listen: '192.0.2.5:5060', pbx: '192.0.2.6:5060', collect: ['*17'], mailboxes: ['201-204', '0300'],
  units: [{ name: 'one', primary: '192.0.2.11:5060', backup: '192.0.2.12:5060' }, { name: 'two', primary: '192.0.2.13:5060' }],
};

test('every mailbox is in the list of one unit, leading zeros and all', () => {
  const files = spreadFiles(JSON.stringify(estate), '/etc/kamailio', null);
  const listed = ['one', 'two'].flatMap((name) => [...(files.get(`mailboxes-${name}.yaml`) ?? '').matchAll(/number: "(\d+)"/g)].map(([, number]) => number));
  assert.equal(listed.sort(), ['0300', '201', '202', '203', '204']);
  assert.is(files.get('dispatcher.list'), [
    '# one', '1 sip:192.0.2.11:5060 8 20', '1 sip:192.0.2.12:5060 8 10', '1001 sip:192.0.2.12:5060 0 20', '1001 sip:192.0.2.11:5060 0 10',
    '# two', '2 sip:192.0.2.13:5060 8 20', '1002 sip:192.0.2.13:5060 0 10', '',
  ].join('\n'));
  assert.match(files.get('tables.cfg') ?? '', /^ {2}\$sht\(slots=>ff\) = [12];$/m);
  assert.match(files.get('tables.cfg') ?? '', /^ {2}\$sht\(collect=>\*17\) = 1;$/m);
  assert.match(files.get('local.cfg') ?? '', /DISPATCHER_LIST!\/etc\/kamailio\/dispatcher\.list!/);
});

test('the slots of last time count', () => {
  const before = JSON.stringify(Array.from({ length: 256 }, (_, at) => (at < 128 ? 'two' : 'one')));
  assert.is(spreadFiles(JSON.stringify(estate), '/x', before).get('slots.json'), `${before}\n`);
});

test('all that is wrong is told at once', () => {
  const faulty = { listen: 'here', pbx: '192.0.2.6', mailboxes: ['20x', '204-201'], units: [{ name: 'A b', primary: 'x' }, { name: 'A b', primary: '192.0.2.1:5060', ports: 3 }], port: 5 };
  try {
    spreadFiles(JSON.stringify(faulty), '/x', null);
    assert.unreachable();
  } catch (error) {
    const told = (error as Error).message.split('\n').map((line) => line.split(':')[0]?.split(' ')[0]);
    assert.equal(told, ['port', 'listen', 'pbx', 'mailboxes', 'units[0].name', 'units[0].primary', 'units[1].name', 'units[1].ports', 'units']);
  }
});

test.run();
