import { rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { boards, ProjectCopy } from './project-copy.ts';

const copy = new ProjectCopy("import { version, commit } from 'understudy:build';\nconsole.log(version, commit);\n");
test.after(() => copy.remove());

const machine = 'node:* and device packages only in hal/drivers and board';

/** What is written where, and the rule that must be named with its file and line. */
const violations: [name: string, file: string, text: string, complaint: string][] = [
  ['an interface imports a package', 'hal/bad.ts', "\nimport * as v from 'valibot';\n", 'hal/bad.ts:2: imports valibot: hal/*.ts are interfaces'],
  ['an interface imports firmware', 'hal/bad.ts', "import type { Log } from '../firmware/log.ts';\n", 'hal/bad.ts:1: imports firmware/log.ts: hal/*.ts are interfaces'],
  ['a driver imports firmware', 'hal/drivers/linux/bad.ts', "import type {\n  Log,\n} from '../../../firmware/log.ts';\n", 'bad.ts:3: imports firmware/log.ts: hal/drivers imports hal only'],
  ['a driver imports a simulator', 'hal/drivers/linux/bad.ts', "export * from '../../sim/sim-clock.ts';\n", 'imports hal/sim/sim-clock.ts: hal/drivers imports hal only'],
  ['a simulator imports board', 'hal/sim/bad.ts', "import '../../board/build/native-loader.ts';\n", 'imports board/build/native-loader.ts: hal/sim imports hal only'],
  ['a simulator imports the machine', 'hal/sim/bad.ts', "import { readFile } from 'fs/promises';\n", `imports fs/promises: ${machine}`],
  ['firmware imports a driver', 'firmware/bad.ts', "export const driver = () => import('../hal/drivers/linux/register.ts');\n", 'firmware/bad.ts:1: imports hal/drivers/linux/register.ts: firmware imports the interfaces'],
  ['firmware imports a simulator', 'firmware/bad.ts', "import { SimClock } from '../hal/sim/sim-clock.ts';\n", 'firmware imports the interfaces'],
  ['firmware imports a type of board', 'firmware/bad.ts', "type Loader = import('../board/build/native-loader.ts').NativeAddonError;\n", 'firmware imports the interfaces'],
  ['firmware imports a module of Node', 'firmware/bad.ts', "/* so\n far */\nimport type { Socket } from 'node:net';\n", `firmware/bad.ts:3: imports node:net: ${machine}`],
  ['firmware imports a device package', 'firmware/bad.ts', "import koffi from 'koffi';\n", `imports koffi: ${machine}`],
  ['firmware imports what the build puts in', 'firmware/bad.ts', "import { bank } from 'understudy:prompts';\n", 'what the build puts in is for board only'],
  ['a board imports the simulated board', 'board/linux/bad.ts', "import '../sim/entry.ts';\n", 'imports board/sim/entry.ts: board imports hal and firmware'],
  ['the simulated board imports a test', 'board/sim/bad.ts', "import '../../test/support/skip.ts';\n", 'board/sim imports hal, firmware and board, never tests'],
];

for (const [name, file, text, complaint] of violations) {
  test(`refused: ${name}`, () => {
    copy.write(file, text);
    const { status, output } = copy.build('--imports-only');
    rmSync(path.join(copy.root, file));
    assert.is(status, 1);
    assert.match(output, complaint);
    assert.is(output.trim().split('\n').length, 1, output);
  });
}

test('allowed: firmware uses node:crypto, and a comment may name anything', () => {
  copy.write('firmware/good.ts', "// import fs from 'node:fs';\nimport { createHash } from 'node:crypto';\nexport const text = `it's // not`;\n");
  const { status, output } = copy.build('--imports-only');
  assert.is(status, 0, output);
});

test('refused: the test phone in a bundle for a real unit, but not in the simulated one', () => {
  copy.write('firmware/test-phone/dial.ts', "export const dial = () => 'dial';\n");
  for (const board of boards()) {
    copy.write(`board/${board}/entry.ts`, "import { commit, version } from 'understudy:build';\nimport { dial } from '../../firmware/test-phone/dial.ts';\nconsole.log(version, commit, dial());\n");
  }
  const linux = copy.build('linux');
  assert.is(linux.status, 1);
  assert.match(linux.output, 'board/linux/entry.ts:2: imports firmware/test-phone/dial.ts: simulation and test code never in a production bundle');
  const sim = copy.build('sim');
  assert.is(sim.status, 0, sim.output);
});

test.run();
