import { makeResponse, serialise } from '../../firmware/sip/syntax/build-message.ts';
import { parseMessage } from '../../firmware/sip/syntax/parse-message.ts';
import { rates } from './rates.ts';

export interface SipRate {
  readonly parsedPerSec: number;
  readonly builtPerSec: number;
  /** JSON.parse of as many octets, per second: what this machine and this Node.js are worth. */
  readonly jsonPerSec: number;
}

const limit = 16_384;

/** A PBX's INVITE of 1.5 kB with History-Info and Diversion. */
const invite = [
  'INVITE sip:voicemail@192.0.2.10:5060;target=sip:201%40example.com;cause=486 SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK2d4790.1;rport', 'Via: SIP/2.0/UDP 192.0.2.77:5060;branch=z9hG4bK87asdks7;received=192.0.2.77', 'Record-Route: <sip:192.0.2.1;lr>',
  'From: "Grace Hopper" <sip:+15550100@example.com>;tag=1928301774', 'To: <sip:201@example.com>', 'Call-ID: a84b4c76e66710-0123456789@pc33.example.com', 'CSeq: 314159 INVITE', 'Contact: <sip:pbx@192.0.2.1:5060>', 'Max-Forwards: 68',
  'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, INFO, UPDATE, PRACK, SUBSCRIBE', 'Supported: timer, replaces, 100rel, histinfo', 'Session-Expires: 1800;refresher=uac', 'Min-SE: 90',
  'History-Info: <sip:201@example.com>;index=1', 'History-Info: <sip:201@192.0.2.55?Reason=SIP%3Bcause%3D486>;index=1.1;rc=1', 'History-Info: <sip:voicemail@192.0.2.10>;index=1.2;mp=1', 'Diversion: <sip:201@example.com>;reason=user-busy;counter=1;privacy=off',
  'P-Asserted-Identity: "Grace Hopper" <sip:+15550100@example.com>', 'User-Agent: Example PBX 12.5', 'Content-Type: application/sdp', 'Content-Length: 303', '',
  'v=0\r\no=pbx 2890844526 2890844526 IN IP4 192.0.2.1\r\ns=call\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0 8 9 18 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:18 G729/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=maxptime:40\r\na=sendrecv\r\na=rtcp:49171\r\n',
].join('\r\n');

export function sipRate(): SipRate {
  const text = invite.replace('Content-Length: 303', `Content-Length: ${invite.length - invite.indexOf('\r\n\r\n') - 4}`);
  const bytes = Buffer.from(text, 'latin1');
  const parsed = parseMessage(bytes, limit);
  if (parsed.outcome !== 'message' || parsed.message.kind !== 'request') throw new Error('the message of the bench does not parse');
  const request = parsed.message;
  const json = JSON.stringify(text.split('\r\n'));
  const [parsedPerSec = 0, builtPerSec = 0, jsonPerSec = 0] = rates([() => parseMessage(bytes, limit), () => serialise(makeResponse(request, 200)), () => JSON.parse(json)]);
  return { parsedPerSec, builtPerSec, jsonPerSec };
}
