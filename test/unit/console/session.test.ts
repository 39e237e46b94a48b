import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { longestLine } from '../../../firmware/console/line-editor.ts';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import type { Terminal } from '../../../firmware/console/terminal.ts';
import type { Log } from '../../../firmware/log.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { diskIsFull, ExampleUnit } from './example-unit.ts';
import { Screen, Transcript } from './screen.ts';

function session<Kind extends Terminal>(terminal: Kind, extra: { interrupted?: () => void } = {}) {
  const unit = new ExampleUnit();
  const clock = new SimClock();
  const logged: string[] = [];
  const log: Log = { write: (severity, event, text) => void logged.push(`${severity} ${event} ${text}`) };
  const ended: string[] = [];
  const one = new ConsoleSession({ terminal, unit, clock, log, who: 'test', ended: (reason) => void ended.push(reason), ...extra });
  one.start();
  const feed = async (text: string) => {
    one.feed(Buffer.from(text));
    await settle();
  };
  return { one, unit, clock, logged, ended, feed, terminal };
}

test('a line is typed, seen, done, and the prompt comes back', async () => {
  const { feed, terminal } = session(new Screen());
  assert.is(terminal.current, 'understudy>');
  await feed('show clock\r');
  assert.equal(terminal.rows, ['understudy> show clock', 'time         2026-01-05 10:00:00 Europe/Berlin', 'UTC          2026-01-05 09:00:00', 'running for  1 d 01:01:01', 'understudy>']);
});

test('what the unit is entitled to', async () => {
  const { feed, terminal } = session(new Screen(200));
  await feed('show entitlement\r');
  assert.equal(terminal.rows.slice(1, -1).map((row) => row.replace(/ {2,}/, ': ')), [
    'unit: ab12', 'entitled to: no file is configured; the unit serves for 60 minutes more', 'ports: 2', 'features: none', 'new calls are taken for: 1:00',
  ]);
});

test('a mistake is marked under its word', async () => {
  const { feed, terminal } = session(new Screen());
  await feed('show mesages 201\r');
  assert.equal(terminal.rows.slice(0, 3), ['understudy> show mesages 201', '                 ^', '"mesages" is not known here; did you mean messages?']);
  assert.match(terminal.rows[3] ?? '', /^accepted here: version, clock/);
});

test('a terminal that does not know its width is taken for one of 80 columns', async () => {
  const screen = new Screen(80);
  const { feed } = session({ kind: 'terminal', columns: 0, write: (text) => screen.write(text) });
  await feed('show messages 201 --deleted');
  assert.is(screen.current, 'understudy> show messages 201 --deleted');
});

test('Tab completes, and shows the choices where there are several', async () => {
  const { feed, terminal } = session(new Screen());
  await feed('sh\tmess\t20');
  assert.is(terminal.current, 'understudy> show messages 20');
  await feed('\t');
  assert.equal(terminal.rows.slice(-2), ['201  202', 'understudy> show messages 20']);
  await feed('2\t');
  assert.is(terminal.current, 'understudy> show messages 202');
  await feed('x\t');
  assert.is(terminal.bells, 1, 'nothing fits');
});

test('? helps at once and keeps the line; in quotes it is a question mark', async () => {
  const { feed, terminal, unit } = session(new Screen());
  await feed('mailbox 201 ?');
  assert.equal(terminal.rows.slice(1), ['  pin     give a new random PIN, shown once', '  unlock  end a lock after wrong PINs', '  clear   remove all messages, greetings and the name for good; the PIN stays', 'understudy> mailbox 201']);
  await feed('\x15call 201 --say "how are you?"\r');
  assert.equal(unit.placed?.speech, { kind: 'say', text: 'how are you?' });
});

test('a log line comes above what is being typed', async () => {
  const { feed, terminal, one } = session(new Screen());
  one.logged('notice', 'not watched');
  await feed('monitor on\r');
  await feed('show ca\x1b[D');
  one.logged('notice', 'a call ended\x1b[2J');
  assert.equal(terminal.rows.slice(1), ['a call ended?[2J', 'understudy> show ca']);
  assert.is(terminal.column, 'understudy> show c'.length);
  await feed('\x05lls\rmonitor off\r');
  one.logged('notice', 'not watched again');
  one.logged('alert', 'the disk is on fire');
  assert.equal(terminal.rows.slice(-2), ['the disk is on fire', 'understudy>']);
  assert.not.ok(terminal.rows.some((row) => row.includes('not watched')));
});

test('a call tells what happens; Ctrl-C hangs up and forgets what was typed ahead', async () => {
  const { feed, terminal, unit } = session(new Screen());
  await feed('call *17 --keys "201# w2" --tcp --from 77\r');
  assert.equal(unit.placed, { target: '*17', from: '77', transport: 'tcp', speech: null, steps: [{ kind: 'digits', digits: '201#' }, { kind: 'wait', ms: 2000 }] });
  assert.is(terminal.rows[1], 'answered, PCMU');
  await feed('show calls\r');
  assert.is(terminal.rows.length, 3, 'waits');
  await feed('\x03');
  assert.equal(terminal.rows.slice(2), ['^C', 'ended after 2.5 s: interrupted', 'understudy>']);
});

