import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SipMessage, SipRequest, SipResponse } from '../../../firmware/sip/message.ts';
import { sipLimits } from '../../../firmware/sip/message.ts';
import { parseMessage } from '../../../firmware/sip/syntax/parse-message.ts';
import { parseNameAddr } from '../../../firmware/sip/syntax/name-addr.ts';
import { parseUri } from '../../../firmware/sip/syntax/uri.ts';
import { parseVia, rfc3261Branch } from '../../../firmware/sip/syntax/via.ts';

/** The 49 messages of RFC 4475 at the parser alone. What a whole unit answers is test/scenario/sip/torture-messages. */
const folder = 'test/data/rfc4475';
const read = (name: string): ReturnType<typeof parseMessage> => parseMessage(readFileSync(`${folder}/${name}.dat`), sipLimits.udpBytes);

function message(name: string): SipMessage {
  const result = read(name);
  if (result.outcome !== 'message') throw new Error(`${name}: ${result.outcome}, ${result.reason}`);
  return result.message;
}

const header = (of: SipMessage, name: string): string => of.headers.get(name) ?? '';
const partyOf = (of: SipMessage, name: 'From' | 'To' | 'Contact') => parseNameAddr(header(of, name));

type Check = (read: SipRequest) => void;

/** Section 3.1.1: valid, however odd. */
const valid: Record<string, Check> = {
  wsinv(read) {
    assert.equal([read.method, read.uri], ['INVITE', 'sip:vivekg@chair-dnrc.example.com;unknownparam']);
    assert.equal(read.headers.list('Via').map((via) => parseVia(via)?.transport), ['UDP', 'TCP', 'UDP']);
    assert.equal(read.headers.list('Via').map((via) => parseVia(via)?.params.get('branch')), ['390skdjuw', 'z9hG4bK9ikj8', 'z9hG4bK30239']);
    assert.is(partyOf(read, 'To')?.params.get('tag'), '1918181833n');
    assert.equal([partyOf(read, 'From')?.name, partyOf(read, 'From')?.params.get('tag')], ['J Rosenberg \\"', '98asjd8']);
    assert.equal([header(read, 'CSeq').replace(/\s+/g, ' '), header(read, 'Max-Forwards'), header(read, 'Subject')], ['0009 INVITE', '0068', '']);
    assert.is(header(read, 'newfangledheader'), 'newfangled value continued newfangled value');
    assert.is(header(read, 'UnknownHeaderWithUnusualValue'), ';;,,;;,;');
    assert.equal([partyOf(read, 'Contact')?.name, partyOf(read, 'Contact')?.params.get('q')], ['Quoted string ""', '0.33']);
    assert.is(read.body.length, 150);
  },
  intmeth(read) {
    assert.is(read.method, "!interesting-Method0123456789_*+`.%indeed'~");
    assert.is(parseUri(read.uri)?.host, 'example.com');
    assert.is(partyOf(read, 'To')?.name, 'BEL:\x07 NUL:\x00 DEL:\x7f');
    assert.is(partyOf(read, 'From')?.params.get("fromparam''~+*_!.-%"), '"работающий"');
    assert.is(header(read, "extensionHeader-!.%*+_`'~"), '\ufeff大停電');
  },
  esc01(read) {
    assert.is(parseUri(read.uri)?.userText, 'sips:user@example.com');
    assert.is(parseUri(partyOf(read, 'To')?.uri ?? '')?.userText, 'user');
    assert.is(parseUri(partyOf(read, 'From')?.uri ?? '')?.userText, 'I have spaces');
    assert.is(parseUri(partyOf(read, 'Contact')?.uri ?? '')?.userText, 'caller');
  },
  escnull(read) {
    assert.is(parseUri(partyOf(read, 'To')?.uri ?? '')?.userText, 'null-\0-null');
    assert.equal(read.headers.list('Contact').map((one) => parseUri(parseNameAddr(one)?.uri ?? '')?.userText), ['\0', '\0\0']);
  },
  esc02(read) {
    assert.is(read.method, 'RE%47IST%45R', 'a method is never un-escaped');
    assert.is(partyOf(read, 'To')?.name, '%Z%45', 'and neither is a display name');
    assert.is(read.headers.list('Contact').length, 2, 'nor a header name');
    assert.is(header(read, 'C%6Fntact'), '<sip:alias2@host2.example.com>');
  },
  lwsdisp(read) {
    assert.equal([partyOf(read, 'From')?.name, partyOf(read, 'From')?.uri], ['caller', 'sip:caller@example.com']);
  },
  longreq(read) {
    assert.is(read.headers.list('Via').length, 34);
    assert.is(parseVia(read.headers.list('Via').at(-1) ?? '')?.params.get('received'), '192.0.2.5');
    assert.match(header(read, 'Call-ID'), /^longreq\.one(really){20}longcallid$/);
    assert.is(read.body.length, 150);
  },
  dblreq(read) {
    assert.equal([read.method, read.body.length], ['REGISTER', 0], 'what follows the length is not looked at');
    assert.is(header(read, 'Call-ID'), 'dblreq.0ha0isndaksdj99sdfafnl3lk233412');
  },
  semiuri(read) {
    assert.equal([parseUri(read.uri)?.userText, parseUri(read.uri)?.host, parseUri(read.uri)?.params.size], ['user;par=u@example.net', 'example.com', 0]);
  },
  transports(read) {
    assert.equal(read.headers.list('Via').map((via) => parseVia(via)?.transport), ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP']);
  },
  mpart01(read) {
    assert.equal([read.method, read.body.length], ['MESSAGE', 553]);
    assert.ok(read.body.includes(0), 'a body is bytes, not text');
  },
};

const validResponses: Record<string, (read: SipResponse) => void> = {
  unreason: (read) => assert.equal([read.status, read.reason], [200, '= 2**3 * 5**2 но сто девяносто девять - простое']),
  noreason: (read) => assert.equal([read.status, read.reason], [100, '']),
};

/** Section 3.1.2: malformed. A request is answered with the status, a response is dropped. */
const malformed: Record<string, number | 'dropped'> = {
  badinv01: 400, clerr: 400, ncl: 400, scalar02: 400, scalarlg: 'dropped', quotbal: 400, ltgtruri: 400, lwsruri: 400, lwsstart: 400,
  trws: 400, escruri: 400, regbadct: 400, badaspec: 400, baddn: 400, badvers: 505, mismatch01: 400, mismatch02: 400, bigcode: 'dropped',
};

/** Section 3.1.2.12: the RFC lets a Date of another zone pass. */
const tolerated: Record<string, Check> = {
  baddate: (read) => assert.is(header(read, 'Date'), 'Fri, 01 Jan 2010 16:00:00 EST'),
};

/** Sections 3.2 to 3.4: for the layers above, except for what is missing or given twice, which the parser refuses. */
const application: Record<string, Check | number> = {
  badbranch: (read) => assert.is(rfc3261Branch(parseVia(read.headers.list('Via')[0] ?? '') as NonNullable<ReturnType<typeof parseVia>>), null),
  insuf: 400,
  unkscm: (read) => assert.equal([read.uri, parseUri(read.uri)], ['nobodyKnowsThisScheme:totallyopaquecontent', null]),
  novelsc: (read) => assert.equal([read.uri, parseUri(read.uri)], ['soap.beep://192.0.2.103:3002', null]),
  unksm2: (read) => assert.equal([partyOf(read, 'To')?.uri, partyOf(read, 'From')?.params.get('tag')], ['isbn:2983792873', '3234233']),
  bext01: (read) => assert.equal(read.headers.list('Require'), ['nothingSupportsThis', 'nothingSupportsThisEither']),
  invut: (read) => assert.is(header(read, 'Content-Type'), 'application/unknownformat'),
  regaut01: (read) => assert.is(header(read, 'Authorization'), 'NoOneKnowsThisScheme opaque-data=here'),
  multi01: 400,
  mcl01: 400,
  zeromf: (read) => assert.is(header(read, 'Max-Forwards'), '0'),
  cparam01: (read) => assert.equal([partyOf(read, 'Contact')?.uri, partyOf(read, 'Contact')?.params.has('unknownparam')], ['sip:+19725552222@gw1.example.net', true]),
  cparam02: (read) => assert.equal([parseUri(partyOf(read, 'Contact')?.uri ?? '')?.params.has('unknownparam'), partyOf(read, 'Contact')?.params.size], [true, 0]),
  regescrt: (read) => assert.is(parseUri(partyOf(read, 'Contact')?.uri ?? '')?.headers, 'Route=%3Csip:sip.example.com%3E'),
  sdp01: (read) => assert.equal([read.body.length, header(read, 'Accept')], [150, 'text/nobodyKnowsThis']),
  inv2543: (read) => assert.equal([parseVia(header(read, 'Via'))?.params.size, partyOf(read, 'From')?.params.has('tag')], [0, false]),
};

const refusedAs = (name: string): number | string => {
  const result = read(name);
  return result.outcome === 'refused' ? result.status : result.outcome;
};

test('the tables name each of the 49 files once', () => {
  const tables = [valid, validResponses, malformed, tolerated, application, { bcast: 0 }].flatMap((table) => Object.keys(table));
  assert.equal([...tables].sort(), readdirSync(folder).filter((name) => name.endsWith('.dat')).map((name) => name.slice(0, -4)).sort());
  assert.is(tables.length, 49);
});

for (const [name, check] of Object.entries({ ...valid, ...tolerated })) {
  test(`${name} is read`, () => {
    const found = message(name);
    if (found.kind !== 'request') throw new Error('a response');
    check(found);
  });
}

for (const [name, check] of Object.entries(validResponses)) {
  test(`${name} is read`, () => {
    const found = message(name);
    if (found.kind !== 'response') throw new Error('a request');
    check(found);
  });
}

for (const [name, outcome] of Object.entries(malformed)) {
  test(`${name}: ${outcome}`, () => assert.is(refusedAs(name), outcome));
}

for (const [name, expected] of Object.entries(application)) {
  test(`${name}: ${typeof expected === 'number' ? expected : 'read, for the layers above to judge'}`, () => {
    if (typeof expected === 'number') return assert.is(refusedAs(name), expected);
    const found = message(name);
    if (found.kind !== 'request') throw new Error('a response');
    expected(found);
  });
}

test('bcast is read with both Vias, so that the transactions can see that it is not for us', () => {
  assert.is(message('bcast').headers.list('Via').length, 2);
});

test('what is refused can be answered: a Via, and the header fields as they came', () => {
  for (const name of Object.keys({ ...malformed, insuf: 400, multi01: 400, mcl01: 400 })) {
    const result = read(name);
    if (result.outcome === 'refused') assert.ok(result.request.headers.has('Via') && result.request.headers.has('CSeq') && result.reason !== '', name);
  }
});

test.run();
