import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DocumentLibrary } from '../../../firmware/flows/document-library.ts';
import type { FlowLibrary } from '../../../firmware/flows/flow-library.ts';
import { flowKind, mostFlows } from '../../../firmware/flows/flow-library.ts';
import { flowStarts } from '../../../firmware/flows/flow-starts.ts';
import { HalError } from '../../../hal/errors.ts';
import { DocumentSource } from '../../../firmware/site/sources/document-source.ts';
import { oneChunk } from '../../../firmware/site/site-source.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { bothViews } from '../../crash/fates.ts';
import { figure } from '../../support/figure.ts';
import { readyFlow } from '../../support/rehearsed-flow.ts';
import { ListLog } from '../../support/store-fixture.ts';

const flow = (name: string, say = 'Hello', starts: unknown[] = []): string =>
  JSON.stringify({ form: 1, name, starts, first: 'a', actions: { a: { action: 'Generic', prompts: [{ speak: say }], results: { Next: 'b' } }, b: { action: 'Disconnect' } } });

async function open(storage: SimStorage, log = new ListLog()): Promise<FlowLibrary> {
  await storage.makeDirectory('flows');
  await storage.syncDirectory('');
  return DocumentLibrary.open(storage, 'flows', flowKind, log);
}

/** As a person who copies a file there. */
async function drop(storage: SimStorage, path: string, text: string): Promise<void> {
  const file = await storage.open(path, 'create');
  await file.write(new TextEncoder().encode(text), 0);
  await file.dataSync();
  await file.close();
  await storage.syncDirectory('flows/flow');
}

test('a flow is there after a restart, replaced by a later one, gone when removed', async () => {
  const storage = new SimStorage();
  const library = await open(storage);
  assert.equal(await library.put(flow('Night desk')), { put: true });
  assert.equal(await library.put(flow('Night desk', 'Bye')), { put: true });
  assert.equal(await library.put(flow('Day')), { put: true });
  assert.is(await library.remove('Day'), true);
  assert.is(await library.remove('Day'), false);
  const again = await open(storage);
  assert.equal([...again.all().keys()], ['Night desk']);
  assert.match(again.get('Night desk')?.text ?? '', 'Bye');
});

test('a byte-order mark makes no other text of a flow: not now, not after a restart', async () => {
  const storage = new SimStorage();
  const library = await open(storage);
  await library.put(`\uFEFF${flow('A')}\n`);
  for (const one of [library, await open(storage)]) assert.is(one.get('A')?.text, `${flow('A')}\n`);
});

test('a text with faults is refused, and what was there stays', async () => {
  const library = await open(new SimStorage());
  await library.put(flow('A'));
  const outcome = await library.put(flow('A').replace('Generic', 'Genric'));
  assert.match(JSON.stringify(outcome), "did you mean 'Generic'");
  assert.match(JSON.stringify(await library.put('{')), 'this is no flow');
  assert.is(library.get('A')?.text, flow('A'));
});

test('files that are no flows do not keep the unit from starting: set aside, or kept unused, and told', async () => {
  const storage = new SimStorage();
  await open(storage);
  await drop(storage, 'flows/flow/Broken.json', '{"form":1,');
  await drop(storage, 'flows/flow/Other.json', flow('Another'));
  await drop(storage, 'flows/flow/Newer.json', flow('Newer').replace('Generic', 'Telepathy'));
  await drop(storage, 'flows/flow/notes.txt', 'x');
  await drop(storage, 'flows/flow/Half.json.fresh', '{');
  const log = new ListLog();
  const library = await open(storage, log);
  assert.equal([...library.all()].map(([name, { value }]) => [name, value]), [['Newer', null]]);
  assert.equal((await storage.list('damaged')).sort(), ['flow-Broken.json', 'flow-Other.json']);
  assert.equal((await storage.list('flows/flow')).sort(), ['Newer.json', 'notes.txt']);
  assert.is(log.events.filter(({ event }) => /^document-(damaged|faulty|left-out)$/.test(event)).length, 4);
});

