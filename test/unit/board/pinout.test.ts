// The pin-out that people wire by is the one that the program uses.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pinoutSvg, pinoutTable } from '../../../board/build/pinout.ts';
import { board } from '../../../board/rpi-cm4/board.ts';
import { header } from '../../../board/rpi-cm4/header.ts';
import { pinUses } from '../../../firmware/signals/pin-uses.ts';

const pinout = { pins: board.pins, header };
const folder = 'board/rpi-cm4';

test('the README has the table of the data; else: node board/build/pinout.mjs', () => {
  const readme = readFileSync(`${folder}/README.md`, 'utf8');
  assert.ok(readme.includes(`-->\n${pinoutTable(pinout)}\n<!--`));
});

test('the picture is that of the data; else: node board/build/pinout.mjs', () => {
  const picture = readFileSync(`${folder}/pinout.svg`, 'utf8');
  assert.is(picture, pinoutSvg(pinout, 'Pin-out of board rpi-cm4'));
  for (const { use, line } of board.pins) assert.ok(picture.includes(`${use} · GPIO ${line}<`), use);
});

test('no two uses share a pin, none is wired twice, none takes what the board itself has', () => {
  const free = header.flatMap((pin) => ('gpio' in pin && pin.taken === undefined ? [pin.gpio] : []));
  assert.is(new Set(board.pins.map(({ line }) => line)).size, board.pins.length);
  assert.is(new Set(board.pins.map(({ use }) => use)).size, board.pins.length);
  assert.equal(board.pins.filter(({ line }) => !free.includes(line)), []);
});

test('every use that there is, is wired on the appliance', () => {
  assert.equal(Object.keys(pinUses).filter((use) => !board.pins.some((pin) => pin.use === use)), []);
});

test('the header has 40 pins, and each GPIO from 0 to 27 once', () => {
  assert.is(header.length, 40);
  assert.equal(header.flatMap((pin) => ('gpio' in pin ? [pin.gpio] : [])).sort((one, other) => one - other), Array.from({ length: 28 }, (_, line) => line));
});

test('what the processor pulls down until a program runs is what must be dropped then', () => {
  // BCM2711 peripherals, table of alternative functions: GPIO 0 to 8 are pulled up at reset, 9 to 27 down.
  const switches = board.pins.filter(({ use }) => ['relay', 'led'].includes(pinUses[use].kind));
  assert.ok(switches.length >= 6);
  assert.equal(switches.filter(({ line, activeLow }) => line < 9 || activeLow), []);
});

test('a pin that is not on the header is refused by number', () => {
  assert.throws(() => pinoutTable({ header, pins: [{ use: 'door-relay', chip: 'x', line: 45, activeLow: false, bias: 'none' }] }), /GPIO 45 is not on the header/);
});

test.run();
