import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { test } from 'uvu';
import { ParentPower } from '../../hal/drivers/linux/parent-power.ts';
import { check, serve } from '../support/appliance/parent-check.ts';
import { realTime, until } from './passing.ts';

/** Of the parent, bytes. */
const mostLog = 262_144;

check('a-restart-of-the-machine-is-asked for, and hangs', serve, {}, async (world) => {
  await until(realTime, 'served', () => world.feeds > 1, 10_000);
  await new ParentPower(world.at('run/parent')).reboot();
  await until(realTime, 'the machine is told', () => world.text('halts') === 'halt \n', 10_000);
  assert.is(world.text('run/stopped'), '');
});

check('a-factory-reset-was-asked for: the machine starts again, and the runtime does not before that', 'echo asked >"$UNDERSTUDY_FACTS/../data/factory-reset"; : >"$UNDERSTUDY_FACTS/data-in-memory"; exit 80', {}, async (world) => {
  await until(realTime, 'the machine is told', () => world.text('halts') === 'halt \n', 15_000);
  assert.ok(statSync(world.at('boot/factory-reset')).isFile(), 'data in memory: the mark lies where the next start finds it');
  assert.is(world.starts, 1);
});

check('SIGTERM: the runtime ends in good order, the time is kept, and no parent comes after', `trap 'echo bye >>"$UNDERSTUDY_FACTS/said"; exit 0' TERM; echo up >"$UNDERSTUDY_FACTS/up"; ${serve}`, {}, async (world) => {
  await until(realTime, 'served', () => world.text('run/up') !== '', 10_000);
  mkdirSync(world.at('keep'), { recursive: true });
  writeFileSync(world.at('keep/clock'), '');
  utimesSync(world.at('keep/clock'), 1, 1);
  world.parent.kill('SIGTERM');
  await until(realTime, 'stopped', () => world.text('run/stopped') !== '', 15_000);
  assert.is(world.text('run/said'), 'bye\n');
  assert.ok(statSync(world.at('keep/clock')).mtimeMs > 1_000_000);
  assert.is(world.parent.exitCode, null, 'it stays until the machine is down');
});

check('the time is told: it is kept at once', serve, {}, async (world) => {
  await until(realTime, 'served', () => world.feeds > 1, 10_000);
  utimesSync(world.at('keep/clock'), 1, 1);
  writeFileSync(world.at('run/clock-told'), '');
  await until(realTime, 'kept', () => statSync(world.at('keep/clock')).mtimeMs > 1_000_000, 10_000);
});

check('a-parent-was-killed: its successor ends the runtime that goes on, and starts one of its own', serve, {}, async (world) => {
  await until(realTime, 'served', () => world.feeds > 1, 10_000);
  const old = Number(world.text('run/pid'));
  const { parent } = world;
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  world.begin();
  await until(realTime, 'second start', () => world.starts === 2 && Number(world.text('run/pid')) !== old, 15_000);
  const stat = existsSync(`/proc/${old}/stat`) ? readFileSync(`/proc/${old}/stat`, 'utf8') : ') Z ';
  assert.match(stat, /\) Z /, 'the old one has ended');
});

check('logs in memory are cut to their newer half, again and again, and whoever writes goes on at their end', serve, { PARENT_CUT: '2' }, async (world) => {
  const log = openSync(world.at('log/other.log'), 'a');
  const holds = (words: string): boolean => world.text('log/other.log').includes(words);
  for (const round of ['first', 'second']) {
    writeSync(log, `the oldest of the ${round}\n${'x\n'.repeat(mostLog)}the newest of the ${round}\n`);
    await until(realTime, `the ${round} cut`, () => statSync(world.at('log/other.log')).size <= mostLog && holds(`the newest of the ${round}`), 10_000);
    assert.not.ok(holds('the oldest'));
  }
  assert.not.ok(holds('the newest of the first'));
  writeSync(log, 'goes on\n');
  closeSync(log);
  assert.match(world.text('log/other.log'), /^[^\0]*x\nthe newest of the second\ngoes on\n$/);
});

check('garbage in the FIFO changes nothing', `say 'limit x'; say 'limit'; say 'rm -rf /'; say '\`reboot\`'; ${serve}`, {}, async (world) => {
  await until(realTime, 'served', () => world.feeds > 3, 15_000);
  assert.is(world.text('halts'), '');
  assert.is(world.starts, 1);
});

check('the network is set up anew when the runtime asks', `say network; ${serve}`, {}, async (world) => {
  world.script('network', `echo "$*" >>${world.at('asked')}\n`);
  await until(realTime, 'asked', () => world.text('asked') === 'apply\n', 15_000);
});

test.run();
