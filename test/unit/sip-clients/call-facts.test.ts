import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callFacts } from '../../../firmware/sip/call-facts.ts';
import type { CallFacts } from '../../../firmware/sip/leg.ts';
import { peerFlow, requestOf } from './scripted-layer.ts';

interface Invite {
  readonly uri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly headers?: readonly string[];
}

function facts({ uri = 'sip:6000@unit', from = '"Ada" <sip:301@pbx>;tag=1', to = '<sip:6000@unit>', headers = [] }: Invite): CallFacts {
  const lines = [`INVITE ${uri} SIP/2.0`, 'Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa', `From: ${from}`, `To: ${to}`, 'Call-ID: call-1', 'CSeq: 1 INVITE', ...headers];
  return callFacts(requestOf([...lines, '', ''].join('\r\n')), peerFlow, 'pbx');
}

/** 'rule number reason'. */
const target = (invite: Invite): string => {
  const { targetSource, originalTarget, reason } = facts(invite);
  return `${targetSource} ${originalTarget} ${reason}`;
};

test('what comes from the flow and the request itself', () => {
  const { callId, dialled, peer, remoteAddress, transport } = facts({ uri: 'sip:%2A17@unit:5070;user=phone' });
  assert.equal({ callId, dialled, peer, remoteAddress, transport }, { callId: 'call-1', dialled: '*17', peer: 'pbx', remoteAddress: '10.0.0.1', transport: 'udp' });
});

/** As the manuals and traces of these PBXs show calls to voicemail. */
const pbxs: Readonly<Record<string, readonly [Invite, string]>> = {
  'CUCM, no answer': [
    { uri: 'sip:6000@10.0.0.2:5060', to: '<sip:201@10.0.0.2>', headers: ['Diversion: "Bob" <sip:201@10.0.0.1>;privacy=off;reason=no-answer;screen=yes'] },
    'diversion 201 no-answer',
  ],
  'CUCM, forwarded twice: the bottom Diversion is the first': [
    { headers: ['Diversion: <sip:202@10.0.0.1>;reason=no-answer;counter=1', 'Diversion: <sip:201@10.0.0.1>;reason=user-busy;counter=1'] },
    'diversion 201 busy',
  ],
  'both Diversions in one line': [{ headers: ['Diversion: <sip:202@p>;reason=no-answer, <sip:201@p>;reason="time-of-day"'] }, 'diversion 201 out-of-hours'],
  'Asterisk, chan_sip writes Diversion': [
    { uri: 'sip:vm@10.0.0.2', to: '<sip:vm@10.0.0.2>', from: '"Ada" <sip:301@10.0.0.1>;tag=as5e2f', headers: ['Diversion: <sip:201@10.0.0.1>;reason=user-busy'] },
    'diversion 201 busy',
  ],
  'Asterisk dials the mailbox itself': [{ uri: 'sip:201@10.0.0.2', to: '<sip:201@10.0.0.2>' }, 'to 201 default'],
  'FreeSWITCH, RFC 4458': [{ uri: 'sip:voicemail@10.0.0.2;target=sip:201%40pbx;cause=408' }, 'request-uri-target 201 no-answer'],
  'FreeSWITCH, sip_h_Diversion of a bridge': [{ headers: ['Diversion: "201" <sip:201@10.0.0.1:5080>;reason=unavailable'] }, 'diversion 201 default'],
  'Avaya, busy: the reason stands on the second entry': [
    {
      headers: [
        'History-Info: <sip:201@avaya.example>;index=1,<sip:201@avaya.example?Reason=SIP%3Bcause%3D486%3Btext%3D%22Busy%20Here%22&Reason=Redirection%3Bcause%3DNORMAL>;index=1.1,"VM" <sip:6000@avaya.example>;index=1.2',
      ],
    },
    'history-info 201 busy',
  ],
  'RFC 7044 with tags: tried at a phone, then sent on': [
    { headers: ['History-Info: <sip:bob@x>;index=1,<sip:bob@192.0.2.4?Reason=SIP%3Bcause%3D408>;index=1.1;rc=1,<sip:vm@x;cause=408>;index=1.2;mp=1'] },
    'history-info bob no-answer',
  ],
};

for (const [name, [invite, expected]] of Object.entries(pbxs)) test(name, () => assert.is(target(invite), expected));