test('what is typed during a call is done after it', async () => {
  const { feed, terminal, unit } = session(new Screen());
  await feed('call 201\r');
  await feed('show log 1\r');
  unit.hangUp('the unit hung up');
  await settle();
  assert.equal(terminal.rows.slice(1), ['answered, PCMU', 'ended after 2.5 s: the unit hung up', 'understudy> show log 1', 'three', 'understudy>']);
});

test('both --say and --wav are one too many', async () => {
  const { feed, terminal, unit } = session(new Screen());
  await feed('call 201 --say a --wav b.wav\r');
  assert.is(terminal.rows[1], 'either --say or --wav, not both');
  assert.is(unit.placed, null);
});

test('who changed what is logged; looking is not', async () => {
  const { feed, logged, unit, terminal } = session(new Screen());
  await feed('show mailboxes\rmailbox 201 pin reset\r');
  await feed('mailbox 202 unlock\rmessage 201 89ab delete\rmessage 201 89cd undelete\rmessage 201 89ab undelete\rexport 201 89ab out.wav\r');
  assert.equal(unit.done, [
    'pin 201', 'unlock 202', 'mark 201 019b8d2e-4400-7abc-8def-0123456789ab deleted', 'mark 201 019b8d2e-5500-7abc-8def-0123456789cd new',
    'export 201 019b8d2e-4400-7abc-8def-0123456789ab out.wav',
  ]);
  assert.ok(terminal.rows.includes('the PIN of mailbox 201 is now 314159; it is not shown again'));
  assert.ok(terminal.rows.includes('mailbox 202 was not locked'));
  assert.ok(terminal.rows.includes('message 456789ab is not deleted'));
  assert.ok(terminal.rows.includes('out.wav: 96.9 KiB'));
  assert.is(logged.length, 6);
  assert.is(logged[0], 'notice console-command test: mailbox 201 pin reset');
  assert.not.ok(logged.some((line) => line.includes('314159')));
});

test('what the machine refuses is an answer; any other failure is logged as a defect, and the session goes on', async () => {
  const { feed, logged, unit, terminal } = session(new Screen());
  unit.failure = diskIsFull;
  await feed('export 201 89ab out.wav\r');
  assert.is(terminal.rows[1], 'failed: out.wav: the disk is full');
  assert.is(logged.filter((line) => line.startsWith('error')).length, 0);
  unit.failure = new TypeError('x is not a function');
  await feed('call 201\r');
  assert.equal(logged.filter((line) => line.startsWith('error')), ['error console-defect the command "call NUMBER" failed: x is not a function']);
  unit.failure = null;
  await feed('show log 1\r');
  assert.equal(terminal.rows.slice(-2), ['three', 'understudy>']);
});

test('Ctrl-C drops the line; on an empty one it tells how to leave, or asks the owner', async () => {
  const { feed, terminal } = session(new Screen());
  await feed('show\x03');
  assert.equal(terminal.rows, ['understudy> show^C', 'understudy>']);
  await feed('\x03');
  assert.is(terminal.rows.at(-2), 'exit or Ctrl-D ends the session');
  let asked = 0;
  const other = session(new Screen(), { interrupted: () => (asked += 1) });
  await other.feed('\x03');
  assert.is(asked, 1);
});

test('Ctrl-D deletes, and leaves on an empty line; exit leaves; afterwards all is quiet', async () => {
  const first = session(new Screen());
  await first.feed('ab\x01\x04');
  assert.is(first.terminal.current, 'understudy> b');
  await first.feed('\x15\x05\x7f\x04');
  assert.equal(first.ended, ['exit']);
  const { feed, ended, terminal, one, clock } = session(new Screen());
  await feed('exit\rshow clock\r');
  one.logged('alert', 'too late');
  one.close();
  assert.equal(ended, ['exit']);
  assert.is(terminal.rows.filter((row) => row !== '').length, 1);
  assert.is(clock.pending().length, 0, 'no timer is left');
});

test('idle sessions are logged out, but not while a call goes on, and not with a limit of 0', async () => {
  const { feed, ended, terminal, clock, unit } = session(new Screen());
  await clock.advance(9 * 60_000);
  await feed('call 201\r');
  await clock.advance(60 * 60_000);
  assert.equal(ended, []);
  unit.hangUp('done');
  await settle();
  await clock.advance(11 * 60_000);
  assert.equal(ended, ['idle']);
  assert.ok(terminal.rows.some((row) => row.startsWith('logged out')));
  assert.is(clock.pending().length, 0);
  const other = session(new Screen());
  other.unit.idleMin = 0;
  await other.feed('x');
  await other.clock.advance(24 * 3_600_000);
  assert.equal(other.ended, []);
});

