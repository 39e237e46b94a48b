import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as forms from '../../../firmware/config/text-forms.ts';
import type { TextForm } from '../../../firmware/config/schema-kinds.ts';

const cases: [string, TextForm, string[], string[]][] = [
  ['address', forms.address, ['0.0.0.0', '192.0.2.1', '::', '::1', '2001:db8::5', '::ffff:192.0.2.1'], ['', '192.0.2', '192.0.2.256', 'localhost', '192.0.2.1:5060', 'fe80::1%eth0', '[::1]']],
  ['addressBlock', forms.addressBlock, ['192.0.2.0/24', '10.0.0.0/0', '2001:db8::/32', '::1/128', '192.0.2.7'], ['192.0.2.0/33', '2001:db8::/129', '192.0.2.0/', '192.0.2.0/024', '192.0.2.0/24/1', '/24', 'pbx/24']],
  ['host', forms.host, ['pbx', 'pbx.example.org', 'pbx-1.example', '192.0.2.1', '2001:db8::5'], ['', 'pbx.example.org:5060', '192.0.2.256', '-pbx', 'pbx..example', 'a b', `${'a'.repeat(64)}.org`]],
  ['timeZone', forms.timeZone, ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'], ['', 'Berlin', '+01:00', 'Europe/Berln', 'UTC+1']],
  ['mailboxNumber', forms.mailboxNumber, ['1', '0201', '123456789012345'], ['', '2O1', '1234567890123456', '+49', '*17', '201\n']],
  ['dialledNumber', forms.dialledNumber, ['*17', 'voicemail', '+4930123', '#31#'], ['', 'two words', 'a@b', 'x'.repeat(33)]],
  ['personName', forms.personName, ['', 'Ada', 'Jürgen Müller', '山田'], ['a\nb', 'a\x1b[2J', 'x'.repeat(65)]],
  ['unitName', forms.unitName, ['understudy', 'Unit 1'], ['', ' x', 'x ', 'a/b', 'x'.repeat(64)]],
  ['peerName', forms.peerName, ['pbx', 'pbx.1-a_b'], ['', '-pbx', 'a b', 'x'.repeat(33)]],
  ['sipUser', forms.sipUser, ['unit1', '+4930'], ['', 'a b', 'a@b']],
  ['password', forms.password, ['x', 'a b c', 'ä#"'], ['', 'a\nb', 'x'.repeat(129)]],
];

for (const [name, form, accepted, refused] of cases) {
  test(name, () => {
    for (const text of accepted) assert.ok(form.accepts(text), `accepts ${JSON.stringify(text)}`);
    for (const text of refused) assert.not.ok(form.accepts(text), `refuses ${JSON.stringify(text)}`);
  });
}

test.run();