const requestUri: readonly (readonly [string, string])[] = [
  ['sip:vm@unit;target=sip:201%40pbx;cause=486', 'request-uri-target 201 busy'],
  ['sip:vm@unit;target=sip:201@pbx;cause=486', 'request-uri-target 201 busy'],
  ['sip:vm@unit;target=201;cause=486', 'request-uri-target 201 busy'],
  ['sip:vm@unit;target=201%40pbx;cause=486', 'request-uri-target 201 busy'],
  ['sip:vm@unit;target=tel:+49-30-201;cause=404', 'request-uri-target +4930201 default'],
  ['sip:vm@unit;target=sips:%2A201%40pbx', 'request-uri-target *201 default'],
  ['sip:vm@unit;target=;cause=486', 'to 6000 busy'],
  ['sip:vm@unit;target=sip:pbx;cause=486', 'to 6000 busy'],
  ['sip:6000@unit;cause=408', 'to 6000 no-answer'],
];

for (const [uri, expected] of requestUri) test(uri, () => assert.is(target({ uri }), expected));

/** RFC 4458 section 2 and RFC 8119. */
const causes: Readonly<Record<string, string>> = {
  404: 'default', 486: 'busy', 408: 'no-answer', 302: 'default', 487: 'default', 480: 'default', 503: 'default', 380: 'default', 600: 'busy', '': 'default', busy: 'default',
};

test('what the causes of RFC 4458 mean', () => {
  for (const [cause, reason] of Object.entries(causes)) assert.is(facts({ uri: `sip:vm@unit;target=201;cause=${cause}` }).reason, reason, cause);
});

/** RFC 5806 section 4. */
const words: Readonly<Record<string, string>> = {
  unknown: 'default', 'user-busy': 'busy', 'no-answer': 'no-answer', unavailable: 'default', unconditional: 'default', 'time-of-day': 'out-of-hours',
  'do-not-disturb': 'default', deflection: 'default', 'follow-me': 'default', 'out-of-service': 'out-of-hours', away: 'default', 'USER-BUSY': 'busy', '"user-busy"': 'busy',
};

test('what the words of Diversion mean', () => {
  for (const [word, reason] of Object.entries(words)) assert.is(target({ headers: [`Diversion: <sip:201@p>;reason=${word}`] }), `diversion 201 ${reason}`, word);
  assert.is(target({ headers: ['Diversion: <sip:201@p>'] }), 'diversion 201 default');
});

const histories: Readonly<Record<string, readonly [readonly string[], string]>> = {
  'the tree decides, not the order': [['<sip:6000@p>;index=1.2', '<sip:202@p?Reason=SIP%3Bcause%3D408>;index=1.1', '<sip:201@p?Reason=SIP%3Bcause%3D486>;index=1'], 'history-info 201 busy'],
  'numbers are compared as numbers': [['<sip:210@p>;index=10', '<sip:202@p>;index=2'], 'history-info 202 default'],
  'the reason of the first target, not of a later one': [['<sip:201@p?Reason=SIP%3Bcause%3D302>;index=1', '<sip:202@p?Reason=SIP%3Bcause%3D486>;index=1.1', '<sip:6000@p>;index=1.1.1'], 'history-info 201 default'],
  'a cause on where it went': [['<sip:201@p>;index=1', '<sip:6000@p;cause=486>;index=1.1;mp=1'], 'history-info 201 busy'],
  'a Q.850 cause from a trunk': [['<sip:201@p?Reason=Q.850%3Bcause%3D17>;index=1', '<sip:6000@p>;index=1.1'], 'history-info 201 busy'],
  'Q.850 19, no answer': [['<sip:201@p?Reason=Q.850%3Bcause%3D19%3Btext%3D%22x%22>;index=1', '<sip:6000@p>;index=1.1'], 'history-info 201 no-answer'],
  'a cause of neither kind': [['<sip:201@p?Reason=Redirection%3Bcause%3DNORMAL>;index=1', '<sip:6000@p>;index=1.1'], 'history-info 201 default'],
  'one entry with a reason': [['<sip:201@p?Reason=SIP%3Bcause%3D486>;index=1'], 'history-info 201 busy'],
  'one entry that is not what was dialled': [['<sip:201@p>;index=1'], 'history-info 201 default'],
  'one entry that tells nothing': [['<sip:6000@p>;index=1'], 'to 6000 default'],
  'a telephone number': [['<tel:+49-30-201>;index=1', '<sip:6000@p>;index=1.1'], 'history-info +4930201 default'],
  'escapes in the user': [['<sip:%2A201@p>;index=1', '<sip:6000@p>;index=1.1'], 'history-info *201 default'],
  'entries without an index are no history': [['<sip:201@p>', '<sip:202@p>'], 'to 6000 default'],
  'neither are broken ones': [['<sip:201@p>;index=1..1', 'sip:201@p?Reason=x;index=1', '<mailto:a@b>;index=1', '<sip:201@p>;index=one'], 'to 6000 default'],
  'a first entry without a user': [['<sip:p>;index=1', '<sip:6000@p>;index=1.1'], 'to 6000 default'],
};

