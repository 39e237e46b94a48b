// The unit as a real process under a supervisor's eyes: a socket that hears what systemd would hear, and faults of the simulated board.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { python, unixReceiver, type UnixReceiver } from '../contract/unix-receiver.ts';
import { endPrograms, sleep, until } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { testWith } from '../support/skip.ts';

const startAgain = 80;
/** Those of the test that runs; they end with it. */
const receivers: UnixReceiver[] = [];
const settings = { health: { everySec: 1, watchdogSec: 3 } };

interface Watched {
  readonly unit: RunningUnit;
  readonly receiver: UnixReceiver;
  /** Feeds heard so far. */
  feeds(): number;
}

async function watched(): Promise<Watched> {
  const socket = path.join(mkdtempSync(path.join(tmpdir(), 'notify-')), 'socket');
  const receiver = await unixReceiver(socket);
  receivers.push(receiver);
  const unit = await RunningUnit.start({ settings, environment: { NOTIFY_SOCKET: socket } });
  return { unit, receiver, feeds: () => receiver.datagrams.filter((text) => text.includes('WATCHDOG=1')).length };
}

testWith([python], 'READY, the time limit and the feeds are heard; on SIGTERM STOPPING', async () => {
  const { unit, receiver, feeds } = await watched();
  await until('three feeds', 10_000, () => feeds() >= 4);
  assert.ok(receiver.datagrams.some((text) => text.startsWith('READY=1\nSTATUS=answering with 8 ports')));
  assert.ok(receiver.datagrams.some((text) => text.startsWith('WATCHDOG_USEC=3000000')));
  await unit.mustStop();
  await until('STOPPING', 2000, () => receiver.datagrams.includes('STOPPING=1'));
});

testWith([python], 'store-fails: WATCHDOG stops while the process lives on, STATUS says why, and it is fed again when the store works', async () => {
  const { unit, receiver, feeds } = await watched();
  await unit.console('fault store on');
  await unit.waitForLog('watchdog-starved', 1, 60_000);
  const before = feeds();
  await sleep(4000);
  assert.is(feeds(), before, 'systemd would have ended it by now');
  assert.match(receiver.datagrams.filter((text) => text.startsWith('STATUS=')).at(-1) ?? '', 'the store takes no writes');
  const shown = await unit.console('show health');
  assert.match(shown, /^store +past-help/m);
  assert.match(shown, 'watchdog systemd: starved');
  await unit.console('fault store off');
  await until('a feed', 20_000, () => feeds() > before);
  assert.match(await unit.console('show health'), 'watchdog systemd: fed');
  await unit.mustStop();
});

testWith([python], 'sip-socket-deaf: opened anew, and it answers', async () => {
  const { unit } = await watched();
  await unit.console('fault sip on');
  await unit.waitForLog('remedy', 1, 30_000);
  await unit.waitForLog('healthy-again', 1, 30_000);
  assert.match(await unit.console('show health'), /reopen-sip: SIP on port/);
  assert.is(unit.logged('watchdog-starved').length, 0);
  await unit.mustStop();
});

for (const [fault, says] of [['media-hangs', 'the media thread has said nothing'], ['control-stalls', 'the control thread was'], ['sip-for-good', 'does not answer the unit itself'], ['memory', 'the board sets 256 MiB aside']] as const) {
  testWith([python], `${fault}: the process ends itself with the code for that, and the next start knows why`, async () => {
    const { unit } = await watched();
    await unit.console(`fault ${fault} on`);
    const { code } = await unit.ended(90_000);
    assert.is(code, startAgain, unit.log.slice(-5).join('\n'));
    assert.match(unit.logged('remedy').at(-1) ?? '', says);
    await unit.restart();
    assert.match(unit.logged('health-resumed').join(), says);
    await unit.mustStop();
  });
}

testWith([python], 'reset button held for 10 s: the process ends itself, and the next start finds nothing but the configuration', async () => {
  const { unit } = await watched();
  const before = unit.pin('201');
  // The lamps follow what happens, a moment later.
  await until('the light of a unit that is well', 5000, async () => /^status-led +out +yes +on$/m.test(await unit.console('show gpio')));
  await unit.console('gpio drive reset-button on');
  await unit.waitForLog('factory-reset-asked', 1, 20_000);
  assert.match(await unit.console('show gpio'), /^status-led +out +\w+ +triple$/m);
  assert.is((await unit.ended(20_000)).code, startAgain);
  await unit.restart();
  assert.is(unit.logged('factory-reset').length, 1);
  assert.is.not(unit.pin('201'), before, 'the owners are unknown, so new PINs were made');
  await unit.mustStop();
});

test.after(endPrograms);
test.after.each(() => Promise.all(receivers.splice(0).map((receiver) => receiver.stop())).then(() => undefined));
test.run();
