// Flows that bring callers to somebody else: a unit, a caller and a target on virtual time.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SipExtension } from '../../support/sip-extension.ts';
import { TransferSite } from '../../support/transfer-site.ts';

const contains = (codes: Uint8Array, within: Uint8Array): boolean => Buffer.from(within).includes(Buffer.from(codes));

/** A flow at *80 of one action, whose results name what comes then: each is a wait of its own name. */
async function withFlow(action: string, settings: object, more = ''): Promise<TransferSite> {
  const scene = await TransferSite.start(more);
  const results = ['Next', 'No Answer', 'Busy', 'Reject', 'Failure', 'Invalid', 'Timeout', 'Found'];
  const flow = {
    form: 1, name: 'Desk', first: 'act', starts: [{ scope: 'short code', number: '*80' }],
    actions: {
      act: { action, with: settings, results: {} as Record<string, string> },
      ...Object.fromEntries(results.map((name) => [name, { action: 'Menu', with: { keys: ['9'], timeoutSec: 60 } }])),
    },
  };
  const put = async (): Promise<boolean> => (await scene.site.during(scene.site.unit.flows.library.put(JSON.stringify(flow)))).put;
  // Results that an action does not have are refused: connect those that it has.
  for (const name of results) {
    flow.actions.act.results[name] = name;
    if (!(await put())) delete flow.actions.act.results[name];
  }
  assert.ok(await put());
  scene.caller.call('*80');
  await scene.advance(600);
  return scene;
}

const at = ({ site }: TransferSite): string => site.unit.calls.summaries()[0]?.doing ?? 'over';

async function over(scene: TransferSite): Promise<void> {
  scene.caller.hangUp();
  await scene.advance(1000);
  assert.equal([scene.inUse, scene.site.unit.sip.counters().legs], [0, 0]);
  await scene.stop();
}

test('Transfer: the flow is over with the conversation, and who is shown is what it says', async () => {
  const scene = await withFlow('Transfer', { destination: '300', source: '77', description: 'Shop', priority: 'High' });
  assert.equal(scene.target.taken.map(({ caller: { number, name }, dialled }) => [dialled, number, name]), [['300', '77', 'Shop']]);
  scene.target.hangUp();
  await scene.advance(500);
  assert.equal([at(scene), scene.caller.end?.by], ['over', 'remote']);
  await over(scene);
});

for (const [title, policy, waitMs, next] of [
  ['busy', { status: 486 }, 100, 'Busy'], ['declined', { status: 603 }, 100, 'Busy'], ['unknown', { status: 404 }, 100, 'Failure'], ['not answered', { ring: true }, 8000, 'No Answer'],
] as const) {
  test(`Assisted Transfer: ${title} is ${next}`, async () => {
    const scene = await withFlow('Assisted Transfer', { destination: '300', ringSec: 8 });
    scene.caller.hangUp();
    await scene.advance(600);
    scene.target.policy = policy;
    scene.caller.call('*80');
    await scene.advance(700 + waitMs);
    assert.is(at(scene), `Desk: ${next}`);
    await over(scene);
  });
}

test('Assisted Transfer: they talk, the target hangs up, and the caller is back in the flow', async () => {
  const scene = await withFlow('Assisted Transfer', { destination: '300' });
  await scene.advance(300);
  const words = new SimRandom(5).bytes(8000);
  scene.caller.speak(words);
  await scene.advance(1500);
  scene.target.hangUp();
  await scene.advance(300);
  assert.ok(contains(words, scene.target.heard));
  assert.is(at(scene), 'Desk: Next');
  await over(scene);
});

test('a number that the rules keep out is not called', async () => {
  for (const destination of ['0044123456', '911', '112', '3;x=1', '']) {
    const scene = await withFlow('Assisted Transfer', { destination: destination === '' ? '$KEY' : destination }, 'transfers: { ringSec: 5 }\n');
    if (destination !== '') {
      assert.is(scene.target.taken.length, 0, destination);
      assert.is(at(scene), 'Desk: Failure', destination);
    } else assert.is(scene.target.taken[0]?.dialled, '300', 'the reception, where nothing is said');
    await over(scene);
  }
});

