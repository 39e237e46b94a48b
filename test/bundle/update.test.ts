// The built file beside the real RAUC: it marks a slot good by a call of its own and not without, and refuses bundles.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { raucNeeds, RaucWorld } from '../support/rauc/rauc-world.ts';
import { requires, skipTest } from '../support/skip.ts';
import { ProjectCopy } from './project-copy.ts';
import { endRunning, freePort, Running } from './running.ts';

/** `reboots` must stay false: this is not the test's machine to restart. */
const boardFile = `
import type { Board } from '../board.ts';
export const board: Board = {
  model: 'bench', description: 'two slots in files', maxPorts: 4, memoryBudgetMiB: 300, reboots: false, firmware: 'rauc', watchdogMostSec: null,
  drivers: { watchdogs: ['none'], datagramBatch: 'best', gpio: 'cdev', lines: [] }, pins: [], lines: [], console: null,
  dataFolder: './data', configFile: './unit.yaml', announcesPins: false,
};
`;
const entryFile = `
import { main } from '../common/main.ts';
import { board } from './board.ts';
void main({ board, sample: {}, phone: null, faults: null, farEnds: null, register: null, drivePin: null }, process.argv.slice(2));
`;

const missing = requires(...raucNeeds);
if (missing !== undefined) skipTest('the built file beside the real RAUC', missing);
else {
  const copy = new ProjectCopy(null);
  copy.write('board/bench/board.ts', boardFile);
  copy.write('board/bench/entry.ts', entryFile);
  const built = copy.build('bench', '--out', 'dist');
  const alone = built.status === 0 ? copy.alone('bench') : '';
  let world: RaucWorld;
  let environment: Record<string, string | undefined> = {};

  test.before(async () => {
    assert.is(built.status, 0, built.output);
    world = await RaucWorld.start();
    environment = world.programEnvironment();
  });
  test.after(async () => {
    endRunning();
    await world.end();
    copy.remove();
  });

  const configure = async (collect: string): Promise<void> => {
    const port = await freePort();
    writeFileSync(path.join(alone, 'unit.yaml'), `ports: 2\nsip: { address: 127.0.0.1, port: ${port} }\nnumbers: { collect: ${collect} }\npeers: []\nmailboxes: [{ number: "201" }]\n`);
  };
  const unit = (): Running => new Running(alone, 'env', [...Object.entries(environment).filter(([name]) => ['PATH', 'DBUS_SYSTEM_BUS_ADDRESS'].includes(name)).map(([name, value]) => `${name}=${value}`), process.execPath, 'understudy.cjs', 'run', '--console']);
  const cli = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['understudy.cjs', ...words], { cwd: alone, encoding: 'utf8', env: environment as NodeJS.ProcessEnv, timeout: 60_000 });
    return { status, output: `${stdout}${stderr}` };
  };

  test('a unit whose own call has no sound is not marked good', async () => {
    await configure('["*17"]');
    const silent = unit();
    await silent.until(/started: /);
    // The first round of health checks comes before the first own call.
    let shown = '';
    for (const endMs = Date.now() + 40_000; Date.now() < endMs && !shown.includes('it was answered'); ) {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      shown = await silent.answer('show update\n', /last own call/);
    }
    assert.match(shown, /last own call +\*17: it was answered, but \d+ packets of audio came, 0 of them with a sound/);
    assert.ok(world.loaderState().includes('A_TRY=1'));
    silent.kill('SIGTERM');
    await silent.ended;
  });

  test('one that is heard is marked good, in the boot loader\'s own state; no message is left and no port kept', async () => {
    await configure('[]');
    const heard = unit();
    await heard.until(/marked-good: Slot A with version \S+ is marked good/, 0, 40_000);
    const state = world.loaderState();
    for (const value of ['A_OK=1', 'A_TRY=0', 'A_PROVEN=1']) assert.ok(state.includes(value), `${value} in ${state.join(' ')}`);
    assert.match(await heard.answer('show version\n', /slot +A, good/), 'bench');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.match(await heard.answer('show messages 201\n', /no messages/), 'no messages');
    assert.match(await heard.answer('show ports\n', /0 of 2 in use/), '0 of 2 in use');
    assert.match(await heard.answer('show sip\n', /from strangers, dropped +\d+/), /from strangers, dropped +0/);

    const [foreign, tampered, other] = [world.bundle({ format: 'verity', signer: 'foreign' }), world.tampered(world.bundle({ format: 'verity' })), world.bundle({ format: 'verity', board: 'understudy-else' })];
    const before = world.slotContent('B');
    for (const [bundle, reason] of [[foreign, 'not signed by anybody whom this unit trusts'], [tampered, 'it is damaged'], [other, 'it is made for understudy-else, and this unit is understudy-bench'], ['nothing.raucb', 'no such file']] as const) {
      const { status, output } = cli('update', path.join(world.folder, bundle));
      assert.is(status, 65, output);
      assert.match(output, 'refused, nothing was changed');
      assert.match(output, reason);
    }
    assert.ok(world.slotContent('B').equals(before));
    assert.ok(world.loaderState().includes('A_PROVEN=1'));
    heard.kill('SIGTERM');
    await heard.ended;
  });

  test('in another slot than was good it is tried, says so, and is marked good there', async () => {
    await world.slots().install(world.bundle({ version: '0.9.0' }), () => undefined);
    assert.is(await world.boot(), 'B');
    const tried = unit();
    await tried.until(/update-tried: [\s\S]*marked-good: /, 0, 60_000);
    assert.ok(world.loaderState().includes('B_PROVEN=1'));
    assert.match(await tried.answer('show update\n', /TIME[\s\S]*understudy/), /good/);
    tried.kill('SIGTERM');
    await tried.ended;
    assert.is(await world.boot(), 'B');
  });

  test('without a unit that runs the command line does the same by itself', async () => {
    await world.slots().markGood();
    const { status, output } = cli('update', path.join(world.folder, world.bundle({ format: 'verity', signer: 'foreign' })));
    assert.is(status, 65, output);
    assert.match(output, 'not signed by anybody whom this unit trusts');
  });
}

test.run();
