import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sipLimits } from '../../../firmware/sip/message.ts';
import { parseSdp } from '../../../firmware/sip/sdp/parse-sdp.ts';
import { parseMessage } from '../../../firmware/sip/syntax/parse-message.ts';
import { StreamFramer } from '../../../firmware/sip/syntax/stream-framer.ts';
import { slowest } from './slowest.ts';

const size = 60_000;
const start = 'INVITE sip:201@unit SIP/2.0\r\n';
const via = 'Via: SIP/2.0/UDP h;branch=z9hG4bKa\r\n';
const rest = 'From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n';
const upTo = (bytes: number, text: string): string => text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes);
/** One header field as long as the whole. */
const field = (text: string): string => `${start}${via}${rest}${text}\r\n\r\n`;
/** Fields that are each within the limit of a line. */
const fields = (name: string, unit: string): string => `${start}${via}${rest}${`${name}: ${upTo(4000, unit)}\r\n`.repeat(15)}\r\n`;

/** Each in 60 KB, and what becomes of it: a status, or dropped. */
const shapes: Readonly<Record<string, readonly [string, number | 'dropped']>> = {
  'one endless field': [field(`X-Long: ${upTo(size, 'a')}`), 400],
  'no line end at all': [upTo(size, 'INVITE sip:a@b '), 'dropped'],
  'a field a line': [field(upTo(size, 'a: b\r\n').trim()), 400],
  'a Request-URI without end': [`INVITE sip:${upTo(size, '%41')}@b SIP/2.0\r\n${via}${rest}\r\n`, 414],
  'a Request-Line of spaces': [`INVITE ${upTo(size, ' ')}x SIP/2.0\r\n${via}${rest}\r\n`, 414],
  'a Request-Line of spaces without a version': [`INVITE ${upTo(size, ' ')}x\r\n${via}${rest}\r\n`, 'dropped'],
  'contacts in one field': [field(`Contact: ${upTo(size, '<sip:a@b>,')}`), 400],
  'contacts in many fields': [fields('Contact', '<sip:a@b>,'), 400],
  'vias in many fields': [fields('Via', 'SIP/2.0/UDP h,'), 400],
  'routes in many fields': [fields('Record-Route', '<sip:p;lr>,'), 400],
  'commas and spaces': [fields('Contact', `,${' '.repeat(40)}`), 400],
  'a quote that never ends': [`${start}${via}From: "${upTo(size, 'a\\"')}\r\n${rest}\r\n`, 400],
  'quotes that never end, within the line': [fields('Contact', '"\\'), 400],
  'folded lines': [field(`X-Folded: a${upTo(size, '\r\n b')}`), 400],
  'folded lines of nothing': [field(`X-Folded:${upTo(size, '\r\n \t')}`), 400],
  'nested brackets': [fields('Contact', '<'), 400],
  'a Content-Length of digits': [field(`Content-Length: ${upTo(size, '9')}`), 400],
  'a CSeq of spaces': [`${start}${via}From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1${upTo(4000, ' ')}x y\r\n${upTo(size, 'X: y\r\n')}\r\n`, 400],
  'a Via of spaces': [`${start}Via: SIP/2.0/UDP h${upTo(4000, ' ')}x\r\n${rest}${upTo(size, 'X: y\r\n')}\r\n`, 400],
  'parameters without names': [fields('Contact', ';='), 400],
  'line ends only': [upTo(size, '\r\n'), 'dropped'],
  'zeros': [upTo(size, '\0'), 'dropped'],
  'a response of spaces': [`SIP/2.0 ${upTo(size, ' ')}200 OK\r\n${via}${rest}\r\n`, 'dropped'],
};

const within = (what: string, ms: number): void => assert.ok(ms < 5, `${what} took ${ms.toFixed(2)} ms`);

for (const [name, [text, expected]] of Object.entries(shapes)) {
  test(`60 KB of ${name}: ${expected}, within 5 ms`, () => {
    const bytes = Buffer.from(text);
    const result = parseMessage(bytes, sipLimits.streamBytes);
    assert.is(result.outcome === 'refused' ? result.status : result.outcome, expected);
    within('reading it', slowest([bytes], (input) => parseMessage(input, sipLimits.streamBytes)).ms);
    within('reading it as a datagram', slowest([bytes], (input) => parseMessage(input, sipLimits.udpBytes)).ms);
    within('framing it', slowest([bytes], (input) => new StreamFramer().push(input)).ms);
  });
}

const descriptions: Readonly<Record<string, string>> = {
  'one line': `v=0\r\nm=audio ${upTo(size, ' ')}x`,
  'media lines': `v=0\r\n${upTo(size, 'm=audio 1 RTP/AVP 0\r\n')}`,
  'formats': `v=0\r\nm=audio 4000 RTP/AVP ${upTo(size, '0 ')}`,
  'attributes': `v=0\r\nm=audio 4000 RTP/AVP 96\r\n${upTo(size, 'a=rtpmap:96 PCMU/8000\r\n')}`,
  'an rtpmap of spaces': `v=0\r\nm=audio 4000 RTP/AVP 96\r\na=rtpmap:96 ${upTo(size, ' ')}PCMU`,
  'an event list': `v=0\r\nm=audio 4000 RTP/AVP 96\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 ${upTo(size, '0-15,')}`,
  'line ends': `v=0\r\n${upTo(size, '\r\n')}`,
};

for (const [name, text] of Object.entries(descriptions)) {
  test(`60 KB of SDP in ${name}, within 5 ms`, () => within('reading it', slowest([Buffer.from(text)], parseSdp).ms));
}

test.run();