test('500 flows load quickly, and one more is refused', async () => {
  const storage = new SimStorage();
  const library = await open(storage);
  for (let n = 0; n < mostFlows; n += 1) await library.put(flow(`F${n}`));
  assert.match(JSON.stringify(await library.put(flow('more'))), '500 already');
  const began = performance.now();
  assert.is((await open(storage)).all().size, mostFlows);
  const ms = performance.now() - began;
  figure(`500 flows opened in ${ms.toFixed(0)} ms`);
  assert.ok(ms < 2000, `${ms} ms`);
});

test('a power cut at any moment while a flow is stored leaves the old one or the new one', async () => {
  const reads = new Set(['open', 'read', 'list', 'stat', 'space']);
  let cuts = 0;
  for (let at = 0; ; at += 1) {
    const storage = new SimStorage();
    const library = await open(storage);
    await library.put(flow('A', 'old'));
    let seen = 0;
    storage.fault = ({ kind }) => (!reads.has(kind) && seen++ === at ? 'power-cut' : null);
    const outcome = await Promise.race([library.put(flow('A', 'new')).then(() => 'done' as const), storage.powerLost.then(() => 'cut' as const)]);
    storage.fault = null;
    if (outcome === 'done') break;
    cuts += 1;
    for (const { make } of bothViews) {
      const kept = (await open(storage.afterPowerCut(make()))).get('A');
      assert.ok(kept?.text === flow('A', 'old') || kept?.text === flow('A', 'new'), `cut at ${at}: ${kept?.text}`);
    }
  }
  assert.ok(cuts >= 4, `${cuts} cuts`);
});

test('a disk that fails is told, and memory shows what is on the disk', async () => {
  const storage = new SimStorage();
  const library = await open(storage);
  await library.put(flow('A', 'old'));
  storage.fault = ({ kind }) => (kind === 'data-sync' ? 'io' : null);
  const error = await library.put(flow('A', 'new')).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof HalError && error.id === 'io');
  storage.fault = null;
  assert.is(library.get('A')?.text, flow('A', 'old'));
  assert.equal(await library.put(flow('A', 'newer')), { put: true }, 'the next change is done');
});

test('the mailbox\'s own start point comes before that of all; short codes are theirs alone', () => {
  const starts = (name: string, ...all: unknown[]) => readyFlow({ name, first: 'a', starts: all, actions: { a: { action: 'Disconnect' } } });
  const found = flowStarts([
    starts('Own', { scope: 'mailbox', mailbox: '201', point: 'Leave' }),
    starts('B all', { scope: 'default', point: 'Leave' }, { scope: 'short code', number: '*80' }, { scope: 'module' }),
    starts('A all', { scope: 'default', point: 'Leave' }),
  ]);
  assert.is(found.point('201', 'Leave'), 'Own');
  assert.is(found.point('202', 'Leave'), 'A all', 'the first by name');
  assert.is(found.point(null, 'Leave'), 'A all');
  assert.is(found.point('201', 'Collect'), null);
  assert.is(found.shortCode('*80'), 'B all');
  assert.is(found.shortCode('*81'), null);
});

test('the site has the flows: a partner takes them, also one that it does not understand itself', async () => {
  const [here, there] = [await open(new SimStorage()), await open(new SimStorage())];
  await here.put(flow('Day'));
  const [from, to] = [new DocumentSource('flow', here), new DocumentSource('flow', there)];
  const told: string[] = [];
  to.changed = (name) => void told.push(name);
  assert.equal(from.names(), ['flow/Day']);
  await (await to.prepare('flow/Day', from.read('flow/Day'))).commit();
  assert.is(there.get('Day')?.text, here.get('Day')?.text);
  const newer = flow('Newer').replace('Generic', 'Telepathy');
  await (await to.prepare('flow/Newer', oneChunk(new TextEncoder().encode(newer)))).commit();
  assert.is(there.get('Newer')?.value, null);
  await (await to.prepare('flow/Day', null)).commit();
  assert.is(there.get('Day'), null);
  assert.equal(told, ['flow/Day', 'flow/Newer', 'flow/Day']);
  for (const [name, text] of [['flow/Other', flow('Day')], ['flow/Bad', '{']] as const) {
    assert.match(String(await to.prepare(name, oneChunk(new TextEncoder().encode(text))).catch((error: unknown) => error)), /malformed|is no flow/);
  }
  assert.not(from.owns('flow/a/b'));
  assert.not(from.owns('greeting/201/greeting'));
});

test.run();
