import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseArguments } from '../../../firmware/cli/arguments.ts';
import { cliCommands, severities } from '../../../firmware/cli/cli-commands.ts';
import { exitCodes } from '../../../firmware/cli/exit-codes.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const request = (line: string) => {
  const parsed = parseArguments(line.split(' '));
  return parsed.kind === 'request' ? parsed.request : parsed;
};

const good: [string, unknown][] = [
  ['run', { command: 'run', config: null, data: null, console: false, serialConsole: null, logLevel: 'info' }],
  ['run --config u.yaml --data=/var/d --console --log-level debug', { command: 'run', config: 'u.yaml', data: '/var/d', console: true, serialConsole: null, logLevel: 'debug' }],
  ['witness --pairs p', { command: 'witness', pairs: 'p', listen: '0.0.0.0:5072', logLevel: 'info' }],
  ['witness --pairs=p --listen [::]:6000 --log-level notice', { command: 'witness', pairs: 'p', listen: '[::]:6000', logLevel: 'notice' }],
  ['check u.yaml', { command: 'check', file: 'u.yaml' }],
  ['check -- --odd-name', { command: 'check', file: '--odd-name' }],
  ['messages', { command: 'messages', mailbox: null, data: null, json: false }],
  ['messages --data d 201 --json', { command: 'messages', mailbox: '201', data: 'd', json: true }],
  ['export 456789ab --wav - --data d', { command: 'export', id: '456789ab', wav: '-', data: 'd' }],
  ['version', { command: 'version', json: false }],
  ['version --json', { command: 'version', json: true }],
  ['--version', { command: 'version', json: false }],
  ['schema', { command: 'schema' }],
  ['estate key op.pem', { command: 'estate key', file: 'op.pem' }],
  ['estate watch --broker b.example', { command: 'estate watch', broker: { host: 'b.example', port: null, plain: false, authority: null, certificate: null, privateKey: null, user: null, passwordFile: null }, seconds: null }],
  ['estate watch --plain --broker [2001:db8::7]:1884 --seconds 5', { command: 'estate watch', broker: { host: '2001:db8::7', port: 1884, plain: true, authority: null, certificate: null, privateKey: null, user: null, passwordFile: null }, seconds: 5 }],
  ['estate command harbour-1 rollback 17 --key op.pem --broker=b:8884 --user u --password-file p --authority ca --certificate c --private-key k', {
    command: 'estate command', broker: { host: 'b', port: 8884, plain: false, authority: 'ca', certificate: 'c', privateKey: 'k', user: 'u', passwordFile: 'p' }, unit: 'harbour-1', name: 'rollback', version: '17', key: 'op.pem',
  }],
  ['run --serial-console /dev/ttyS0:9600', { command: 'run', config: null, data: null, console: false, serialConsole: '/dev/ttyS0:9600', logLevel: 'info' }],
  ['sample', { command: 'sample' }],
  ['flow check a.json b.json --config u.yaml', { command: 'flow check', files: ['a.json', 'b.json'], config: 'u.yaml', data: null, conditions: null }],
  ['flow check a.json --data d --conditions c', { command: 'flow check', files: ['a.json'], config: null, data: 'd', conditions: 'c' }],
  ['flow text a.json', { command: 'flow text', file: 'a.json' }],
  ['flow draw --mermaid a.json', { command: 'flow draw', file: 'a.json', mermaid: true }],
  ['flow run a.json --keys=1 --mailbox 201 --caller 301 --reason busy', { command: 'flow run', files: ['a.json'], config: null, keys: '1', answers: 'answered', mailbox: '201', caller: '301', reason: 'busy' }],
  ['flow put a.json --data d', { command: 'flow put', files: ['a.json'], data: 'd' }],
  ['flow list', { command: 'flow list', data: null }],
  ['prompt put Welcome.de w.wav --data d', { command: 'prompt put', name: 'Welcome.de', file: 'w.wav', data: 'd' }],
  ['prompt list', { command: 'prompt list', data: null }],
  ['prompt remove Welcome --data=d', { command: 'prompt remove', name: 'Welcome', data: 'd' }],
];

