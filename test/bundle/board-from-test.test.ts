// Adding a board is adding one folder: here is one that exists only in this test.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProjectCopy, runNode } from './project-copy.ts';

const boardFile = `
import type { Board } from '../board.ts';
export const board: Board = {
  model: 'lighthouse',
  description: 'a board that nobody sells',
  maxPorts: 3,
  memoryBudgetMiB: 300,
  reboots: false,
  watchdogMostSec: null,
  drivers: { watchdogs: ['none'], datagramBatch: 'best', gpio: 'lantern', lines: [] },
  pins: [{ use: 'status-led', chip: 'lantern', line: 4, activeLow: true, bias: 'none' }, { use: 'door-relay', chip: 'lantern', line: 5, activeLow: false, bias: 'none' }],
  lines: [],
  console: null,
  dataFolder: './data',
  configFile: './lighthouse.yaml',
  announcesPins: false,
};
`;

/** It has a chip of its own, which this file drives: what is set is printed. */
const entryFile = `
import type { Gpio } from '../../hal/gpio.ts';
import { main } from '../common/main.ts';
import { board } from './board.ts';

const lantern: Gpio = {
  name: 'lantern',
  async open(requests) {
    const on = new Set<string>();
    return {
      asserted: (name) => on.has(name),
      set(name, asserted) {
        if (asserted) on.add(name);
        else on.delete(name);
        const place = requests.find((one) => one.name === name)?.place;
        console.log('lantern', place?.line, asserted !== place?.activeLow ? 'high' : 'low');
      },
      changed: null,
      failed: null,
      close: () => undefined,
    };
  },
};

void main({ board, sample: {}, phone: null, faults: null, farEnds: null, register: (drivers) => drivers.gpio.add('lantern', () => lantern), drivePin: null }, process.argv.slice(2));
`;

const copy = new ProjectCopy(null);
test.after(() => copy.remove());
copy.write('board/lighthouse/board.ts', boardFile);
copy.write('board/lighthouse/entry.ts', entryFile);
const built = copy.build('lighthouse', '--out', 'dist');
const alone = built.status === 0 ? copy.alone('lighthouse') : '';

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address() as AddressInfo;
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** All that it printed, until the console has had its lines and the unit has ended. */
async function session(lines: readonly string[]): Promise<{ output: string; code: number | null }> {
  const child = spawn(process.execPath, ['understudy.cjs', 'run', '--console'], { cwd: alone, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const out of [child.stdout, child.stderr]) out.on('data', (bytes: Buffer) => void (output += bytes.toString()));
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { output, code };
}

test('it builds by its name, and is found by its folder', () => {
  assert.is(built.status, 0, built.output);
  assert.match(built.output, 'dist/lighthouse/understudy.cjs');
  assert.match(runNode(['understudy.cjs', 'version'], alone).output, 'lighthouse');
});

test('it runs with its ports, its folders and its pins, by the driver that its own entry brings', async () => {
  const [sip, rtp] = [await freePort(), 20_000 + 2 * (process.pid % 5000)];
  writeFileSync(path.join(alone, 'lighthouse.yaml'), `ports: 40\nsip: { address: 127.0.0.1, port: ${sip} }\nrtp: { firstPort: ${rtp} }\npeers: []\nmailboxes: [{ number: "201" }]\n`);
  const { output, code } = await session(['show version', 'show gpio', 'gpio test status-led', 'show ports', 'exit']);
  assert.is(code, 0, output);
  assert.match(output, /board +lighthouse/);
  assert.match(output, /status-led +out/);
  assert.match(output, /door-relay +out/);
  assert.match(output, 'lantern 4 low', 'lit, and it is lit by the low level');
  assert.match(output, '0 of 3 in use');
  assert.match(output, '40 ports are configured; board lighthouse has 3');
});

test('with a file of the simulator it would not build: it is a board for real units', () => {
  copy.write('board/lighthouse/entry.ts', `import { SimGpio } from '../../hal/sim/sim-gpio.ts';\n${entryFile}\nconsole.log(new SimGpio());\n`);
  const { status, output } = copy.build('lighthouse');
  assert.is(status, 1);
  assert.match(output, 'hal/sim');
});

test.run();
