import { statSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { test } from 'uvu';
import { ParentWatchdog } from '../../hal/drivers/linux/parent-watchdog.ts';
import { check, serve } from '../support/appliance/parent-check.ts';
import { realTime, until } from './passing.ts';

const seconds = (s: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, s * 1000));

check('feeds the device while it is fed, by the driver that the runtime uses', serve, {}, async (world) => {
  await until(realTime, 'fed', () => world.feeds > 3, 10_000);
  const watchdog = new ParentWatchdog(world.at('run/parent'));
  await watchdog.arm(5000);
  const before = world.feeds;
  await until(realTime, 'fed on', () => world.feeds > before + 2, 10_000);
  assert.is(world.starts, 1);
});

check('a-runtime-hangs: the device is fed no more, and the next start knows', 'say limit 1; exec sleep 60', {}, async (world) => {
  await until(realTime, 'given up', () => world.text('keep/ended') === 'stuck\n', 15_000);
  const fed = world.feeds;
  await seconds(1.5);
  assert.is(world.feeds, fed, 'not fed any more');
  await until(realTime, 'no device bit, so the kernel is told', () => world.text('halts').includes('halt -f'), 10_000);
});

check('a-runtime-that-never-answers-at-its-start hangs too', 'exec sleep 60', { PARENT_START_LIMIT: '1' }, async (world) => {
  await until(realTime, 'given up', () => world.text('keep/ended') === 'stuck\n', 15_000);
});

check('a-runtime-crashes: it is started anew, and told how it ended', '[ -e "$UNDERSTUDY_FACTS/ended" ] || kill -SEGV $$; cat "$UNDERSTUDY_FACTS/ended" >>"$UNDERSTUDY_FACTS/heard"; ' + serve, {}, async (world) => {
  await until(realTime, 'second start', () => world.text('run/heard') !== '', 15_000);
  assert.is(world.text('run/heard'), 'signal 11\n');
  assert.is(world.starts, 2);
});

check('over-its-memory: the kernel counted a kill', `echo "oom_kill 1" >"$UNDERSTUDY_FACTS/../events"; kill -KILL $$`, {}, async (world) => {
  await until(realTime, 'ended', () => world.text('run/ended') !== '', 15_000);
  assert.is(world.text('run/ended'), 'memory\n');
});

check('a-remedy: exit code 80 is followed by a start', 'say limit 9; exit 80', {}, async (world) => {
  await until(realTime, 'second start', () => world.starts === 2, 15_000);
  assert.is(world.text('run/ended'), 'exit 80\n');
});

check('starts-that-do-not-help: the machine is restarted, and more patience shown after it', 'exit 1', { PARENT_FAILURES: '2' }, async (world) => {
  await until(realTime, 'given up', () => world.text('keep/ended') === 'gave-up\n', 20_000);
  assert.is(world.starts, 2);
  assert.is(world.text('keep/restarts'), '1\n');
});

check('a configuration that will not do is told to what starts the runtime', 'exit 78', { PARENT_FAILURES: '9' }, async (world) => {
  await until(realTime, 'told', () => statSync(world.at('run')).isDirectory() && world.starts >= 3, 20_000);
  assert.is(world.text('run/configuration-rejected'), '');
  assert.ok(statSync(world.at('run/configuration-rejected')).isFile());
});

test.run();
