// The example flows, all in one unit; a caller by SIP goes through the small office.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { TransferSite } from '../../support/transfer-site.ts';

const folder = 'board/flows';
const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();

async function office(): Promise<TransferSite> {
  const scene = await TransferSite.start('  - { number: "203", name: Cid }\n  - { number: "204", name: Dan }\n  - { number: "205", name: Eve }');
  const { library } = scene.site.unit.flows;
  for (const file of files) assert.equal(await scene.site.during(library.put(readFileSync(path.join(folder, file), 'utf8'))), { put: true }, file);
  return scene;
}

const at = ({ site }: TransferSite): string => site.unit.calls.summaries()[0]?.doing ?? 'over';
const faults = ({ site }: TransferSite): string[] => site.log.last(2000).filter(({ severity }) => severity === 'error' || severity === 'alert').map(({ text }) => text);

async function over(scene: TransferSite): Promise<void> {
  scene.caller.hangUp();
  scene.target.hangUp();
  await scene.advance(8000);
  assert.equal([scene.inUse, scene.site.unit.sip.counters().legs], [0, 0]);
  assert.equal(faults(scene), []);
  await scene.stop();
}

async function key(scene: TransferSite, digit: string, ms: number): Promise<void> {
  scene.caller.keys(digit);
  await scene.advance(ms);
}

test('a unit has all of them at once, and each begins where it says', async () => {
  const scene = await office();
  assert.is(scene.site.unit.flows.library.all().size, files.length);
  assert.equal([...scene.site.unit.flows.library.all().values()].flatMap(({ faults: found }) => found), []);
  for (const [number, name] of [['*81', 'Small office'], ['*84', 'Alarm line'], ['*85', 'Survey'], ['202', 'Out of hours']] as const) {
    scene.caller.call(number);
    await scene.advance(600);
    assert.match(at(scene), `${name}: `, number);
    scene.caller.hangUp();
    await scene.advance(3000);
    assert.is(at(scene), 'over', number);
  }
  await over(scene);
});

test('small office: the hours, then sales, who answer and are heard', async () => {
  const scene = await office();
  scene.caller.call('*81');
  await scene.advance(3000);
  assert.is(at(scene), 'Small office: menu');
  await key(scene, '3', 1500);
  assert.is(scene.site.made.speech.spoken.filter((text) => text.includes('Monday to Friday')).length, 1);
  await scene.advance(10_000);
  assert.is(at(scene), 'Small office: menu', 'the hours lead back');
  await key(scene, '1', 3000);
  assert.equal(scene.target.taken.map(({ dialled }) => dialled), ['202']);
  const words = new SimRandom(5).bytes(8000);
  scene.target.speak(words);
  await scene.advance(1500);
  assert.ok(Buffer.from(scene.caller.heard).includes(Buffer.from(words)));
  await over(scene);
});

test('small office: service are busy, so the caller leaves them a message', async () => {
  const scene = await office();
  scene.target.policy = { status: 486 };
  scene.caller.call('*81');
  await scene.advance(3000);
  await key(scene, '2', 4000);
  assert.is(at(scene), 'Small office: service mailbox');
  await key(scene, '1', 1500);
  scene.caller.speak(new SimRandom(6).bytes(24_000));
  await scene.advance(3500);
  await key(scene, '#', 3000);
  assert.is(scene.site.unit.store.list('203').length, 1);
  assert.is(at(scene), 'over', 'and is told goodbye');
  await over(scene);
});

test.run();