for (const [name, [entries, expected]] of Object.entries(histories)) {
  test(`History-Info: ${name}`, () => {
    assert.is(target({ headers: [`History-Info: ${entries.join(', ')}`] }), expected);
    assert.is(target({ headers: entries.map((entry) => `History-Info: ${entry}`) }), expected, 'in lines of their own');
  });
}

test('the order of the rules: target, History-Info, Diversion, To, Request-URI', () => {
  const history = 'History-Info: <sip:202@p?Reason=SIP%3Bcause%3D408>;index=1, <sip:6000@p>;index=1.1';
  const diversion = 'Diversion: <sip:203@p>;reason=user-busy';
  assert.is(target({ uri: 'sip:vm@unit;target=201', headers: [diversion, history] }), 'request-uri-target 201 default');
  assert.is(target({ headers: [diversion, history] }), 'history-info 202 no-answer');
  assert.is(target({ headers: [diversion] }), 'diversion 203 busy');
  assert.is(target({ uri: 'sip:204@unit', to: '<sip:205@unit>' }), 'to 205 default');
  assert.is(target({ uri: 'sip:204@unit', to: '<sip:unit>' }), 'request-uri 204 default');
  assert.is(target({ uri: 'sip:204@unit', to: '<urn:service:sos>', headers: ['Diversion: <sip:p>;reason=user-busy'] }), 'request-uri 204 default');
});

const callers: Readonly<Record<string, readonly [Invite, readonly [string, string, string]]>> = {
  From: [{}, ['301', 'Ada', 'sip:301@pbx']],
  'From with escapes and parameters': [{ from: 'Ada <sip:%2B4930;ext=1@pbx:5060;user=phone>;tag=1' }, ['+4930', 'Ada', 'sip:%2B4930;ext=1@pbx:5060;user=phone']],
  'From with a telephone number': [{ from: '<tel:+49-30-301>;tag=1' }, ['+4930301', '', 'tel:+49-30-301']],
  'From without a user': [{ from: '"PBX" <sip:pbx>;tag=1' }, ['', '', '']],
  'From anonymous': [{ from: '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1' }, ['', '', '']],
  'asserted before claimed': [{ headers: ['P-Asserted-Identity: "Bell" <sip:302@pbx>', 'Remote-Party-ID: <sip:303@pbx>;party=calling'] }, ['302', 'Bell', 'sip:302@pbx']],
  'the first of two asserted': [{ headers: ['P-Asserted-Identity: <sip:302@pbx>, <tel:+49302>'] }, ['302', '', 'sip:302@pbx']],
  'asserted for an anonymous From': [{ from: '<sip:anonymous@anonymous.invalid>;tag=1', headers: ['P-Asserted-Identity: <sip:302@pbx>'] }, ['302', '', 'sip:302@pbx']],
  'asserted, but private': [{ headers: ['P-Asserted-Identity: <sip:302@pbx>', 'Privacy: id'] }, ['', '', '']],
  'private among other kinds': [{ headers: ['Privacy: header;user'] }, ['', '', '']],
  'critical says nothing alone': [{ headers: ['Privacy: none;critical'] }, ['301', 'Ada', 'sip:301@pbx']],
  'Remote-Party-ID': [{ headers: ['Remote-Party-ID: "Cox" <sip:303@pbx>;party=calling;screen=yes;privacy=off'] }, ['303', 'Cox', 'sip:303@pbx']],
  'Remote-Party-ID without a party': [{ headers: ['Remote-Party-ID: <sip:303@pbx>'] }, ['303', '', 'sip:303@pbx']],
  'Remote-Party-ID of the called party': [{ headers: ['Remote-Party-ID: <sip:999@pbx>;party=called'] }, ['301', 'Ada', 'sip:301@pbx']],
  'Remote-Party-ID, withheld': [{ headers: ['Remote-Party-ID: <sip:303@pbx>;privacy=full'] }, ['', '', '']],
  'an unreadable assertion is passed over': [{ headers: ['P-Asserted-Identity: <sip:302@pbx'] }, ['301', 'Ada', 'sip:301@pbx']],
};

for (const [name, [invite, expected]] of Object.entries(callers)) {
  test(`caller: ${name}`, () => {
    const { number, name: shown, uri } = facts(invite).caller;
    assert.equal([number, shown, uri], expected);
  });
}

test.run();
