import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import type { AgentWorld } from '../../support/sip/agent-world.ts';
import { agentWorld, assertQuiet, first, localMedia } from '../../support/sip/agent-world.ts';
import { pbx } from '../../support/sip/layer-world.ts';
import { ackText, requestText, responseText, tagIn } from '../../support/sip/message-text.ts';
import { script } from '../../support/sip/script.ts';

const unit = '2001:db8::2';
const peerAt = '2001:db8::1';
const six: PeerSettings = { ...pbx, addresses: ['2001:db8::/64'], host: peerAt };
const media = { ...localMedia, address: unit };
const sdp = 'v=0\r\no=ada 7 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

const sixWorld = (peer: PeerSettings = six): Promise<AgentWorld> => agentWorld({ unit, peerAt, sip: { address: '::' }, peers: [peer], policy: (leg) => leg.answer(media) });

const ask = { callId: 'six', uri: 'sip:201@[2001:db8::2]', via: 'SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bKsix;rport', contact: '<sip:ada@[2001:db8::1]:5060>' };

test('a call over IPv6 is answered, acknowledged and ended by the unit', async () => {
  const world = await sixWorld();
  world.peer.send(requestText('INVITE', { ...ask, body: sdp }));
  await world.clock.advance(10);
  const { message: ok } = world.peer.response('INVITE', 200);
  assert.is(ok.headers.get('Contact'), '<sip:201@[2001:db8::2]:5060>');
  assert.match(ok.headers.get('Via') ?? '', /^SIP\/2\.0\/UDP \[2001:db8::1\]:5060;.*rport=5060/);
  assert.match(Buffer.from(ok.body).toString(), /c=IN IP6 2001:db8::2\r\n/);
  world.peer.send(ackText(ok).replace('10.0.0.1:5060', '[2001:db8::1]:5060'));
  await world.clock.advance(10);
  const taken = first(world.calls);
  assert.equal(taken.told, ['established']);
  assert.equal(taken.media[0]?.remote, { address: peerAt, port: 4000 });
  assert.is(taken.leg.facts.remoteAddress, peerAt);
  taken.leg.hangUp('done');
  await world.clock.advance(10);
  const { message: bye } = world.peer.request('BYE');
  assert.is(bye.uri, 'sip:ada@[2001:db8::1]:5060');
  assert.match(bye.headers.get('Via') ?? '', /^SIP\/2\.0\/UDP \[2001:db8::2\]:5060;/);
  world.peer.send(responseText(bye, 200));
  await assertQuiet(world);
});

test('a source that spells its address otherwise is not marked as another', async () => {
  const world = await sixWorld();
  world.peer.send(requestText('OPTIONS', { ...ask, via: 'SIP/2.0/UDP [2001:0DB8:0:0::0001]:5060;branch=z9hG4bKspelt' }));
  await world.clock.advance(10);
  assert.is(world.peer.response('OPTIONS', 200).message.headers.get('Via'), 'SIP/2.0/UDP [2001:0DB8:0:0::0001]:5060;branch=z9hG4bKspelt');
  await assertQuiet(world);
});

test('a source behind another address is marked and answered', async () => {
  const world = await sixWorld();
  world.peer.send(requestText('OPTIONS', { ...ask, via: 'SIP/2.0/UDP [2001:db8:5::9]:5060;branch=z9hG4bKbehind' }));
  await world.clock.advance(10);
  assert.match(world.peer.response('OPTIONS', 200).message.headers.get('Via') ?? '', /;received=\[?2001:db8::1\]?/);
  await assertQuiet(world);
});

test('a call is placed over IPv6', async () => {
  const world = await sixWorld();
  const taken = world.place({ target: 'sip:300@[2001:db8::1]', media });
  await world.clock.advance(10);
  const { message: invite } = world.peer.request('INVITE');
  assert.is(invite.headers.get('Contact'), '<sip:201@[2001:db8::2]:5060>');
  assert.match(invite.headers.get('From') ?? '', /<sip:201@\[2001:db8::2\](:5060)?>/);
  world.peer.send(responseText(invite, 200, { contact: '<sip:300@[2001:db8::1]>', body: sdp }));
  await world.clock.advance(10);
  assert.equal(taken.told, ['established']);
  assert.is(world.peer.request('ACK').message.uri, 'sip:300@[2001:db8::1]');
  world.peer.send(requestText('BYE', { ...ask, callId: invite.headers.get('Call-ID') ?? '', fromTag: 'tt', toTag: tagIn(invite, 'From'), via: 'SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKbye' }));
  await world.clock.advance(10);
  assert.is(world.peer.statuses('BYE').at(-1), 200);
  await assertQuiet(world);
});

test('registration and lamps over IPv6', async () => {
  const world = await sixWorld({ ...six, lamps: 'notify', register: { user: '900', authUser: 'u', password: 'p', expiresSec: 600 } });
  script(world.peer, { REGISTER: [(request) => responseText(request, 200, { contact: `${request.headers.get('Contact')};expires=60` })], NOTIFY: [(request) => responseText(request, 200)] });
  world.agent.lamp('201', { newMessages: 1, oldMessages: 0, urgentNew: 0, urgentOld: 0 });
  await world.clock.advance(1000);
  assert.equal(world.peer.requests('REGISTER').map(({ message }) => [message.uri, message.headers.get('Contact')]), [['sip:[2001:db8::1]:5060', '<sip:900@[2001:db8::2]:5060>']]);
  assert.is(world.agent.peers()[0]?.detail, 'for 60 s as 900');
  const { message: notify } = world.peer.request('NOTIFY');
  assert.is(notify.uri, 'sip:201@[2001:db8::1]:5060');
  assert.match(Buffer.from(notify.body).toString(), /Message-Account: sip:201@\[2001:db8::2\]\r\n/);
  void world.agent.stop(100);
  await world.clock.advance(200);
  assert.equal([world.clock.pending(), world.agent.counters().caught], [[], 0]);
});

test.run();
