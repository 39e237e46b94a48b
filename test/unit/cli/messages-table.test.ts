import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { messagesJson, messagesTable } from '../../../firmware/cli/messages-table.ts';
import { exampleMessage } from '../console/example-unit.ts';

const messages = [exampleMessage(), exampleMessage({ id: '019b8d2e-5500-7abc-8def-0123456789cd', callerNumber: '', callerName: 'Eve\x1b[2J', state: 'saved', interrupted: true, durationMs: 3_661_000 })];

test('a table for people, in the time of the zone, harmless', () => {
  assert.equal(messagesTable(messages, 'Europe/Berlin'), [
    'ID                                    MAILBOX  RECEIVED             FROM      NAME      LENGTH  STATE',
    '019b8d2e-4400-7abc-8def-0123456789ab  201      2026-01-05 10:00:00  100       Test        0:12  new',
    '019b8d2e-5500-7abc-8def-0123456789cd  201      2026-01-05 10:00:00  withheld  Eve?[2J  1:01:01  saved, interrupted',
  ]);
  assert.equal(messagesTable([], 'UTC'), ['no messages']);
});

test('JSON for programs', () => {
  const text = messagesJson(messages);
  assert.ok(text.endsWith('}\n'));
  assert.equal(JSON.parse(text).messages[0], {
    id: '019b8d2e-4400-7abc-8def-0123456789ab', mailbox: '201', state: 'new', received: '2026-01-05T09:00:00.000Z', callerNumber: '100', callerName: 'Test',
    reason: 'no-answer', durationMs: 12_400, codec: 'PCMU', bytes: 99_200, interrupted: false, lostPackets: 0, priority: false, private: false, sentAs: 'message', sender: null,
  });
  assert.is(JSON.parse(text).messages[1].callerName, 'Eve\x1b[2J');
  assert.not.match(text, /\x1b/, 'escaped');
  assert.equal(JSON.parse(messagesJson([])), { messages: [] });
});

test.run();
