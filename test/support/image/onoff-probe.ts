// The product's driver `onoff` for the emulated board: its program, and its addon compiled for that processor, as files to hand into a running unit.
// It makes output 7 of the machine's controller follow input 2, and says what it sees.
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { agentFolder } from './guest-agent.ts';
import { builder } from './builder.ts';
import { tool } from './tool.ts';
import type { Need } from '../skip.ts';
import { command } from '../skip.ts';

const compiler = 'aarch64-linux-gnu-g++';

/** Of the board's controller, beside what the unit has. */
export const onoffPins = { in: 2, out: 7 } as const;

const { pinnedNode } = (await builder('board/setup/pinned-node.mjs')) as { pinnedNode: (root: string, arch: string) => Promise<{ folder: string }> };

export const onoffSource: Need = { missing: () => (existsSync('node_modules/epoll/src/epoll.cc') && existsSync('node_modules/nan/nan.h') ? undefined : 'onoff is not installed') };

export const onoffCompiler = command(compiler, 'g++-aarch64-linux-gnu');

/** Name to path, for `withAgent`. Errors: what the compiler said. */
export async function onoffProbe(): Promise<Readonly<Record<string, string>>> {
  const work = mkdtempSync(path.join(tmpdir(), 'onoff-'));
  const [addon, program] = [path.join(work, 'epoll.node'), path.join(work, 'onoff.cjs')];
  const headers = path.join((await pinnedNode(process.cwd(), 'arm64')).folder, 'include/node');
  tool(compiler, ['-std=c++20', '-O1', '-fPIC', '-shared', '-static-libstdc++', '-static-libgcc', '-w', '-DNODE_GYP_MODULE_NAME=epoll', '-DBUILDING_NODE_EXTENSION', `-I${headers}`, '-Inode_modules/nan', '-o', addon, 'node_modules/epoll/src/epoll.cc']);
  writeFileSync(path.join(work, 'bindings.cjs'), `module.exports = () => require(${JSON.stringify(`${agentFolder}/epoll.node`)});\n`);
  buildSync({
    stdin: { contents: probe, resolveDir: process.cwd(), loader: 'ts' }, bundle: true, platform: 'node', format: 'cjs', target: 'node20', outfile: program, logLevel: 'silent',
    alias: { bindings: path.join(work, 'bindings.cjs') }, external: ['*.node'],
  });
  return { 'epoll.node': addon, 'onoff.cjs': program };
}

const probe = `
import { OnoffGpio } from './hal/drivers/gpio/onoff-gpio.ts';
const place = (line: number) => ({ chip: '9030000.pl061', line, activeLow: false, bias: 'none' as const });
async function main(): Promise<void> {
  const pins = await new OnoffGpio().open([{ name: 'in', direction: 'in', place: place(${onoffPins.in}) }, { name: 'out', direction: 'out', place: place(${onoffPins.out}) }]);
  pins.failed = (error) => console.log('failed ' + error.message);
  pins.changed = (name, asserted) => {
    console.log(name + ' ' + asserted);
    pins.set('out', asserted);
  };
  console.log('open');
  process.on('SIGTERM', () => { pins.close(); console.log('closed'); process.exit(0); });
}
void main().catch((error) => { console.log('refused ' + error.message); process.exit(1); });
`;
