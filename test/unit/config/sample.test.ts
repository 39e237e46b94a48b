import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeSettings } from '../../../firmware/config/describe.ts';
import { leaves } from '../../../firmware/config/json-schema.ts';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import { sampleConfiguration } from '../../../firmware/config/sample.ts';
import { settingsLines } from '../../../firmware/config/settings-lines.ts';

function parsed(text: string) {
  const result = parseConfiguration(text, 'sample.yaml');
  if (!result.ok) throw new Error(JSON.stringify(result.faults, null, 1));
  return result.settings;
}

test('the sample is a valid configuration with all defaults written out', () => {
  const text = sampleConfiguration();
  const settings = parsed(text);
  const plain = parsed('peers: [{ name: local, addresses: [127.0.0.1, "::1"] }]\nmailboxes: []\n');
  assert.equal({ ...settings, mailboxes: [] }, plain);
  assert.equal(settings.mailboxes.map(({ number }) => number), ['201', '202', '203', '204', '205']);
});

test('each key stands in it with its meaning, and no line is longer than 100 columns', () => {
  const text = sampleConfiguration();
  for (const { path, node } of leaves().filter((leaf) => !/\b(?:register|pair|estate|central|mail|lines\[\]|incoming\[\]|queued|queues\[\]|flows\.[a-z]+\[\])\./.test(leaf.path))) {
    const key = path.split('.').at(-1) as string;
    assert.match(text, new RegExp(`^ *(?:- )?${key}:`, 'm'), path);
    assert.ok(text.includes((node.description as string).split(' ').slice(0, 3).join(' ')), node.description);
  }
  for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
});

test('what is chosen stands in it, quoted so that any YAML reader takes it as it is', () => {
  const text = sampleConfiguration({
    sip: { port: 5099 },
    numbers: { collect: ['*17', 'voicemail', '0800'] },
    peers: [
      { name: 'on', addresses: ['192.0.2.0/24'], host: 'pbx.example', register: { user: '0201', password: 'a: "b" #c' } },
      { name: 'b', addresses: ['192.0.3.1'], lamps: 'none' },
    ],
    mailboxes: [],
  });
  const settings = parsed(text);
  assert.is(settings.sip.port, 5099);
  assert.equal(settings.numbers.collect, ['*17', 'voicemail', '0800']);
  assert.is(settings.peers[0]?.register?.password, 'a: "b" #c');
  assert.is(settings.peers[1]?.lamps, 'none');
  assert.match(text, /name: "on"/);
});

test('the reference has a row for every value', () => {
  const text = describeSettings();
  for (const { path } of leaves()) assert.ok(text.includes(`| \`${path}\` |`), path);
  for (const row of text.split('\n').filter((line) => line.startsWith('|'))) assert.is(row.replaceAll('\\|', '').split('|').length, 7, row);
});

test('settings are shown a line each, without secrets, and by part', () => {
  const settings = parsed('peers: [{ name: a, addresses: [127.0.0.1], host: h, register: { user: u, password: hush } }]\nmailboxes: [{ number: 0201 }]\n');
  const lines = settingsLines(settings);
  assert.ok(lines.includes('sip.port = 5060'));
  assert.ok(lines.includes('peers[0].register.password = (not shown)'));
  assert.ok(lines.includes('mailboxes[0].number = "0201"'));
  assert.not.ok(lines.some((line) => line.includes('hush')));
  assert.equal(settingsLines(settings, 'console'), ['console.idleMin = 10']);
  assert.ok(settingsLines(settings, 'peers[0].register').length === 4);
  assert.equal(settingsLines(settings, 'nothing'), []);
});

test.run();
