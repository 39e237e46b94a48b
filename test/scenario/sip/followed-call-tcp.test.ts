import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SipMessage } from '../../../firmware/sip/message.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import { requestText, responseText, sdpText, tagIn } from '../../support/sip/message-text.ts';
import { readMessage } from '../../support/sip/raw-peer.ts';
import type { Taken } from '../../support/sip/agent-world.ts';
import { sharedAddress, sharedAt, TwoUnits } from '../../support/sip/two-units.ts';

const phone = '10.0.0.1';

/** A peer that calls by TCP: what it hears on its latest connection, and on those that it accepted. */
class TcpPeer {
  readonly heard: SipMessage[] = [];
  readonly accepted: SipMessage[] = [];
  toTag = '';
  readonly #units: TwoUnits;
  #connection: StreamConnection | null = null;

  constructor(units: TwoUnits) {
    this.#units = units;
  }

  async listens(): Promise<void> {
    await this.#units.network.host(phone).stream.listen({ address: phone, port: 5060 }, (back) => {
      back.received = (bytes) => {
        const message = readMessage(Buffer.from(bytes).toString());
        this.accepted.push(message);
        if (message.kind === 'request') back.write(Buffer.from(responseText(message, 200)));
      };
    });
  }

  async connects(): Promise<void> {
    const connecting = this.#units.network.host(phone).stream.connect(sharedAt, 1000);
    await this.#units.clock.advance(5);
    this.#connection = await connecting;
    this.#connection.received = (bytes) => void this.heard.push(readMessage(Buffer.from(bytes).toString()));
  }

  says(method: string, cseq: number, more: { readonly body?: string; readonly type?: string } = {}): void {
    const dialog = this.toTag === '' ? {} : { toTag: this.toTag };
    this.write(requestText(method, { callId: 'tcp', cseq, via: `SIP/2.0/TCP ${phone}:5060;branch=z9hG4bKtcp${method}${cseq}`, contact: `<sip:ada@${phone}:5060;transport=tcp>`, ...dialog, ...more }));
  }

  write(text: string): void {
    this.#connection?.write(Buffer.from(text));
  }

  async call(): Promise<void> {
    await this.connects();
    this.says('INVITE', 1, { body: sdpText() });
    await this.#units.clock.advance(10);
    this.toTag = tagIn(this.heard.at(-1) as SipMessage, 'To');
    this.says('ACK', 1);
    await this.#units.clock.advance(10);
  }
}

async function takenOver(): Promise<{ units: TwoUnits; peer: TcpPeer; adopted: Taken }> {
  const units = await TwoUnits.make();
  const peer = new TcpPeer(units);
  await peer.listens();
  await peer.call();
  const record = units.record();
  assert.is(record.transport, 'tcp');
  await units.dies();
  return { units, peer, adopted: units.adopt(record) };
}

test('a call by TCP to the shared address names it, with its transport', async () => {
  const { peer } = await takenOver();
  assert.is(peer.heard.at(-1)?.headers.get('Contact'), `<sip:201@${sharedAddress}:5060;transport=tcp>`);
});

test('the peer connects anew to the shared address and goes on in its call', async () => {
  const { units, peer, adopted } = await takenOver();
  await peer.connects();
  peer.says('INFO', 2, { type: 'application/dtmf', body: '4' });
  await units.clock.advance(10);
  assert.equal(adopted.told, ['digit 4 160']);
  peer.says('BYE', 3);
  await units.clock.advance(10);
  assert.equal(adopted.told, ['digit 4 160', 'ended remote']);
  const last = peer.heard.at(-1);
  assert.equal([last?.kind === 'response' && last.status, last?.headers.get('CSeq')], [200, '3 BYE']);
  await units.assertQuiet();
});

test('our requests go to the Contact at once while the peer has not connected anew: the old connection is not tried', async () => {
  const { units, peer, adopted } = await takenOver();
  units.network.faultAll({ delayMs: 50 });
  adopted.leg.hangUp('done');
  await units.clock.advance(160);
  const [bye] = peer.accepted;
  assert.is(bye?.kind === 'request' && bye.method, 'BYE');
  assert.match(bye?.headers.get('Via') ?? '', new RegExp(`^SIP/2.0/TCP ${sharedAddress}:5060;`));
  await units.assertQuiet();
});

test('our requests go on its new connection once the peer has used it', async () => {
  const { units, peer, adopted } = await takenOver();
  await peer.connects();
  peer.says('INFO', 2, { type: 'application/dtmf', body: '4' });
  await units.clock.advance(10);
  adopted.leg.hangUp('done');
  await units.clock.advance(20);
  const bye = peer.heard.at(-1);
  assert.is(bye?.kind === 'request' && bye.method, 'BYE');
  assert.equal(peer.accepted, []);
  if (bye?.kind === 'request') peer.write(responseText(bye, 200));
  await units.assertQuiet();
});

test('a hand-over closes the connections to the shared address without a word about the call', async () => {
  const units = await TwoUnits.make();
  const peer = new TcpPeer(units);
  await peer.listens();
  await peer.call();
  const record = units.record();
  const before = peer.heard.length;
  await units.handsOver();
  const adopted = units.adopt(record);
  await units.clock.advance(1000);
  assert.equal([peer.heard.length, peer.accepted.length], [before, 0]);
  await peer.connects();
  peer.says('BYE', 2);
  await units.clock.advance(10);
  assert.equal(adopted.told, ['ended remote']);
  await units.assertQuiet();
});

test.run();
