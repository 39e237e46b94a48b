import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blockWith, callerIdOf, emptyBlock, isWhole } from '../../../hal/drivers/v253/caller-id-block.ts';
import type { CallerId } from '../../../hal/line.ts';

function read(...lines: string[]): CallerId | null {
  return callerIdOf(lines.reduce((block, line) => blockWith(block, line) ?? assert.unreachable(line) ?? block, emptyBlock));
}

test('a block with and without blanks', () => {
  const alice = { number: '5551234', name: 'ALICE', absent: null };
  assert.equal(read('DATE = 1123', 'TIME = 1430', 'NMBR = 5551234', 'NAME = ALICE'), alice);
  assert.equal(read('DATE=1123', 'TIME=1430', 'NMBR=5551234', 'NAME=ALICE'), alice);
  assert.equal(read('NAME = ALICE', 'NMBR = 5551234'), alice);
});

test('a withheld number and one from out of the area', () => {
  assert.equal(read('NMBR = P', 'NAME = P'), { number: '', name: '', absent: 'private' });
  assert.equal(read('NMBR = O', 'NAME = O'), { number: '', name: '', absent: 'out-of-area' });
  assert.equal(read('NMBR = PRIVATE'), { number: '', name: '', absent: 'private' });
  assert.equal(read('NAME = ACME'), { number: '', name: 'ACME', absent: 'out-of-area' });
});

test('other lines are no part of a block, and a date alone says nothing of the caller', () => {
  for (const line of ['RING', 'OK', 'NUMBER = 5', 'NMBR 5']) assert.is(blockWith(emptyBlock, line), null, line);
  assert.is(read('DATE = 1123', 'TIME = 1430'), null);
  assert.not(isWhole(blockWith(emptyBlock, 'NMBR = 5') ?? emptyBlock));
});

/** A message with its checksum, in hexadecimal. */
const message = (...bytes: number[]): string => [...bytes, -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff].map((byte) => byte.toString(16).padStart(2, '0')).join('').toUpperCase();
const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));

test('raw messages, multiple and single format', () => {
  const number = [0x02, 7, ...ascii('5551234')];
  const name = [0x07, 5, ...ascii('ALICE')];
  const date = [0x01, 8, ...ascii('11231430')];
  const multiple = message(0x80, date.length + number.length + name.length, ...date, ...number, ...name);
  assert.equal(read(`MESG = ${multiple}`), { number: '5551234', name: 'ALICE', absent: null });
  assert.equal(read(`MESG = ${message(0x80, 3, 0x04, 1, 0x50)}`), { number: '', name: '', absent: 'private' });
  assert.equal(read(`MESG = ${message(0x04, 15, ...ascii('112314305551234'))}`), { number: '5551234', name: '', absent: null });
});

test('a raw message that is damaged, cut short or no hexadecimal says nothing', () => {
  const good = message(0x80, 9, 0x02, 7, ...ascii('5551234'));
  for (const bad of [good.replace('35', '36'), good.slice(0, -8), 'XYZ', '', '8']) assert.is(read(`MESG = ${bad}`), null, bad);
});

test.run();
