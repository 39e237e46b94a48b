// A unit whose calls are served by flows of the site, and callers who press keys.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeTable } from '../../../hal/g711.ts';
import { testConfiguration, testSettings } from '../../support/sim-unit.ts';
import { ada, lineSite } from '../../support/line-site.ts';
import { SimSite } from '../../support/sim-site.ts';

const office = {
  form: 1, name: 'Office', first: 'menu',
  starts: [{ scope: 'short code', number: '*80' }, { scope: 'mailbox', mailbox: '202', point: 'Leave' }],
  actions: {
    menu: { action: 'Menu', prompts: [{ prompt: 'collect.main-help' }], with: { keys: ['1', '2?'], retries: 1, timeoutSec: 3 }, results: { 1: 'count', '2?': 'count', Timeout: 'end' } },
    count: { action: 'Generic', with: { commands: ['INCCOUNTER:$COUNTER1', 'CP1:$KEY'] }, prompts: [{ digits: '$KEY' }], results: { Next: 'menu' } },
    end: { action: 'Disconnect', prompts: [{ prompt: 'goodbye' }] },
  },
};

const ended = (site: SimSite): string => site.log.last(400).filter(({ event }) => event === 'call-ended').at(-1)?.text ?? '';

test('a caller keys their way through a menu that a short code leads to, and is rung off when they fall silent', async () => {
  const site = await SimSite.start();
  assert.equal(await site.during(site.unit.flows.library.put(JSON.stringify(office))), { put: true });
  const call = site.phone({ target: '*80', script: 'w1 1 w2 27 w20' });
  await site.clock.advance(1500);
  assert.match(site.unit.calls.summaries()[0]?.doing ?? '', 'Office: ');
  const end = await site.during(call.end);
  assert.ok(end.answered);
  assert.match(ended(site), 'the flow has ended the call');
  assert.is(site.unit.calls.ports.inUse, 0);
  await site.stop();
});

test('a mailbox with a flow of its own is served by it; others as ever', async () => {
  const site = await SimSite.start();
  await site.during(site.unit.flows.library.put(JSON.stringify(office)));
  const own = site.phone({ target: '202', script: 'w1' });
  await site.clock.advance(700);
  assert.match(site.unit.calls.summaries()[0]?.doing ?? '', 'Office: ');
  await site.during(own.end);
  const other = site.phone({ target: '201', script: 'w1' });
  await site.clock.advance(700);
  assert.is(site.unit.calls.summaries()[0]?.doing, 'greeting');
  await site.during(other.end);
  await site.clock.advance(3000);
  assert.is(site.unit.calls.ports.inUse, 0, 'a caller who hangs up in a menu leaves no port behind');
  await site.stop();
});

test('a flow that is replaced during a call serves the next one', async () => {
  const site = await SimSite.start();
  await site.during(site.unit.flows.library.put(JSON.stringify(office)));
  const call = site.phone({ target: '*80', script: 'w2 1 w2' });
  await site.clock.advance(1000);
  await site.during(site.unit.flows.library.put(JSON.stringify({ ...office, first: 'end', actions: { end: office.actions.end } })));
  await site.clock.advance(2500);
  assert.match(site.unit.calls.summaries()[0]?.doing ?? '', 'Office: ', 'the menu that is gone still answers');
  await site.during(call.end);
  const next = await site.during(site.phone({ target: '*80', script: 'w20' }).end);
  assert.ok(next.durationMs < 5000, 'rung off at once');
  await site.stop();
});

test('with no flow at all everything is as it was; a number of nobody is refused', async () => {
  const site = await SimSite.start({ settings: testSettings(testConfiguration) });
  assert.not((await site.during(site.phone({ target: '*80', script: 'w1' }).end)).answered);
  await site.stop();
});

/** CNG: half a second of 1,100 Hz. */
const calling = (encode: Uint8Array): Uint8Array => Uint8Array.from({ length: 4000 }, (_, at) => encode[Math.round(4000 * Math.sin((2 * Math.PI * 1100 * at) / 8000)) + 32_768] as number);

