import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue } from '../../../../firmware/callflow/language/en/catalogue.ts';
import { ordered, placed } from '../../../../firmware/callflow/views/drawing/arrange.ts';
import { flowSvg } from '../../../../firmware/callflow/views/drawing/flow-svg.ts';
import { layered } from '../../../../firmware/callflow/views/drawing/layers.ts';
import { mermaid } from '../../../../firmware/callflow/views/mermaid.ts';
import { outline } from '../../../../firmware/callflow/views/outline.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';
import { figure } from '../../../support/figure.ts';
import { readyFlow } from '../../../support/rehearsed-flow.ts';

const office = readyFlow({
  name: 'Office', about: 'By day.', first: 'menu', starts: [{ scope: 'short code', number: '*80' }], completeSequence: true,
  actions: {
    menu: { action: 'Menu', pin: '1', prompts: [{ speak: 'One "or" <two>?' }, 'Song', '$NAM', { prompt: 'goodbye' }, { pauseMs: 500 }, { beep: true }, { number: '$KEY' }, { digits: '12' }, { nameOf: '201' }], with: { keys: ['1', '2'], invalidPrompts: [{ speak: 'No.' }] }, results: { 1: 'menu', 2: 'bye', Timeout: 'bye' } },
    bye: { action: 'Disconnect', about: 'The end.' },
    lost: { action: 'Home' },
  },
});

test('a flow as text', () => {
  assert.equal(outline(office, catalogue), [
    'Flow Office', '  By day.', '  Starts: short code *80', '  Goes on after the caller has hung up, until an action needs them.', '',
    'menu: Menu', '    PIN required: its own', '    says "One \\"or\\" <two>?"', '    says prompt Song', '    says $NAM', '    says "Goodbye."', '    says pause of 0.5 s', '    says beep', '    says number $KEY', '    says digits 12', '    says name of 201',
    '    keys: 1, 2', '    invalidPrompts: "No."', '    1 -> menu', '    2 -> bye', '    Timeout -> bye', '    Invalid -> (ends)', '',
    'bye: Disconnect', '    The end.', '', 'Nothing leads to these:', '', 'lost: Home',
  ]);
});

test('a flow as a Mermaid chart: nothing that a name holds can end a label', () => {
  const lines = mermaid(office);
  assert.is(lines[0], 'flowchart TD');
  assert.ok(lines.includes('  n0 -->|"2"| n1'));
  for (const line of lines) assert.match(line, /^(?:flowchart TD|  [a-z0-9]+(?:\(\["[^"]*"\]\) --> n0|\{\{"[^"]*"\}\}|\["[^"]*"\]| -->\|"[^"]*"\| n[0-9]+))$/);
});

test('a flow as a drawing: well-formed, with all names and results, whatever signs are in them', () => {
  const svg = flowSvg(office, catalogue);
  const open: string[] = [];
  for (const [whole, closing, name, , self] of svg.matchAll(/<(\/?)([a-z]+)((?:\s[^<>]*?)?)(\/?)>/gi)) {
    if (closing === '/') assert.is(open.pop(), name, whole);
    else if (self !== '/') open.push(name as string);
  }
  assert.equal(open, []);
  for (const text of ['menu', 'bye', 'lost', '&#60;two&#62;', '2, Timeout', 'stroke-dasharray']) assert.ok(svg.includes(text), text);
  assert.not.match(svg, /NaN|undefined|Infinity/);
});

test('in random graphs rows go down, and no two boxes overlap', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = new SimRandom(seed);
    const count = 2 + random.below(40);
    const arcs = Array.from({ length: count * 2 }, () => ({ from: random.below(count), to: random.below(count), label: 'x' }));
    const layers = layered(count, arcs);
    for (const { items } of layers.chains) items.slice(1).forEach((item, at) => assert.is((layers.items[item]?.row ?? 0) - (layers.items[items[at] as number]?.row ?? 0), 1, `seed ${seed}`));
    const rows = ordered(layers);
    assert.is(rows.flat().length, layers.items.length);
    const widths = layers.items.map(() => 20 + random.below(200));
    const middles = placed(layers, rows, widths);
    for (const row of rows) row.slice(1).forEach((item, at) => {
      const before = row[at] as number;
      assert.ok((middles[item] as number) - (middles[before] as number) >= ((widths[item] as number) + (widths[before] as number)) / 2 - 0.001, `seed ${seed}`);
    });
  }
});

test('a flow of 500 actions is drawn in a moment', () => {
  const actions = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`n${n}`, { action: 'Menu', with: { keys: ['1', '2', '3'] }, results: { 1: `n${Math.min(499, n * 2 + 1)}`, 2: `n${Math.min(499, n * 2 + 2)}`, Timeout: `n${n % 7}` } }]));
  const flow = readyFlow({ name: 'Big', first: 'n0', actions });
  const began = performance.now();
  flowSvg(flow, catalogue);
  const ms = performance.now() - began;
  figure(`500 actions drawn in ${ms.toFixed(0)} ms`);
  assert.ok(ms < 10_000, `${ms} ms`);
});

test.run();
