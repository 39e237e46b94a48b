import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lineFaults, mediaLines, tellLineFaults } from '../../../board/common/board-lines.ts';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import type { LineSettings } from '../../../firmware/config/line-settings.ts';

const board = {
  model: 'test',
  lines: [{ name: 'port-1', kind: 'trunk', driver: 'dahdi', place: '3' }, { name: 'port-2', kind: 'phone', driver: 'dahdi', place: '4' }],
  drivers: { watchdogs: [], gpio: 'sim', datagramBatch: 'sim', lines: ['v253'] },
} as const;

function lines(...items: string[]): readonly LineSettings[] {
  const parsed = parseConfiguration(`peers: []\nmailboxes: [{ number: "201" }]\nincoming: [{ name: a, mailbox: "201" }]\nlines: [${items.join(', ')}]\n`, 'unit.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.settings.lines;
}

test('a line gets driver and place from the board, or names them itself', () => {
  const made = mediaLines(lines('{ name: a, device: port-1, kind: trunk }', '{ name: b, device: "v253:/dev/ttyACM0", kind: trunk, modem: usr5637, options: ["law=PCMA"], silenceSec: 9 }'), board);
  assert.equal(made.map(({ name, driver, place, options, silenceMs }) => [name, driver, place, options, silenceMs]), [
    ['a', 'dahdi', '3', {}, 0],
    ['b', 'v253', '/dev/ttyACM0', { law: 'PCMA', profile: 'usr5637' }, 9000],
  ]);
});

test('what the board lacks is told with a remedy, and the line keeps its number', () => {
  const wanted = lines('{ name: a, device: port-9, kind: trunk }', '{ name: b, device: "dahdi:1", kind: trunk }', '{ name: c, device: port-2, kind: trunk }', '{ name: d, device: port-1, kind: trunk }');
  assert.equal(lineFaults(wanted, board), [
    'lines[a].device: board test has no port-9 (it has: port-1, port-2, v253:PLACE)',
    'lines[b].device: board test has no dahdi:1 (it has: port-1, port-2, v253:PLACE)',
    'lines[c].device: port-2 of board test is a port for a phone, not for a trunk (use another port, or kind: phone)',
  ]);
  assert.equal(mediaLines(wanted, board).map(({ name }) => name), ['a', 'b', 'c', 'd']);
  const told: string[] = [];
  tellLineFaults(wanted, board, { write: (severity, event) => void told.push(`${severity} ${event}`) });
  assert.equal(told, ['alert line-without-device', 'alert line-without-device', 'alert line-without-device']);
});

test('a board without lines says so', () => {
  assert.equal(lineFaults(lines('{ name: a, device: x, kind: trunk }'), { ...board, lines: [], drivers: { ...board.drivers, lines: [] } }), ['lines[a].device: board test has no x (it has no lines)']);
});

test.run();