test('the waiting caller hears the ringing tone of the country, round after round', async () => {
  const scene = await withFlow('Assisted Transfer', { destination: '300' }, 'transfers: { zone: de }');
  scene.caller.hangUp();
  await scene.advance(600);
  scene.target.policy = { ring: true };
  await scene.caller.forget();
  scene.caller.call('*80');
  await scene.advance(12_000);
  const loud = Array.from({ length: Math.floor(scene.caller.heard.length / 800) }, (_, n) => scene.caller.heard.subarray(n * 800, n * 800 + 800).some((code) => (code & 0x7f) < 0x50));
  const bursts = loud.filter((on, n) => on && loud[n - 1] !== true).length;
  assert.is(bursts, 3, loud.map((on) => (on ? '#' : '.')).join(''));
  await over(scene);
});

test('Whisper: the target hears that there is a call, and takes it with 1', async () => {
  const scene = await withFlow('Whisper', { destination: '300' });
  await scene.advance(1500);
  assert.ok(scene.target.heard.length > 0);
  const words = new SimRandom(6).bytes(4000);
  scene.target.speak(words);
  await scene.advance(800);
  assert.not.ok(contains(words.subarray(0, 2000), scene.caller.heard), 'not before it is taken');
  scene.target.keys('1');
  await scene.advance(600);
  const answer = new SimRandom(7).bytes(4000);
  scene.target.speak(answer);
  await scene.advance(1200);
  scene.target.hangUp();
  await scene.advance(600);
  assert.ok(contains(answer.subarray(0, 2000), scene.caller.heard));
  assert.is(at(scene), 'Desk: Next');
  await over(scene);
});

test('Whisper: another key refuses, no key is no answer, and a hang-up is a refusal', async () => {
  for (const [how, next] of [['key', 'Reject'], ['nothing', 'No Answer'], ['hang-up', 'Reject']] as const) {
    const scene = await withFlow('Whisper', { destination: '300' });
    await scene.advance(1500);
    if (how === 'key') scene.target.keys('5');
    if (how === 'hang-up') scene.target.hangUp();
    await scene.advance(how === 'nothing' ? 61_000 : 600);
    assert.is(at(scene), `Desk: ${next}`, how);
    assert.is(scene.inUse, 1);
    await over(scene);
  }
});

test('Whisper that accepts by itself brings them together once it was heard', async () => {
  const scene = await withFlow('Whisper', { destination: '300', autoAccept: true });
  await scene.advance(3000);
  assert.match(scene.site.unit.calls.summaries().map(({ doing }) => doing).join(), /talks with/);
  await over(scene);
});

test('Call List: a number of the list is called, another is asked for again, and then it is Invalid', async () => {
  const scene = await withFlow('Call List', { numbers: ['300'], retries: 1 });
  scene.caller.keys('301#');
  await scene.advance(3500);
  scene.caller.keys('300#');
  await scene.advance(1800);
  assert.equal(scene.target.taken.map(({ dialled }) => dialled), ['300']);
  scene.target.hangUp();
  await scene.advance(500);
  assert.is(at(scene), 'Desk: Next');
  scene.caller.hangUp();
  await scene.advance(500);
  scene.caller.call('*80');
  await scene.advance(600);
  scene.caller.keys('9#');
  await scene.advance(3000);
  scene.caller.keys('8#');
  await scene.advance(2000);
  assert.is(at(scene), 'Desk: Invalid');
  await over(scene);
});

test('Dial by Name: the last name leads to Ada, nobody has 99, and silence is a timeout', async () => {
  const scene = await withFlow('Dial by Name', { retries: 0 });
  scene.caller.keys('29766#'); // Byron
  await scene.advance(4500);
  scene.caller.keys('1');
  await scene.advance(700);
  assert.equal(scene.target.taken.map(({ dialled }) => dialled), ['201']);
  scene.caller.hangUp();
  await scene.advance(500);
  scene.caller.call('*80');
  await scene.advance(600);
  scene.caller.keys('99#');
  await scene.advance(1500);
  assert.is(at(scene), 'Desk: Invalid');
  scene.caller.hangUp();
  await scene.advance(500);
  scene.caller.call('*80');
  await scene.advance(12_000);
  assert.is(at(scene), 'Desk: Timeout');
  await over(scene);
});

