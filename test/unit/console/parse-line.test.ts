import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faultLines, loggedCommand } from '../../../firmware/console/answers.ts';
import { command } from '../../../firmware/console/command.ts';
import { grammar } from '../../../firmware/console/grammar.ts';
import { parseLine } from '../../../firmware/console/parse-line.ts';
import { ExampleUnit } from './example-unit.ts';

const unit = new ExampleUnit();

function parsed(line: string): string {
  const result = parseLine(line, grammar, unit);
  if (result.kind === 'empty') return 'empty';
  if (result.kind === 'fault') return `fault at ${result.fault.start}: ${result.fault.message} [${result.fault.accepted.join(' ')}]`;
  return `${result.command.form} ${JSON.stringify(result.given)} ${JSON.stringify([...result.options])}`;
}

const cases: [string, string][] = [
  ['', 'empty'],
  ['show calls', 'show calls {} []'],
  ['sh ca', 'show calls {} []'],
  ['show me', 'fault at 5: "me" is ambiguous [messages media memory]'],
  ['show m', 'fault at 5: "m" is ambiguous [mailboxes messages media memory]'],
  ['s', 'fault at 1: the command is not complete [version clock calls ports mailboxes messages peers sip media memory settings entitlement log storage health gpio lines owner sending pair link site estate]'],
  ['show', 'fault at 4: the command is not complete [version clock calls ports mailboxes messages peers sip media memory settings entitlement log storage health gpio lines owner sending pair link site estate]'],
  ['m', 'fault at 0: "m" is ambiguous [mailbox message monitor]'],
  ['show mesages 201', 'fault at 5: "mesages" is not known here; did you mean messages? [version clock calls ports mailboxes messages peers sip media memory settings entitlement log storage health gpio lines owner sending pair link site estate]'],
  ['show messages', 'fault at 13: the command is not complete [MAILBOX]'],
  ['show messages 201', 'show messages MAILBOX {"MAILBOX":"201"} []'],
  ['show messages 201 --deleted', 'show messages MAILBOX {"MAILBOX":"201"} [["deleted",""]]'],
  ['show messages 2001', 'fault at 14: there is no mailbox 2001; did you mean 201? []'],
  ['show calls now', 'fault at 11: nothing more is expected after this command []'],
  ['show log', 'show log [COUNT] {} []'],
  ['show log 5', 'show log [COUNT] {"COUNT":"5"} []'],
  ['show log 0', 'fault at 9: a count is a number from 1 to 1000 []'],
  ['show log --all', 'fault at 9: this command has no options []'],
  ['show settings sip', 'show settings [SECTION] {"SECTION":"sip"} []'],
  ['show settings spi', 'fault at 14: the settings have no section spi []'],
  ['mailbox 202 pin reset', 'mailbox MAILBOX pin reset {"MAILBOX":"202"} []'],
  ['mailb 202 u', 'mailbox MAILBOX unlock {"MAILBOX":"202"} []'],
  ['mailbox 202 open', 'fault at 12: "open" is not known here [pin unlock clear]'],
  ['message 201 89ab delete', 'message MAILBOX ID delete {"MAILBOX":"201","ID":"019b8d2e-4400-7abc-8def-0123456789ab"} []'],
  ['message 201 012345 delete', 'fault at 12: there is no message 012345 in mailbox 201 []'],
  ['message 201 ab delete', 'fault at 12: there is no message ab in mailbox 201 []'],
  ['export 201 89AB out.wav', 'export MAILBOX ID [FILE] {"MAILBOX":"201","ID":"019b8d2e-4400-7abc-8def-0123456789ab","FILE":"out.wav"} []'],
  ['call 201 --say "hello there" --tcp --from=77', 'call NUMBER {"NUMBER":"201"} [["say","hello there"],["tcp",""],["from","77"]]'],
  ['call --say hello *17', 'call NUMBER {"NUMBER":"*17"} [["say","hello"]]'],
  ['call 201 --sya hello', 'fault at 9: there is no option --sya here; did you mean --say? [--say --wav --keys --from --tcp]'],
  ['call 201 --sya=hello', 'fault at 9: there is no option --sya here; did you mean --say? [--say --wav --keys --from --tcp]'],
  ['sohw log --sya 5', 'fault at 0: "sohw" is not known here; did you mean show? [help show call mailbox message export pair failover failback estate monitor exit]'],
  ['call 201 --say', 'fault at 9: --say wants a value: TEXT []'],
  ['call 201 --tcp=1', 'fault at 9: --tcp takes no value []'],
  ['call 201 --tcp --tcp', 'fault at 15: --tcp is given twice []'],
  ['call 201 --keys "201# x"', 'fault at 16: "x" is neither digits (0-9 * # A-D), w and seconds, nor s []'],
  ['call 201 --say "hello', 'fault at 15: the quote that begins here does not end []'],
  ['call two@b', 'fault at 5: a number has 1 to 32 letters, digits and the signs * # + . _ - []'],
];

for (const [line, expected] of cases) {
  test(line === '' ? 'an empty line' : line, () => assert.is(parsed(line), expected));
}

test('without a phone there is no call command', () => {
  const production = new ExampleUnit();
  production.phone = null;
  const result = parseLine('call 201', grammar, production);
  assert.is(result.kind, 'fault');
});

test('a mark points at the word that is wrong', () => {
  const line = 'show mesages 201';
  const result = parseLine(line, grammar, unit);
  if (result.kind !== 'fault') throw new Error(result.kind);
  const [mark, message] = faultLines(line, result.fault, 80);
  assert.is(`understudy> ${line}`.indexOf('mesages'), (mark as string).indexOf('^'));
  assert.match(message as string, /did you mean messages\?/);
  assert.not.match(faultLines(`show ${'x'.repeat(100)}`, result.fault, 80).join('\n'), /\^/, 'not under a line that does not show whole');
});

test('the log keeps whole words, and no keys', () => {
  const result = parseLine('cal 201 --keys "201# 1234#" --say "it is me"', grammar, unit);
  if (result.kind !== 'command') throw new Error(JSON.stringify(result));
  assert.is(loggedCommand(result.command, result.given, result.options), 'call 201 --say "it is me" --keys (not shown)');
});

test('forms are unique, have a kind for each argument, and help', () => {
  assert.is(new Set(grammar.map((one) => one.form)).size, grammar.length);
  for (const one of grammar) assert.match(one.help, /^[a-zA-Z].*[^.]$/);
  assert.throws(() => command({ form: 'do THING', help: 'x', run: () => undefined }), /no kind for THING/);
});

test('an option takes a value in all commands or in none', () => {
  const byName = new Map<string, boolean>();
  for (const option of grammar.flatMap((one) => one.options)) {
    assert.is(byName.get(option.name) ?? option.value !== null, option.value !== null, option.name);
    byName.set(option.name, option.value !== null);
  }
});

test.run();
