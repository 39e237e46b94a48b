import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pathChoices, settingHelp, valueChoices } from '../../../../firmware/config/edit/setting-choices.ts';
import { readSettingPath } from '../../../../firmware/config/edit/setting-path.ts';
import { jsonSchema, nodeAt } from '../../../../firmware/config/json-schema.ts';
import type { SchemaNode } from '../../../../firmware/config/json-schema.ts';

const value = { peers: [{ name: 'pbx.a' }], mailboxes: [{ number: '201' }, { number: '2020' }] };
const texts = (partial: string) => pathChoices(partial, value).map(({ text }) => text);

test('a path grows one step at a time', () => {
  assert.equal(texts(''), Object.keys(jsonSchema.properties ?? {}).map((key) => (key === 'ports' ? key : `${key}${['peers', 'lines', 'incoming', 'queues', 'mailboxes'].includes(key) ? '[' : '.'}`)));
  assert.equal(texts('si'), ['sip.']);
  assert.equal(texts('sip.p'), ['sip.port', 'sip.publicAddress']);
  assert.equal(texts('mailboxes['), ['mailboxes[201]', 'mailboxes[2020]']);
  assert.equal(texts('mailboxes[202'), ['mailboxes[2020]']);
  assert.equal(texts('mailboxes[201]').slice(0, 4), ['mailboxes[201].number', 'mailboxes[201].name', 'mailboxes[201].language', 'mailboxes[201].peer']);
  assert.equal(texts('peers[pbx.'), ['peers[pbx.a]']);
  assert.equal(texts('peers[pbx.a].reg'), ['peers[pbx.a].register.']);
  assert.equal(texts('nothing.'), []);
});

test('every choice leads to a place that there is', () => {
  const open = [''];
  let seen = 0;
  for (let partial = open.pop(); partial !== undefined; partial = open.pop()) {
    for (const { text, help } of pathChoices(partial, value)) {
      assert.ok(help.length > 0, text);
      seen += 1;
      if (/[.[\]]$/.test(text)) open.push(text);
      else assert.not.ok('problem' in readSettingPath(text), text);
    }
  }
  assert.ok(seen > 60, String(seen));
});

test('help tells meaning, range, unit, default and what is written, and no secret', () => {
  const node = (...path: (string | number)[]) => nodeAt(path) as SchemaNode;
  assert.is(settingHelp(node('messages', 'minSec'), 3), 'Shorter messages are dropped: the caller hung up without speaking. Must be a whole number from 0 to 10 (seconds), in s; default 2; now 3');
  assert.match(settingHelp(node('peers', 0, 'register', 'password'), 'hush'), /now set$/);
  assert.equal(valueChoices(node('sip', 'udp')), ['true', 'false']);
  assert.equal(valueChoices(node('rtp', 'codecs')), ['PCMU', 'PCMA']);
  assert.equal(valueChoices(node('mailboxes', 0, 'language')), ['en', 'de', 'null']);
  assert.ok(valueChoices(node('unit', 'timeZone')).includes('Europe/Berlin'));
});

test.run();
