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

/** What the sample leaves out: keys of groups that are null there, and of lists that are empty. */
const leftOut = ['peers[].register.', 'peers[].queued.', 'pair.', 'estate.', 'central.', 'mail.', 'flows.databases[].', 'flows.remote[].', 'lines[].', 'incoming[].', 'queues[].'];

interface OpenKey {
  readonly indent: number;
  readonly path: string;
  /** It holds a list of groups. */
  list: boolean;
}

/** Every key of a sample by its path from the top ('peers[].name'), with the comment above it where it stands first. */
function keysOf(text: string): Map<string, string> {
  const keys = new Map<string, string>();
  const open: OpenKey[] = [];
  const within = (indent: number): OpenKey | undefined => {
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    return open.at(-1);
  };
  let comment: string[] = [];
  for (const line of text.split('\n')) {
    const dash = line.match(/^( *)- /)?.[1]?.length ?? null;
    const list = dash === null ? undefined : within(dash);
    if (list !== undefined) list.list = true;
    const [, indent = '', word = '', key] = line.replace('- ', dash === null ? '- ' : '  ').match(/^( *)(?:# (.*)|([A-Za-z0-9]+):)/) ?? [];
    if (key === undefined) {
      comment = word === '' ? [] : [...comment, word];
      continue;
    }
    const parent = within(indent.length);
    const path = parent === undefined ? key : `${parent.path}${parent.list ? '[]' : ''}.${key}`;
    if (!keys.has(path)) keys.set(path, comment.join(' '));
    open.push({ indent: indent.length, path, list: false });
    comment = [];
  }
  return keys;
}

test('each key stands at its place with its whole meaning above it, and no other does', () => {
  const text = sampleConfiguration();
  const keys = keysOf(text);
  const expected = leaves().filter(({ path }) => !leftOut.some((group) => path.startsWith(group)));
  assert.ok(expected.length > 80 && leftOut.every((group) => leaves().some(({ path }) => path.startsWith(group))), `${expected.length} keys`);
  for (const { path, node } of expected) assert.ok(keys.get(path)?.startsWith(`${node.description} `), `${path}: ${keys.get(path)}`);
  const groups = new Set(leaves().flatMap(({ path }) => path.split('.').slice(0, -1).map((_, at, all) => all.slice(0, at + 1).join('.').replace(/\[\]$/, ''))));
  assert.equal([...keys.keys()].filter((path) => !groups.has(path)).sort(), expected.map(({ path }) => path).sort());
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

test('the reference has a row for every value, in their order, and no other', () => {
  const text = describeSettings();
  assert.equal([...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path]) => path), leaves().map(({ path }) => path));
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