test('Park & Page: the page says the slot, who dials it has the caller', async () => {
  const scene = await withFlow('Park & Page', { page: '600', retries: 1, everySec: 5 }, 'transfers: { parkPrefix: "*38", allow: ["600"] }\n');
  await scene.advance(3000);
  assert.equal(scene.target.taken.map(({ dialled }) => dialled), ['600']);
  const picker = await SipExtension.start(scene.site, '10.0.0.7');
  picker.call('*381');
  await scene.advance(800);
  assert.ok(picker.established);
  const words = new SimRandom(8).bytes(8000);
  scene.caller.speak(words);
  await scene.advance(1500);
  picker.hangUp();
  await scene.advance(500);
  assert.ok(contains(words, picker.heard));
  assert.is(at(scene), 'Desk: Next');
  picker.call('*381');
  await scene.advance(500);
  assert.is(picker.end?.status, 404, 'the slot is empty again');
  await picker.stop();
  await over(scene);
});

test('Park & Page: nobody comes after the last page; without a prefix it is a failure', async () => {
  const scene = await withFlow('Park & Page', { page: '600', retries: 1, everySec: 5 }, 'transfers: { parkPrefix: "*38", allow: ["600"] }\n');
  await scene.advance(40_000);
  assert.is(scene.target.taken.length, 2);
  assert.is(at(scene), 'Desk: No Answer');
  await over(scene);
  const without = await withFlow('Park & Page', { page: '600' });
  assert.is(at(without), 'Desk: Failure');
  await over(without);
});

for (const [action, result, end] of [['Whisper', 'Reject', 'key'], ['Assisted Transfer', 'Next', 'hang-up']] as const) {
  test(`${action}: the same call is handed over again at once, while the first target still lets go of its media`, async () => {
    const scene = await TransferSite.start();
    const names = ['Next', 'No Answer', 'Busy', 'Failure', ...(action === 'Whisper' ? ['Reject'] : [])];
    const results = Object.fromEntries(names.map((name) => [name, name]));
    const flow = {
      form: 1, name: 'Desk', first: 'act', starts: [{ scope: 'short code', number: '*80' }],
      actions: {
        act: { action, with: { destination: '300' }, results: { ...results, [result]: 'again' } },
        again: { action: 'Assisted Transfer', with: { destination: '302' }, results: Object.fromEntries(names.slice(0, 4).map((name) => [name, name])) },
        ...Object.fromEntries(names.map((name) => [name, { action: 'Menu', with: { keys: ['9'], timeoutSec: 60 } }])),
      },
    };
    assert.ok((await scene.site.during(scene.site.unit.flows.library.put(JSON.stringify(flow)))).put);
    scene.caller.call('*80');
    await scene.advance(2500);
    if (end === 'key') scene.target.keys('5');
    else scene.target.hangUp();
    await scene.advance(1500);
    assert.equal(scene.target.taken.map(({ dialled }) => dialled), ['300', '302']);
    const words = new SimRandom(9).bytes(8000);
    scene.caller.speak(words);
    await scene.advance(1500);
    // A telephone of one call: where the unit ends the first one, the second one comes before its media are free.
    if (end === 'hang-up') assert.ok(contains(words, scene.target.heard), 'the second one hears the caller');
    assert.match(scene.site.unit.calls.summaries().map(({ doing }) => doing).join(), /talks with/);
    assert.is(scene.inUse, 2);
    scene.target.hangUp();
    await scene.advance(500);
    assert.is(at(scene), 'Desk: Next');
    await over(scene);
  });
}

test('callers who hang up in the midst of it leave nothing behind', async () => {
  for (const [action, settings] of [['Assisted Transfer', { destination: '300' }], ['Whisper', { destination: '300' }], ['Park & Page', { page: '600' }]] as const) {
    for (const waitMs of [20, 1500]) {
      const scene = await withFlow(action, settings, 'transfers: { parkPrefix: "*38", allow: ["600"] }\n');
      await scene.advance(waitMs);
      await over(scene);
    }
  }
});

test.run();
