import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDialogInfo } from '../../../../firmware/sip/dialog-events/dialog-info.ts';
import { joinDialogs, lineOf, noDialogs } from '../../../../firmware/sip/dialog-events/phone-dialogs.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';

const parse = (text: string): ReturnType<typeof parseDialogInfo> => parseDialogInfo(Buffer.from(text));
const info = (inner: string, version = 0, state = 'full'): string => `<?xml version="1.0"?>\n<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="${state}" entity="sip:201@pbx">${inner}</dialog-info>`;

/** RFC 4235 section 4.4, shortened. */
const ofTheRfc = `<?xml version="1.0" encoding="UTF-8"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info"
             version="2" state="partial" entity="sip:alice@example.com">
  <dialog id="z9ls" call-id="a84b" local-tag="1928301774" remote-tag="456" direction="recipient">
    <state event="replaced" code="486">terminated</state>
    <duration>274</duration>
    <local><identity display="Alice">sip:alice@example.com</identity><target uri="sip:alice@pc33.example.com"><param pname="+sip.rendering" pval="yes"/></target></local>
    <remote><identity display="Bob > 'all'">sip:bob@example.org</identity></remote>
  </dialog>
</dialog-info>`;

test('the example of the RFC, and the shapes that PBXs send', () => {
  assert.equal(parse(ofTheRfc), { version: 2, state: 'partial', dialogs: [{ id: 'z9ls', state: 'terminated', direction: 'recipient' }] });
  assert.equal(parse(info('')), { version: 0, state: 'full', dialogs: [] });
  assert.equal(parse('<d:dialog-info version="7" state="full" entity="x"/>'), { version: 7, state: 'full', dialogs: [] }, 'empty, with a prefix');
  assert.equal(parse(info("<!-- <dialog id='no'><state>early</state></dialog> --><dialog id='a' direction='initiator'>\n<state>\n Confirmed </state></dialog>"))?.dialogs, [{ id: 'a', state: 'confirmed', direction: 'initiator' }]);
  assert.equal(parse(info('<dialog id="a"><state>trying</state></dialog><dialog id="b"><state>early</state></dialog>'))?.dialogs.length, 2);
  assert.equal(parse(info('<other><dialog id="x"><state>early</state></dialog></other>'))?.dialogs, [], 'another element in between');
});

const refused = {
  'nothing': '', 'text': 'hello', 'another document': '<presence version="1" state="full"/>', 'cut off': info('<dialog id="a"><state>early').slice(0, 180),
  'a document type': `<!DOCTYPE d [<!ENTITY a "b">]>${info('')}`, 'no version': '<dialog-info state="full"/>', 'an unknown state': info('', 0, 'whole'), 'an unknown dialog state': info('<dialog id="a"><state>asleep</state></dialog>'),
  'a dialog without id': info('<dialog><state>early</state></dialog>'), 'two documents': info('') + info(''), 'an end too many': `${info('')}</dialog-info>`,
  'too many dialogs': info('<dialog id="a"><state>early</state></dialog>'.repeat(65)), 'too many tags': info('<a/>'.repeat(5000)), 'too large': info(' '.repeat(70_000)),
};

for (const [what, text] of Object.entries(refused)) test(`refused: ${what}`, () => assert.is(parse(text), null));

test('garbage made of pieces of the real thing neither throws nor takes long', () => {
  const random = new SimRandom(5);
  const pieces = ['<', '>', '</', '/>', '"', "'", '<!--', '-->', '<![CDATA[', ']]>', '<?', '?>', 'dialog-info', 'dialog', 'state', ' version="1"', ' state="full"', ' id="a"', 'confirmed', '&lt;', ':', ' ', '\0', 'é', '='];
  const began = process.hrtime.bigint();
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: random.below(120) }, () => pieces[random.below(pieces.length)]).join('');
    parse(round % 2 === 0 ? text : info(text));
  }
  parse(`<dialog-info ${'a="'.repeat(20_000)}`);
  parse('<'.repeat(60_000));
  for (const part of ['<!--', '<?', '<![CDATA[', '<a "', '<a']) parse(part.repeat(Math.floor(65_000 / part.length)));
  parse(`<a${' b'.repeat(30_000)}`);
  assert.ok(process.hrtime.bigint() - began < 2_000_000_000n);
});

const line = (...texts: string[]): string =>
  lineOf(texts.reduce((before, text) => {
    const joined = joinDialogs(before, parse(text) ?? assert.unreachable() as never);
    return typeof joined === 'string' ? before : joined;
  }, noDialogs));

test('what a telephone does by its dialogs', () => {
  assert.is(line(), 'unknown');
  assert.is(line(info('')), 'free');
  assert.is(line(info('<dialog id="a" direction="recipient"><state>early</state></dialog>')), 'ringing');
  assert.is(line(info('<dialog id="a" direction="initiator"><state>trying</state></dialog>')), 'busy');
  assert.is(line(info('<dialog id="a"><state>confirmed</state></dialog>')), 'busy');
  assert.is(line(info('<dialog id="a"><state>confirmed</state></dialog>'), info('<dialog id="a"><state>terminated</state></dialog>', 1, 'partial')), 'free');
  assert.is(line(info('<dialog id="a"><state>confirmed</state></dialog>'), info('<dialog id="b"><state>terminated</state></dialog>', 1, 'partial')), 'busy', 'of two calls one has ended');
});

test('a partial state that comes late is old, one that comes early shows a gap', () => {
  const before = joinDialogs(noDialogs, parse(info('', 5)) as never);
  assert.is(joinDialogs(before as never, parse(info('', 5, 'partial')) as never), 'old');
  assert.is(joinDialogs(before as never, parse(info('', 7, 'partial')) as never), 'gap');
  assert.is(joinDialogs(noDialogs, parse(info('', 0, 'partial')) as never), 'gap', 'without a full one before');
  assert.not.type(joinDialogs(before as never, parse(info('', 1)) as never), 'string', 'a full one of a PBX that begins to count anew');
});

test.run();