for (const [line, expected] of good) test(line, () => assert.equal(request(line), expected));

const wrong: [string, RegExp][] = [
  ['', /there is no command ""/],
  ['rnu', /there is no command "rnu"; did you mean run\?/],
  ['help rnu', /there is no command "rnu"; did you mean run\?/],
  ['run --confg u.yaml', /run has no option --confg; did you mean --config\?/],
  ['run -config u.yaml', /run has no option -config; did you mean --config\?/],
  ['run --config', /--config wants a value: FILE/],
  ['run --config=', /--config wants a value: FILE/],
  ['run --config --data d', /--config wants a value: FILE/],
  ['run --config a --config b', /--config is given twice/],
  ['run --console=yes', /--console takes no value/],
  ['run --log-level loud', /--log-level must be one of alert, error, warning, notice, info, debug/],
  ['run --log-level warn', /did you mean warning\?/],
  ['run u.yaml', /run does not know what to do with "u\.yaml"/],
  ['estate', /there is no command "estate"/],
  ['estate watch', /estate watch wants --broker/],
  ['estate command u failover', /estate command wants --key|--broker/],
  ['check', /check wants FILE: configuration file/],
  ['check a b', /check does not know what to do with "b"/],
  ['witness', /witness wants --pairs FILE/],
  ['export --wav f', /export wants ID/],
  ['export 1234', /export wants --wav FILE/],
  ['check --json f', /check has no option --json\n/],
];

for (const [line, expected] of wrong) {
  test(`wrong: ${line}`, () => {
    const parsed = parseArguments(line.split(' '));
    if (parsed.kind !== 'wrong') throw new Error(JSON.stringify(parsed));
    assert.match(parsed.text, expected);
    assert.match(parsed.text, /^understudy: .*\n.*\n$/);
    assert.is(parsed.exitCode, 64);
  });
}

test('without a command the commands are named', () => {
  const parsed = parseArguments([]);
  assert.is(parsed.kind, 'wrong');
  assert.match((parsed as { text: string }).text, /no command; there are run, witness, console, check, messages, export, version, schema, sample/);
});

test('help for all lists every command and every exit code', () => {
  for (const word of ['--help', '-h', 'help']) {
    const parsed = parseArguments([word]);
    if (parsed.kind !== 'help') throw new Error(parsed.kind);
    for (const { name, help } of cliCommands) assert.ok(parsed.text.includes(`understudy ${name}`) && parsed.text.includes(help), name);
    for (const { code, meaning } of Object.values(exitCodes)) assert.match(parsed.text, new RegExp(`^ +${code} +${meaning}$`, 'm'));
  }
});

test('each command has its help, which wins over mistakes', () => {
  for (const { name, options } of cliCommands) {
    const typed = name.split(' ');
    for (const words of [[...typed, '--help'], ['help', ...typed], [...typed, '--nonsense', '-h']]) {
      const parsed = parseArguments(words);
      if (parsed.kind !== 'help') throw new Error(JSON.stringify(parsed));
      assert.match(parsed.text, new RegExp(`^Usage: understudy ${name}`));
      for (const option of options) assert.ok(parsed.text.includes(`--${option.name}`) && parsed.text.includes(option.help));
    }
  }
});

test('exit codes are those of sysexits and one above them, each once', () => {
  const codes = Object.values(exitCodes).map(({ code }) => code);
  assert.equal(codes, [0, 1, 64, 65, 66, 69, 73, 74, 75, 78, 80]);
});

test('any words get an answer', () => {
  const random = new SimRandom(3);
  const pieces = ['run', 'check', 'messages', 'export', 'help', '--', '--config', '--config=', '--data', '-', '-h', '--wav=x', '', '=', '--=', '---', 'toString', '--__proto__', '--constructor=1', severities[0], 'ä'];
  for (let round = 0; round < 3000; round++) {
    const parsed = parseArguments(Array.from({ length: random.below(6) }, () => pieces[random.below(pieces.length)] as string));
    assert.ok(['request', 'help', 'wrong'].includes(parsed.kind));
  }
});

test.run();