test('a trunk leads to a flow, which hears keys and a fax machine; where there is no such flow its mailbox takes the call', async () => {
  const site = await lineSite({ incoming: '{ name: one, line: trunk-1, flow: Front desk, mailbox: "201" }, { name: two, line: trunk-2, flow: Nowhere, mailbox: "202" }' });
  const desk = { form: 1, name: 'Front desk', first: 'menu', actions: { menu: { action: 'Menu', with: { keys: ['1', 'F'], timeoutSec: 20 }, results: { 1: 'key', F: 'fax', Timeout: 'end' } }, key: { action: 'Menu', with: { keys: ['0'], timeoutSec: 20 } }, fax: { action: 'Menu', with: { keys: ['0'], timeoutSec: 20 } }, end: { action: 'Disconnect' } } };
  await site.during(site.unit.flows.library.put(JSON.stringify(desk)));
  const doing = (): string => site.unit.calls.summaries()[0]?.doing ?? 'no call';
  site.exchange.ring(ada);
  await site.clock.advance(9000);
  assert.is(doing(), 'Front desk: menu');
  site.exchange.speak(calling(encodeTable('PCMU')));
  await site.clock.advance(1500);
  assert.is(doing(), 'Front desk: fax');
  site.exchange.hangUp('loop');
  await site.clock.advance(10_000);
  assert.is(site.unit.calls.ports.inUse, 0);
  site.second.ring(ada);
  await site.clock.advance(9000);
  assert.is(doing(), 'greeting');
  site.second.hangUp('loop');
  await site.clock.advance(10_000);
  await site.stop();
});

const owners = testConfiguration.replace('name: pbx,', 'name: pbx, trusted: true,').replace('name: Ada }', 'name: Ada, email: ada@example.org }') + 'mail: { host: mail.example.org, from: voicemail@example.org }\n';
const atDoor = (action: object): object => ({
  form: 1, name: 'Door', first: 'in', starts: [{ scope: 'short code', number: '*80' }],
  actions: { in: { ...action, results: { Next: 'out', Failure: 'refused' } }, out: { action: 'Menu', with: { keys: ['9'], timeoutSec: 60 } }, refused: { action: 'Menu', with: { keys: ['9'], timeoutSec: 60 } } },
});

test('Get Mail: an owner at the own telephone behind a trusted PBX is in at once; from another telephone, and one who hides, the PIN is asked for', async () => {
  const site = await SimSite.start({ settings: testSettings(owners) });
  await site.during(site.unit.flows.library.put(JSON.stringify(atDoor({ action: 'Get Mail', with: { mailbox: '201' } }))));
  const leaves = async (from: string): Promise<string> => {
    const call = site.phone({ target: '*80', from, script: 'w4 0 w6' });
    await site.clock.advance(8000);
    const doing = site.unit.calls.summaries()[0]?.doing ?? 'over';
    await site.during(call.end);
    await site.clock.advance(3000);
    return doing;
  };
  assert.equal([await leaves('201'), await leaves('202'), await leaves('')], ['Door: out', 'Door: in', 'Door: in']);
  assert.is(site.unit.calls.ports.inUse, 0);
  await site.stop();
});

test('Play Configuration Menu: an owner has copies sent by e-mail, and it lasts', async () => {
  const site = await SimSite.start({ settings: testSettings(owners) });
  await site.during(site.unit.flows.library.put(JSON.stringify(atDoor({ action: 'Play Configuration Menu', with: { mailbox: '201', askPin: false } }))));
  await site.during(site.phone({ target: '*80', script: 'w1 4 w2 1 w2 0 w1' }).end);
  await site.clock.advance(2000);
  await site.stop();
  const again = await SimSite.start({ settings: testSettings(owners), storage: site.storage, clock: site.clock });
  assert.is(again.unit.notify?.mail.mode('201'), 'copy');
  await again.stop();
});

test.run();
