import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Log } from '../../../firmware/log.ts';
import type { LegRecord } from '../../../firmware/sip/session/leg-record.ts';
import { bytesOf, legRecordLimitBytes, readLegRecord } from '../../../firmware/sip/session/leg-record.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { figure } from '../../support/figure.ts';
import { RawCall } from '../../support/sip/agent-world.ts';
import { sdpText } from '../../support/sip/message-text.ts';
import { TwoUnits } from '../../support/sip/two-units.ts';

/** What a PBX in front of the unit writes: a long Call-ID and tags, a display name, itself on the route, an asserted identity. */
const usual = {
  callId: '6f1c3a2e-9b7d-4c55-8f0e-2a9d71b4c8e3@pbx.example.com:5060',
  fromTag: 'as5c1e77b0-3f2d9a61',
  headers: [
    'Record-Route: <sip:192.0.2.250;lr=on;ftag=as5c1e77b0-3f2d9a61;did=a4c.9e31>',
    'P-Asserted-Identity: "Ada Lovelace (Analytical Engines)" <sip:+442079460123@pbx.example.com>',
    'Diversion: <sip:201@pbx.example.com>;reason=no-answer',
    'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, INFO, UPDATE, REGISTER, REFER, NOTIFY',
    'Supported: timer', 'Session-Expires: 1800;refresher=uac',
  ],
};

async function written(ask: ConstructorParameters<typeof RawCall>[1], log?: Log): Promise<{ units: TwoUnits; record: LegRecord | null }> {
  const units = await TwoUnits.make(log === undefined ? {} : { log });
  await new RawCall(units, ask).establish();
  return { units, record: units.calls[0]?.leg.record() ?? null };
}

test('a usual call needs at most 1 KB, and comes through JSON as it was', async () => {
  const { record } = await written(usual);
  assert.equal(readLegRecord(JSON.parse(JSON.stringify(record))), record);
  assert.ok(bytesOf(record as LegRecord) <= 1024, `${bytesOf(record as LegRecord)} bytes`);
  figure(`a usual leg written down: ${bytesOf(record as LegRecord)} bytes of ${legRecordLimitBytes}`);
});

test('whatever lengths its parts have: a record fits its limit, or there is none', async () => {
  const random = new SimRandom(7);
  let fits = 0;
  for (let round = 0; round < 60; round++) {
    const long = (most: number): string => 'x'.repeat(1 + random.below(most));
    const routes = Array.from({ length: random.below(6) }, () => `Record-Route: <sip:10.0.0.1;lr;z=${long(120)}>`);
    const { record } = await written({ callId: long(200), fromTag: long(120), contact: `<sip:${long(300)}@10.0.0.1>`, headers: [`P-Asserted-Identity: "${long(200)}" <sip:7@h>`, ...routes], body: sdpText() });
    if (record === null) continue;
    fits++;
    assert.ok(bytesOf(record) <= legRecordLimitBytes, `round ${round}: ${bytesOf(record)} bytes`);
    assert.equal(readLegRecord(JSON.parse(JSON.stringify(record))), record);
  }
  assert.ok(fits > 10 && fits < 60, `${fits} of 60 fitted`);
});

test('a leg that is too large is told once, and goes on', async () => {
  const told: string[] = [];
  const { units, record } = await written({ contact: `<sip:${'x'.repeat(1500)}@10.0.0.1>` }, { write: (_severity, event, text) => void told.push(`${event}: ${text}`) });
  assert.is(record, null);
  const leg = units.calls[0]?.leg;
  assert.equal([leg?.record(), leg?.state], [null, 'established']);
  assert.is(told.filter((line) => line.startsWith('leg-too-large')).length, 1);
  assert.match(told.join(), /Call c1 cannot be carried on by the partner: what would be written down of it has \d+ bytes, and 1400 are the limit\./);
});

test('what is no record is none: wrong kinds, wrong ranges, keys of another version', async () => {
  const { record } = await written(usual);
  const good = record as LegRecord;
  const bad: unknown[] = [
    null, 'x', {}, [], { ...good, transport: 'tls' }, { ...good, more: 1 }, { ...good, rtpPort: 0 }, { ...good, rtpPort: 1.5 }, { ...good, agreed: { ...good.agreed, ptimeMs: 25 } },
    { ...good, dialog: { ...good.dialog, routes: 'x' } }, { ...good, dialog: { ...good.dialog, localCSeq: -2 } }, { ...good, timer: { intervalSec: 0, weRefresh: true } }, { ...good, facts: { ...good.facts, peer: 'x'.repeat(2000) } },
  ];
  assert.equal(bad.map(readLegRecord), bad.map(() => null));
});

test.run();