test('closing hangs up the call that goes on', async () => {
  const { feed, one, ended, unit } = session(new Screen());
  await feed('call 201\r');
  one.close();
  await settle();
  assert.equal(unit.callEnds, ['interrupted']);
  assert.equal(ended, ['closed']);
});

test('a pipe gets a transcript without escape sequences, commands in order, and an end', async () => {
  const { feed, terminal, one, unit, ended } = session(new Transcript('pipe'));
  await feed('call 201\nshow log 1\r\nmailbox 201 ?\nshow cl');
  unit.hangUp('done');
  await settle();
  one.inputEnded();
  await settle();
  assert.is(
    terminal.text,
    [
      'understudy> call 201', 'answered, PCMU', 'ended after 2.5 s: done', 'understudy> show log 1', 'three', 'understudy> mailbox 201 ?',
      '  pin     give a new random PIN, shown once', '  unlock  end a lock after wrong PINs',
      '  clear   remove all messages, greetings and the name for good; the PIN stays',
      'understudy> show cl', 'time         2026-01-05 10:00:00 Europe/Berlin', 'UTC          2026-01-05 09:00:00', 'running for  1 d 01:01:01', '',
    ].join('\n'),
  );
  assert.equal(ended, ['exit']);
});

test('input that ends during a call waits for the call', async () => {
  const { feed, one, unit, ended } = session(new Transcript('pipe'));
  await feed('call 201\nshow log 1\n');
  one.inputEnded();
  await settle();
  assert.equal(ended, []);
  unit.hangUp('done');
  await settle();
  assert.equal(ended, ['exit']);
});

test('a dumb terminal gets prompts and no escape sequences', async () => {
  const { feed, terminal, one } = session(new Transcript('dumb'));
  await feed('monitor on\nshow log 1\n');
  one.logged('info', 'something');
  assert.is(terminal.text, 'understudy> understudy> three\nunderstudy> \nsomething\nunderstudy> ');
});

test('a line that is too long is not done, not even its beginning', async () => {
  const { feed, terminal, unit } = session(new Transcript('pipe'));
  await feed(`mailbox 201 unlock${' '.repeat(longestLine)}no\nmailbox 202 unlock\n`);
  assert.equal(unit.done, ['unlock 202']);
  assert.match(terminal.text, /longer than 1024 characters and was not done/);
});

test('a terminal rings once when the line is full', async () => {
  const { feed, terminal, unit } = session(new Screen());
  await feed(`mailbox 201 unlock${' '.repeat(longestLine)}`);
  assert.is(terminal.bells, 1);
  assert.ok(terminal.current.startsWith('understudy>'));
  await feed('\r');
  assert.equal(unit.done, []);
  assert.match(terminal.rows.at(-2) ?? '', /was not done/);
});

test('every show command prints something, and nothing from outside gets through raw', async () => {
  const { feed, terminal } = session(new Transcript('pipe'));
  for (const what of ['version', 'clock', 'calls', 'ports', 'mailboxes', 'messages 201 --deleted', 'peers', 'sip', 'media', 'memory', 'storage', 'settings', 'settings peers[0].register', 'log']) {
    terminal.text = '';
    await feed(`show ${what}\n`);
    assert.ok(terminal.text.split('\n').length > 2, what);
    assert.not.match(terminal.text, /[\x00-\x09\x0b-\x1f\x7f]|hush|undefined|NaN|\[object/, what);
    for (const line of terminal.text.split('\n')) assert.ok(line.length <= (line.includes('interrupted') ? 90 : 80), `${what}: ${line}`);
  }
  terminal.text = '';
  await feed('show messages 201 --deleted\n');
  assert.equal(terminal.text.split('\n').slice(1), [
    'ID        RECEIVED             FROM      NAME          LENGTH  STATE',
    '456789ab  2026-01-05 10:00:00  100       Test            0:12  new',
    '456789cd  2026-01-05 10:00:00  withheld  Eve?[2J?fake    1:01  deleted, interrupted',
    '',
  ]);
  terminal.text = '';
  await feed('show peers\n');
  assert.equal(terminal.text.split('\n').slice(1), [
    'PEER   STATE      RECEIVED  SENT  REGISTRATION',
    'local  in use           10    12  off',
    'pbx-a  lost              3    20  off',
    'pbx-b  in use            9     9  registered: for 600 s as 900',
    'pbx-c  returning         8     8  off',
    'pbx-d  not used          0     0  off',
    'pbx-e  lost              0     7  failed: no answer',
    '',
  ]);
  terminal.text = '';
  await feed('help\n');
  assert.match(terminal.text, /call NUMBER +call this unit.*\n +--say TEXT +speak a text/);
});

test.run();
